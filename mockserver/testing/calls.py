"""Calls of the control API, written once for two kinds of callers: those who wait, and those who await.

A method under `@call` says what to ask, as a value. On a `World[Now]` it answers; on a `World[Later]` it is awaited.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, overload

import orjson

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", "Now", "Later")


class Now:
    """The caller waits for the answer."""


class Later:
    """The caller awaits the answer."""


class MockError(Exception):
    """The mock is not there, or declines what it is asked; the text says what was asked, and why not."""


class Answer(NamedTuple):
    """What the mock said."""

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
    """One call: what to send, and how to read the answer. `accepted` are the statuses besides 2xx that `read` takes."""

    method: str
    path: str
    read: Callable[[Answer], T]
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[int, ...] = ()

    def result(self, answer: Answer) -> T:
        """What the answer means. Raises MockError if the mock declined."""
        __tracebackhide__ = True
        if answer.status // 100 == 2 or answer.status in self.accepted:
            return self.read(answer)
        raise MockError(f"{self.method} {self.path}: {answer.status} {_why(answer)}")


def nothing(_: Answer) -> None:
    """There is nothing to read."""


def json_call(method: str, path: str, read: Callable[[Answer], T], body: Any, **more: Any) -> Call[T]:
    """A call with a JSON body."""
    return Call(method, path, read, orjson.dumps(body), {"Content-Type": "application/json"}, **more)


def _why(answer: Answer) -> str:
    try:
        problem = answer.json
        return f"{problem['error']}: {problem['message']}"
    except (ValueError, KeyError, TypeError):
        return answer.text[:500]


class Resource(Generic[W]):
    """Something of one world to ask for. `send` takes a call and gives its result, or an awaitable of it."""

    def __init__(self, send: Callable[[Call[Any]], Any], world: str) -> None:
        self._send = send
        self._world = world

    @property
    def _path(self) -> str:
        return f"/_mock/worlds/{self._world}"


class call(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes a method that describes a call into one that does it."""

    def __init__(self, method: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def of(self, resource: Resource[Any], *arguments: P.args, **named: P.kwargs) -> Call[T]:
        """The call as a value, not sent."""
        return self._method(resource, *arguments, **named)

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
            __tracebackhide__ = True  # a test that fails shows its own lines, not ours
            return resource._send(self.of(resource, *arguments, **named))  # noqa: SLF001

        return ask
