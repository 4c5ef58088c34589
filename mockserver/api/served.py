"""The operations that the server carries out, in each generation as its document describes them."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from mockserver.api import forced_responses
from mockserver.api.operation import Operation
from mockserver.api.operations import Operations
from mockserver.api.request_rules import FAULT
from mockserver.api.route_match import RouteMatch
from mockserver.contract.compiled import Contract, Contracts
from mockserver.contract.operation import ContractOperation
from mockserver.coverage.catalogue import Subject, Subjects
from mockserver.coverage.collect import Coverage
from mockserver.faults.reading import Offer
from mockserver.http.routes import Routes
from mockserver.rules.edition import Edition
from mockserver.rules.generation import Generation

Bound = tuple[ContractOperation, Operation]
_Asked = tuple[str, str, Edition]
"""Method, path and edition."""
_KEPT, _KEPT_LENGTH = 1024, 512


class _BoundById(dict[str, Bound]):
    """The operations by their ids, each with what the contract says of it once somebody asks for it."""

    def __init__(self, contract: Contract, operations: Operations) -> None:
        super().__init__()
        self._contract = contract
        self._operations = operations

    def __missing__(self, name: str) -> Bound:
        bound = self[name] = (self._contract.operations[name], self._operations[name])
        return bound


class Served(NamedTuple):
    """The operations of one generation: the routes to their ids, and each with its contract, once it is asked for."""

    ids: tuple[str, ...]
    routes: Routes[str]
    bound: Mapping[str, Bound]

    @classmethod
    def of(cls, contract: Contract, operations: Operations) -> "Served":
        """Return those of the operations that the contract has."""
        places = {name: contract.operations.place(name) for name in operations.ids if name in contract.operations}
        routes = Routes((place.method.upper(), place.path, name) for name, place in places.items())
        return cls(tuple(places), routes, _BoundById(contract, operations))

    def load(self, name: str) -> None:
        """Load the operation and its part of the contract, which its first request does otherwise."""
        _ = self.bound[name]

    def offer(self, name: str) -> Offer:
        """Return what faults may do to the operation."""
        return forced_responses.offer(*self.bound[name], FAULT)


class ServedByGeneration(dict[Generation, Served]):
    """The operations of each generation, bound when a world of it is first asked."""

    def __init__(self, contracts: Contracts, operations: Operations, coverage: Coverage) -> None:
        super().__init__()
        self._contracts = contracts
        self._operations = operations
        self._coverage = coverage
        self._offers: dict[tuple[Generation, str], Offer] = {}
        self.matches: dict[_Asked, RouteMatch] = {}
        """The latest matches, by what was asked."""

    def __missing__(self, generation: Generation) -> Served:
        contract = self._contracts.of(generation)
        served = self[generation] = Served.of(contract, self._operations)
        add_subjects(self._coverage.subjects, contract, self._operations)
        return served

    def keep(self, asked: _Asked, match: RouteMatch) -> RouteMatch:
        """Keep a match, unless its path is long, and return it."""
        if len(asked[1]) <= _KEPT_LENGTH:
            if len(self.matches) >= _KEPT:
                self.matches.clear()
            self.matches[asked] = match
        return match

    def offer(self, generation: Generation, name: str) -> Offer:
        """Return what faults may do to that operation of that generation."""
        key = generation, name
        offer = self._offers.get(key)
        if offer is None:
            offer = self._offers[key] = self[generation].offer(name)
        return offer

    def offers(self, generation: Generation) -> Mapping[str, Offer]:
        """Return what faults may do to each operation of that generation."""
        return {name: self.offer(generation, name) for name in self[generation].ids}


def add_subjects(subjects: Subjects, contract: Contract, operations: Operations) -> None:
    """Add the subject of each operation that the contract has."""
    for name in operations.ids:
        if name in contract.operations:
            subjects.add(name, partial(_subject, contract, operations, name))


def _subject(contract: Contract, operations: Operations, name: str) -> Subject:
    operation = operations[name]
    return Subject.of(contract.operations[name], operation.rules, operation.writes)
