"""Settings of auth methods from before a recording: the scratch identities in their place are given them first."""

from collections.abc import Mapping
from typing import Any

from mockserver.parity.look import KUBERNETES, TOKEN, UNIVERSAL
from mockserver.parity.recording.exchange import Seen
from mockserver.parity.scripts import at, given

_LIFETIMES = ("accessTokenTTL", "accessTokenMaxTTL")
_RECORDS = {
    "kubernetes": ("identityKubernetesAuth", KUBERNETES),
    "universal": ("identityUniversalAuth", UNIVERSAL),
    "token": ("identityTokenAuth", TOKEN),
}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "kubernetes": {"allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""},
    "universal": {
        "accessTokenPeriod": 0,
        "lockoutEnabled": True,
        "lockoutThreshold": 3,
        "lockoutDurationSeconds": 300,
        "lockoutCounterResetSeconds": 30,
    },
    "token": {},
}
_ALL = {"accessTokenTTL": 2_592_000, "accessTokenMaxTTL": 2_592_000, "accessTokenNumUsesLimit": 0}
"""What the service stores where nothing is sent."""


def shown(step: Seen, method: str) -> dict[str, Any]:
    """Return the settings that the record in a response had before the request, as far as the request leaves them.

    The two lifetimes are taken together: each alone may not go with what the scratch identity has.
    """
    record = at(step.answer, _RECORDS[method][0])
    if not isinstance(record, Mapping):
        return {}
    names = [each for each in (*_ALL, *_DEFAULTS[method]) if each not in step.sent]
    if any(each in names for each in _LIFETIMES):
        names = [*_LIFETIMES, *(each for each in names if each not in _LIFETIMES)]
    return {each: record[each] for each in names if isinstance(record.get(each), int | str)}


def differing(method: str, kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the settings that the scratch identity of a kind does not have."""
    maker = given(kind)
    has: dict[str, Any] = {**_ALL, **_DEFAULTS[method]}
    for step in () if maker is None else maker.steps:
        has |= step.body if isinstance(step.body, dict) else {}
    found = {name for name, value in settings.items() if has.get(name) != value}
    if not found.isdisjoint(_LIFETIMES):
        found |= {*_LIFETIMES} & {*settings}
    return {name: value for name, value in settings.items() if name in found}


def path(method: str) -> str:
    """Return the beginning of the path of a method's records."""
    return _RECORDS[method][1]
