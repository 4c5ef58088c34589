"""Whether an auth method is attached to an identity: each operation that needs to know answers it in its own way."""

from typing import Any, Protocol

from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND
from mockserver.rules.rule import Finding, Source, rule


class AboutMethod(Protocol):
    """A request about one auth method of one identity."""

    @property
    def identity_id(self) -> str:
        """The identity's id as it was sent."""

    @property
    def method(self) -> str:
        """The method's name in words."""

    @property
    def stored(self) -> Any:
        """The record; None if the method is not attached."""


@rule(
    "attach.attached",
    "The auth method is not attached to the identity yet.",
    Source("service", "attach, row 3", "2026-08-28"),
    BAD_REQUEST,
)
def already_attached(request: AboutMethod) -> Finding | None:
    return None if request.stored is None else Finding(f"The identity has {request.method} already")


@rule(
    "update.not-attached",
    "The auth method is attached to the identity (400 here, where GET answers 404).",
    Source("service", "update, decision list row 12", "2026-08-28"),
    BAD_REQUEST,
)
def update_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Failed to update: {_lacks(request)}") if request.stored is None else None


@rule(
    "get.not-attached",
    "The auth method is attached to the identity (404 here, where other operations answer 400).",
    Source("service", "get, order of checks", "2026-08-28"),
    NOT_FOUND,
)
def get_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Not found: {_lacks(request)}") if request.stored is None else None


@rule(
    "revoke.not-attached",
    "The auth method is attached to the identity.",
    Source("service", "revoke, order of checks", "2026-08-28"),
    BAD_REQUEST,
)
def revoke_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Nothing to revoke: {_lacks(request)}") if request.stored is None else None


@rule(
    "method.not-attached",
    "The auth method, whose tokens or secrets the request is about, is attached to the identity.",
    Source("service", "tokens of Token Auth, client secrets of Universal Auth, order of checks", "2026-08-28"),
    BAD_REQUEST,
)
def not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Bad request: {_lacks(request)}") if request.stored is None else None


def _lacks(request: AboutMethod) -> str:
    return f"the identity with ID '{request.identity_id}' has no {request.method}"
