"""The operation that a request asks for."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.api.operation import Operation
from mockserver.contract.operation import ContractOperation


class RouteMatch(NamedTuple):
    """What a request asks for: an operation, and the parameters of its path."""

    contract: ContractOperation
    operation: Operation
    parameters: Mapping[str, str]

    @property
    def identity_id(self) -> str | None:
        """The identity of the path, in the case of the records."""
        named = self.parameters.get("identityId")
        return None if named is None else named.lower()
