"""Calls of the control API, written once for synchronous and asynchronous callers.

A method under `@call` returns a call as a value. On a `World[Now]`, which is what `World` means, the method returns the
result; on a `World[Later]` it returns an awaitable of the result.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import isawaitable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, overload

import orjson

P = ParamSpec("P")
T = TypeVar("T")


WORLD_HEADER = "Mock-World"
"""Names the world of a call: a proxy in front of several servers finds the server by it."""


class Now:
    """Marks resources whose calls return the result."""


class Later:
    """Marks resources whose calls are awaited."""


if TYPE_CHECKING:  # a default needs Python 3.13, or a library that type checkers bring along
    from typing_extensions import TypeVar as _TypeVar

    W = _TypeVar("W", Now, Later, default=Now)
else:
    W = TypeVar("W", Now, Later)


class MockError(Exception):
    """The mock does not answer, or rejects a call or a name. The text says which one, and why."""


class Answer(NamedTuple):
    """A response of the control API."""

    status: int
    content: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.content)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call: what to send, and how to read the response. `accepted` are the statuses besides 2xx that `read` takes."""

    method: str
    path: str
    read: Callable[[Answer], T]
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[int, ...] = ()

    def result(self, answer: Answer) -> T:
        """Return the result of the call. Raises MockError for other statuses."""
        __tracebackhide__ = True
        if answer.status // 100 == 2 or answer.status in self.accepted:
            return self.read(answer)
        raise MockError(f"{self.method} {self.path}: {answer.status} {_why(answer)}")


def nothing(_: Answer) -> None:
    """Read nothing."""


def json_call(
    method: str,
    path: str,
    read: Callable[[Answer], T],
    body: Any,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    accepted: tuple[int, ...] = (),
) -> Call[T]:
    """Return a call with a JSON body."""
    return Call(method, path, read, orjson.dumps(body), {"Content-Type": "application/json", **headers}, accepted)


def _why(answer: Answer) -> str:
    try:
        problem = answer.json
        return f"{problem['error']}: {problem['message']}"
    except (ValueError, KeyError, TypeError):
        return answer.text[:500]


class Resource(Generic[W]):
    """A part of one world. `send` takes a call and returns its result, or an awaitable of it."""

    def __init__(self, send: Callable[[Call[Any]], Any], world: str) -> None:
        self._send = send
        self._world = world
        self._kept: dict[Any, Any] = {}  # the values of properties that have been fetched

    @property
    def _path(self) -> str:
        return f"/_mock/worlds/{self._world}"

    def addressed(self, sent: Call[T]) -> Call[T]:
        """Return the call with a header that names its world."""
        return replace(sent, headers={WORLD_HEADER: self._world, **sent.headers})


class call(Generic[P, T]):  # noqa: N801 - a decorator
    """Turns a method that returns a call into one that sends it."""

    def __init__(self, method: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def of(self, resource: Resource[Any], *arguments: P.args, **named: P.kwargs) -> Call[T]:
        """Return the call without sending it."""
        __tracebackhide__ = True
        return resource.addressed(self._method(resource, *arguments, **named))

    @overload
    def __get__(self, resource: Resource[Now], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[Later], owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, resource: None, owner: type) -> "call[P, T]": ...
    def __get__(self, resource: Any, owner: type) -> Any:
        if resource is None:
            return self

        @wraps(self._method)
        def ask(*arguments: P.args, **named: P.kwargs) -> Any:
            __tracebackhide__ = True  # a failing test shows its own lines
            return resource._send(self.of(resource, *arguments, **named))  # noqa: SLF001

        return ask


class fetched(Generic[T]):  # noqa: N801 - a decorator
    """Turns a method that returns a call into a property, which is fetched once and then kept.

    On a `Resource[Later]` the property is awaited.
    """

    def __init__(self, method: Callable[[Any], Call[T]]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, resource: Resource[Now], owner: type) -> T: ...
    @overload
    def __get__(self, resource: Resource[Later], owner: type) -> Awaitable[T]: ...
    @overload
    def __get__(self, resource: None, owner: type) -> "fetched[T]": ...
    def __get__(self, resource: Any, owner: type) -> Any:
        if resource is None:
            return self
        kept = resource._kept  # noqa: SLF001
        if self in kept:
            value, awaited = kept[self]
            return _ready(value) if awaited else value
        found = resource._send(resource.addressed(self._method(resource)))  # noqa: SLF001
        if isawaitable(found):
            return self._keep(found, kept)
        kept[self] = found, False
        return found

    async def _keep(self, found: Awaitable[T], kept: dict[Any, Any]) -> T:
        value = await found
        kept[self] = value, True
        return value


async def _ready(value: T) -> T:
    return value
