"""The operations that the server carries out, in each generation as its document describes them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mockserver.api import forced_responses
from mockserver.api.operation import Operation
from mockserver.api.request_rules import FAULT
from mockserver.contract.compiled import Contract, Contracts
from mockserver.contract.operation import ContractOperation
from mockserver.coverage.catalogue import Subject
from mockserver.coverage.collect import Coverage
from mockserver.faults.reading import Offer
from mockserver.http.routes import Routes
from mockserver.rules.generation import Generation

Bound = tuple[ContractOperation, Operation]


class Served(NamedTuple):
    """The operations of one generation. `offers` is what faults may do to each."""

    bound: tuple[Bound, ...]
    routes: Routes[Bound]
    offers: Mapping[str, Offer]

    @classmethod
    def of(cls, contract: Contract, operations: Iterable[Operation]) -> "Served":
        """Return those of the operations that the contract has."""
        bound = tuple((contract.operations[each.id], each) for each in operations if each.id in contract.operations)
        routes = Routes((each.method, each.path, (each, operation)) for each, operation in bound)
        offers = {each.id: forced_responses.offer(each, operation, FAULT) for each, operation in bound}
        return cls(bound, routes, offers)


class ServedByGeneration(dict[Generation, Served]):
    """The operations of each generation, bound when a world of it is first asked."""

    def __init__(self, contracts: Contracts, operations: Iterable[Operation], coverage: Coverage) -> None:
        super().__init__()
        self._contracts = contracts
        self._operations = tuple(operations)
        self._coverage = coverage

    def __missing__(self, generation: Generation) -> Served:
        served = self[generation] = Served.of(self._contracts.of(generation), self._operations)
        self._coverage.add(Subject.of(each, operation.rules, operation.writes) for each, operation in served.bound)
        return served

    def offers(self, generation: Generation) -> Mapping[str, Offer]:
        """Return what faults may do to each operation of that generation."""
        return self[generation].offers
