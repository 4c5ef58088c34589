"""The sides of a comparison, each with the values that it has learned: the tenant, and a world for each generation."""

from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.parity.client import Sent, prepared
from mockserver.parity.comparison import Answer, normalised
from mockserver.parity.scripts import Step, Unfilled, at

_LEAST_NAMED = 8
"""Length of the shortest value that is recognised in an answer: shorter ones occur by chance."""


class Sender(Protocol):
    """A client of a server."""

    @property
    def base(self) -> str:
        """The path of the server's URL."""

    def send(self, sent: Sent) -> Awaitable[Answer]:
        """Return the answer to a request."""


class Exchange(NamedTuple):
    """A request and its answer, as it came and normalised. Without a request, the step lacked the value `lacks`."""

    sent: Sent | None
    raw: Answer
    answer: Answer
    lacks: str = ""


class Side:
    """A server, and what `known` holds for it: ids and tokens that its answers had."""

    def __init__(self, sender: Sender, known: Mapping[str, Any]) -> None:
        self._sender = sender
        self.known: dict[str, Any] = dict(known)

    async def ask(self, step: Step) -> Exchange:
        """Send the step's request, and keep the values that it saves."""
        try:
            sent = prepared(step, self.known)
        except Unfilled as error:
            nothing = Answer(0, f"an earlier response has no {error}")
            return Exchange(None, nothing, nothing, str(error))
        raw = await self._sender.send(sent)
        for name, path in step.save.items():
            self.known[name] = at(raw.body, path)
        return Exchange(sent, raw, normalised(raw, self._names(), self._sender.base))

    def forget(self, names: tuple[str, ...]) -> None:
        """Drop values that are no longer true."""
        for name in names:
            self.known.pop(name, None)

    def _names(self) -> dict[str, str]:
        return {
            value: f"{{{name}}}"
            for name, value in self.known.items()
            if isinstance(value, str) and len(value) >= _LEAST_NAMED and name not in _UNNAMED
        }


_UNNAMED = frozenset(("name", "host", "authority", "caller"))
"""Values that are the same on all sides, or stay in no answer."""
