"""The operations that the server carries out, in each generation as its document describes them."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from mockserver.api import forced_responses
from mockserver.api.operation import Operation
from mockserver.api.request_rules import FAULT
from mockserver.contract.compiled import Contract, Contracts
from mockserver.contract.operation import ContractOperation
from mockserver.coverage.catalogue import Subject, Subjects
from mockserver.coverage.collect import Coverage
from mockserver.faults.reading import Offer
from mockserver.http.routes import Routes
from mockserver.rules.generation import Generation

Bound = tuple[ContractOperation, Operation]


class _BoundById(dict[str, Bound]):
    """The operations by their ids, each with what the contract says of it once somebody asks for it."""

    def __init__(self, contract: Contract, operations: Mapping[str, Operation]) -> None:
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
    def of(cls, contract: Contract, operations: Iterable[Operation]) -> "Served":
        """Return those of the operations that the contract has."""
        served = {each.id: each for each in operations if each.id in contract.operations}
        places = {name: contract.operations.place(name) for name in served}
        routes = Routes((place.method.upper(), place.path, name) for name, place in places.items())
        return cls(tuple(served), routes, _BoundById(contract, served))

    def offer(self, name: str) -> Offer:
        """Return what faults may do to the operation."""
        return forced_responses.offer(*self.bound[name], FAULT)


class ServedByGeneration(dict[Generation, Served]):
    """The operations of each generation, bound when a world of it is first asked."""

    def __init__(self, contracts: Contracts, operations: Iterable[Operation], coverage: Coverage) -> None:
        super().__init__()
        self._contracts = contracts
        self._operations = tuple(operations)
        self._coverage = coverage
        self._offers: dict[tuple[Generation, str], Offer] = {}

    def __missing__(self, generation: Generation) -> Served:
        contract = self._contracts.of(generation)
        served = self[generation] = Served.of(contract, self._operations)
        add_subjects(self._coverage.subjects, contract, self._operations)
        return served

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


def add_subjects(subjects: Subjects, contract: Contract, operations: Iterable[Operation]) -> None:
    """Add the subject of each operation that the contract has."""
    for each in operations:
        if each.id in contract.operations:
            subjects.add(each.id, partial(_subject, contract, each))


def _subject(contract: Contract, operation: Operation) -> Subject:
    return Subject.of(contract.operations[operation.id], operation.rules, operation.writes)
