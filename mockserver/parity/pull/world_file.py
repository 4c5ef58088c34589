"""The fixture file of a pulled organization: checked by the loader, and written as the state of a world is."""

import json
from typing import Any

import yaml

from mockserver import __version__
from mockserver.clock import WallClock, iso
from mockserver.errors import FixtureErrors
from mockserver.parity.pull.anonymize import anonymized
from mockserver.parity.pull.organization import Pulled
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text

_ASSUMED = """\
Not written: client secrets, token reviewer JWTs, access tokens.
Not readable, and assumed here: every flag of the plan is true, pools have no gateways, all gateways are in the cluster
`pulled`, which can be reached as any other host can, every gateway is in use, sub-organizations have no members, every
membership is active, and nobody is an instance admin."""
_SHOWN_NOTES = 50


class Unloadable(Exception):
    """What was read does not load; the text says why."""


def world_file(pulled: Pulled, source: str, *, anonymize: bool) -> str:
    """Return the text of a fixture file that loads. Raises Unloadable if what was read does not."""
    document, _ = _checked(pulled.document, pulled.notes)
    if anonymize:
        document, _ = _checked(anonymized(document), [])
    text = yaml.dump(
        document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True
    )
    return f"{_head(pulled, source, anonymize=anonymize)}\n{text}"


def _checked(document: dict[str, Any], notes: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the document as a world that loads it dumps it. Permissions that fixtures do not have are left out."""
    now = WallClock().now()
    try:
        return dump(load([Text("pulled", json.dumps(document))], now)), notes
    except FixtureErrors as errors:
        unknown = [each.steps for each in errors.errors if "permissions" in each.steps]
        if not unknown or len(unknown) < len(errors.errors):
            raise Unloadable(_told(errors)) from errors
    _drop(document, unknown)
    notes.append("permissions of roles that the mock does not have")
    try:
        return dump(load([Text("pulled", json.dumps(document))], now)), notes
    except FixtureErrors as errors:
        raise Unloadable(_told(errors)) from errors


def _told(errors: FixtureErrors) -> str:
    return "\n".join(f"{each.path or '(document)'}: {each.reason}" for each in errors.errors[:10])


def _drop(document: dict[str, Any], places: list[tuple[str | int, ...]]) -> None:
    """Remove the permissions that the places are in: `organizations, 0, roles, 1, permissions, 2, …`."""
    for steps in sorted({each[: each.index("permissions") + 2] for each in places}, reverse=True):
        owner: Any = document
        for step in steps[:-1]:
            owner = owner[step]
        del owner[steps[-1]]


def _head(pulled: Pulled, source: str, *, anonymize: bool) -> str:
    """Return the comments at the top of the file."""
    of = "an organization, anonymized" if anonymize else f"the organization {pulled.name!r} of {source}"
    lines = [f"Pulled from {of}, on {iso(WallClock().now())}, by infisical-mock {__version__}.", *_ASSUMED.splitlines()]
    if pulled.notes and not anonymize:
        lines += ["Left out:", *(f"- {each}" for each in pulled.notes[:_SHOWN_NOTES])]
        if len(pulled.notes) > _SHOWN_NOTES:
            lines.append(f"- and {len(pulled.notes) - _SHOWN_NOTES} more")
    elif pulled.notes:
        lines.append(f"Left out, as it could not be read: {len(pulled.notes)} part(s).")
    return "\n".join(f"# {_one_line(each)}" for each in lines)


def _one_line(text: str) -> str:
    """Return the text without characters that would end a comment."""
    return "".join(each if each.isprintable() else " " for each in text)
