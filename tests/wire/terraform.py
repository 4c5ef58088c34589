"""Terraform with the vendor's provider, modelled from what is known of them (`clients.md`), not from this server.

Each command is a provider process of its own: it logs in once, refreshes what the state has, and keeps the record of
its requests in `sent`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.wire.exchanges import Exchange, Recorder, Spoil
from tests.wire.planning import UNKNOWN, Change, Values, change, check_consistent, planned, settled
from tests.wire.provider import Auth, Provider
from tests.wire.resources import RESOURCES, Resource

Configuration = Mapping[str, Values]
"""What the HCL says: attributes by address, in the order of their dependencies."""


@dataclass(frozen=True)
class Id:
    """A reference to another resource's `id`."""

    address: str


class Terraform:
    """One working directory: its state between the commands."""

    def __init__(
        self, url: str, auth: Auth, spoil: Spoil | None = None, resources: Mapping[str, Resource] = RESOURCES
    ) -> None:
        self.state: dict[str, Values] = {}
        self.exchanges: list[Exchange] = []
        self.waits: list[float] = []
        self._url = url
        self._auth = auth
        self._spoil = spoil
        self._resources = resources

    @property
    def sent(self) -> list[tuple[str, str, Any, int]]:
        """The last command's requests: method, path, body, and the status of the answer."""
        return [each.line for each in self.exchanges]

    async def plan(self, configuration: Configuration) -> dict[str, Change]:
        """What an apply would do, by address; empty for "no changes". The state is as the refresh found it."""
        async with self._process() as provider:
            await self._refresh(provider)
            changes = {address: Change("delete") for address in self.state if address not in configuration}
            for address, config in configuration.items():
                _, line = self._planned(address, config)
                if line is not None:
                    changes[address] = line
            return changes

    async def apply(self, configuration: Configuration) -> None:
        """Makes it so. Raises what the provider raises, and InconsistentResult; what was done by then stays done."""
        async with self._process() as provider:
            await self._refresh(provider)
            for address in [each for each in reversed(self.state) if each not in configuration]:
                await self._delete(provider, address)
            for address, config in configuration.items():
                await self._carry_out(provider, address, config)

    async def destroy(self, *, refresh: bool = True) -> None:
        """Destroys all that the state has, dependents first."""
        async with self._process() as provider:
            if refresh:
                await self._refresh(provider)
            for address in list(reversed(self.state)):
                await self._delete(provider, address)

    async def import_(self, address: str, id: str) -> None:
        """Takes what exists into the state. Raises NotFound."""
        async with self._process() as provider:
            state = await self._resource(address).imported(provider, id)
            found = await self._resource(address).read(provider, state)
            assert found is not None, f"Cannot import non-existent remote object: {id}"
            self.state[address] = found

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[Provider]:
        async with aiohttp.ClientSession() as session:
            recorder = Recorder(session, self._spoil)
            self.exchanges = recorder.exchanges
            provider = Provider(self._url, recorder.send)
            self.waits = provider.waits
            await provider.configure(self._auth)
            yield provider

    async def _refresh(self, provider: Provider) -> None:
        for address, state in list(self.state.items()):
            found = await self._resource(address).read(provider, state)
            if found is None:
                del self.state[address]
            else:
                self.state[address] = settled(self._resource(address).schema, state, found)

    def _planned(self, address: str, config: Values) -> tuple[Values, Change | None]:
        resource, prior = self._resource(address), self.state.get(address)
        resolved = {name: self._resolved(value) for name, value in config.items()}
        plan = planned(resource.schema, resolved, prior)
        line = change(resource.schema, plan, prior)
        if line is not None and line.action == "replace":
            plan = planned(resource.schema, resolved, None)
        return plan, line

    def _resolved(self, value: Any) -> Any:
        if not isinstance(value, Id):
            return value
        return self.state[value.address]["id"] if value.address in self.state else UNKNOWN

    async def _carry_out(self, provider: Provider, address: str, config: Values) -> None:
        resource, prior = self._resource(address), self.state.get(address)
        plan, line = self._planned(address, config)
        if line is None:
            return
        if line.action == "replace":
            await self._delete(provider, address)
        if prior is None or line.action == "replace":
            result = await resource.create(provider, plan)
        else:
            result = await resource.update(provider, plan, prior)
        self.state[address] = settled(resource.schema, plan, result)
        check_consistent(plan, self.state[address])

    async def _delete(self, provider: Provider, address: str) -> None:
        await self._resource(address).delete(provider, self.state[address])
        del self.state[address]

    def _resource(self, address: str) -> Resource:
        return self._resources[address.partition(".")[0]]
