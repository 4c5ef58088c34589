"""Rules about whether an auth method is attached to an identity; operations differ in status and message."""

from typing import Any, Protocol

from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND
from mockserver.rules.rule import Finding, Source, rule

IS_ATTACHED = "is attached"
"""The kind of request for which there is a stored record."""


class AboutMethod(Protocol):
    """A request about one auth method of one identity."""

    @property
    def identity_id(self) -> str:
        """The identity's id as it was sent."""

    @property
    def method(self) -> str:
        """The display name of the method, such as `Kubernetes Auth`."""

    @property
    def stored(self) -> Any:
        """The stored record; None if the method is not attached."""


@rule(
    "attach.attached",
    "Rejected if the auth method is already attached to the identity.",
    Source("service", "attach, row 3", "2026-08-20"),
    BAD_REQUEST,
)
def already_attached(request: AboutMethod) -> Finding | None:
    return None if request.stored is None else Finding(f"The identity already has {request.method}")


@rule(
    "update.not-attached",
    "Rejected if the auth method is not attached to the identity. GET answers the same situation with 404.",
    Source("service", "update, decision list row 12", "2026-08-20"),
    BAD_REQUEST,
    settled_by=IS_ATTACHED,
)
def update_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Cannot update: {_lacks(request)}") if request.stored is None else None


@rule(
    "get.not-attached",
    "Rejected if the auth method is not attached to the identity. Other operations answer the same situation with 400.",
    Source("service", "get, order of checks", "2026-08-20"),
    NOT_FOUND,
)
def get_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Not found: {_lacks(request)}") if request.stored is None else None


@rule(
    "revoke.not-attached",
    "Rejected if the auth method is not attached to the identity.",
    Source("service", "revoke, order of checks", "2026-08-20"),
    BAD_REQUEST,
)
def revoke_not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Cannot revoke: {_lacks(request)}") if request.stored is None else None


@rule(
    "method.not-attached",
    "Rejected if the auth method that the tokens or client secrets belong to is not attached to the identity.",
    Source("service", "tokens of Token Auth, client secrets of Universal Auth, order of checks", "2026-08-20"),
    BAD_REQUEST,
)
def not_attached(request: AboutMethod) -> Finding | None:
    return Finding(f"Bad request: {_lacks(request)}") if request.stored is None else None


def _lacks(request: AboutMethod) -> str:
    return f"the identity with ID '{request.identity_id}' has no {request.method}"
