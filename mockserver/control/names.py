"""The names that exist on this server: a question or a fault that uses any other one can only be a mistake.

Without this check a test that misspells a name is green: no request ever has the operation `updateKubernetesAut`.
"""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from aiohttp import web

from mockserver.contract.operation import ContractOperation
from mockserver.contract.violation import json_pointer
from mockserver.control import background, body_properties
from mockserver.control.resource import Parts, problem
from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.faults.plan import KINDS
from mockserver.infisical.identities.identity import Identity
from mockserver.journal import critic
from mockserver.journal.matching import identities_of
from mockserver.pauses import between
from mockserver.rules.generation import Generation
from mockserver.rules.rule import ACCEPTED
from mockserver.worlds.world import World

STATUSES = range(100, 600)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_COMPARED = 2000
_LISTED = 12
"""The largest number of valid names that a message lists."""


class UnknownName(NamedTuple):
    """A name that does not exist, why, and the nearest valid name.

    `pointer` is its JSON Pointer in the body; for a filter, `/` and the name of the filter.
    """

    pointer: str
    reason: str
    nearest: str | int | None = None


def rejected(unknown: UnknownName) -> web.Response:
    """Return the 400 that names the mistake and the nearest valid name."""
    return problem(
        400,
        "UnknownName",
        f"{unknown.pointer}: {unknown.reason}",
        pointer=unknown.pointer,
        didYouMean=unknown.nearest,
        errors=[{"pointer": unknown.pointer, "reason": unknown.reason}],
    )


class Lookup:
    """The ids of identities by name. Those in large worlds are looked up in a thread, before they are needed."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], tuple[Mapping[str, Identity], frozenset[str]]] = {}

    async def prepare(self, worlds: Iterable[World], names: Iterable[str]) -> None:
        """Look up the names in those of the worlds that are large. Most worlds share the identities of one seed."""
        large = {
            id(each): each for world in worlds for each in _identities(world) if len(each) > background.LARGE_STATE
        }
        for name in set(names):
            for key, each in large.items():
                self._found[key, name] = each, await background.run(True, _ids_of, each, name)

    def ids(self, identities: Mapping[str, Identity], name: str) -> frozenset[str]:
        """Return the ids of the identities with that name."""
        found = self._found.get((id(identities), name))
        return _ids_of(identities, name) if found is None else found[1]

    def named(self, world: World, name: str) -> frozenset[str]:
        """Return the ids of the identities of that name in the world, as it stands and as it was seeded."""
        return frozenset().union(*(self.ids(each, name) for each in _identities(world)))


_BETWEEN_PAUSES = 64  # identities


def _ids_of(identities: Mapping[str, Identity], name: str) -> frozenset[str]:
    return frozenset(each.id for each in between(identities.values(), _BETWEEN_PAUSES) if each.name == name)


async def looked_up(parts: Parts, body: Mapping[str, Any]) -> Lookup:
    """Return a lookup with the identities that a matcher, or the ordered ones in it, names."""
    lookup = Lookup()
    names = [each["identity"] for each in (body, *body.get("order", ())) if "identity" in each]
    await lookup.prepare(_worlds(parts, body.get("world")), names)
    return lookup


def unknown_name(
    parts: Parts,
    wanted: Mapping[str, Any],
    within: str | None = None,
    at: str = "",
    lookup: Lookup | None = None,
) -> UnknownName | None:
    """Return the first name of a matcher or of filters that does not exist; None if all exist.

    `within` is the world that bounds the question, if any, and `at` the pointer to the matcher.
    """
    return next(_unknown(Names(parts, lookup), wanted, within, at), None)


def _unknown(names: "Names", wanted: Mapping[str, Any], within: str | None, at: str) -> Iterator[UnknownName]:
    world = wanted.get("world", within)
    checks = (
        ("world", names.world),
        ("operation", lambda name: names.operation(name, world)),
        ("method", names.method),
        ("identity", lambda name: names.identity(name, world)),
        ("status", names.status),
        ("rule", names.rule),
        ("warning", names.warning),
    )
    for key, check in checks:
        found = check(wanted[key]) if key in wanted else None
        if found is not None:
            yield found._replace(pointer=f"{at}/{key}")
    for place in wanted.get("body", ()):
        found = names.body_property(place, wanted.get("operation"), world)
        if found is not None:
            yield found._replace(pointer=f"{at}{json_pointer(('body', place))}")


class Names:
    """The valid names of one server. Each method returns an UnknownName without a pointer, or None for a valid name."""

    def __init__(self, parts: Parts, lookup: Lookup | None = None) -> None:
        self._parts = parts
        self._lookup = lookup or Lookup()

    def world(self, name: str) -> UnknownName | None:
        """Check a world: it exists, or the journal has a request to it."""
        worlds, journal = self._parts.worlds, self._parts.journal
        if worlds.find(name) is not None or next(journal.newest_first(name), None) is not None:
            return None
        gone = worlds.why_gone(name)
        known = [*(each.id for each in worlds), *{entry.world for entry in journal.newest_first()}]
        return _not_among("world", name, filter(None, known), f": {gone}" if gone else "")

    def operation(self, name: str, world: str | None) -> UnknownName | None:
        """Check an `operationId` of the documents of that world, or of all worlds."""
        known = {each.id for each in self._operations(world)}
        if name in known:
            return None
        return _not_among("operation", name, known, "", "an operationId of /openapi.yaml")

    def rule(self, name: str) -> UnknownName | None:
        """Check the id of a rule of the ledger, or `accepted`."""
        known = {ACCEPTED, *(rule.id for _, rule in self._parts.ledger)}
        if name in known:
            return None
        return _not_among("rule", name, known, "", f"an id of GET /_mock/rules, or {ACCEPTED}")

    def status(self, status: float) -> UnknownName | None:
        """Check a status of HTTP."""
        if status in STATUSES:
            return None
        near = nearest(f"{status:g}", (str(each.value) for each in HTTPStatus), 0.75)
        more = " An exchange without a response has no status: use its rule, such as mock.fault." if not status else ""
        reason = f"a status is an integer from 100 to 599, not {status:g}.{did_you_mean(near)}{more}"
        return UnknownName("", reason, None if near is None else int(near))

    def warning(self, code: str) -> UnknownName | None:
        """Check the code of a warning of the client critic."""
        known = [each.code for each in critic.WARNINGS]
        return None if code in known else _not_among("warning", code, known)

    def fault_kind(self, kind: str) -> UnknownName | None:
        """Check the kind of a fault."""
        return None if kind in KINDS.values() else _not_among("fault kind", kind, list(KINDS.values()))

    def method(self, method: str) -> UnknownName | None:
        """Check a method, in upper or lower case: a standard one, or one that a request in the journal has."""
        folded = method.upper()
        if folded in METHODS or any(entry.method == folded for entry in self._parts.journal.newest_first()):
            return None
        return _not_among("method", method, list(METHODS))

    def identity(self, name: str, world: str | None) -> UnknownName | None:
        """Check an identity: a UUID, a name in the world, or an id that a request in the journal has."""
        # Most worlds share the identities of one seed.
        identities = {id(each): each for found in self._worlds(world) for each in _identities(found)}.values()
        if _is_uuid(name) or any(self._lookup.ids(every, name) for every in identities):
            return None
        folded = name.strip().lower()
        if any(folded in identities_of(entry) for entry in self._parts.journal.newest_first(world)):
            return None
        known = (each.name for every in identities for each in every.values())
        return _not_among("identity", name, list(islice(known, _COMPARED)), "", "a name in the world, or an id")

    def body_property(self, place: str, operation: str | None, world: str | None) -> UnknownName | None:
        """Check a property of the request body of the operation, or of any operation (None)."""
        described = [each for each in self._operations(world) if operation in (None, each.id)]
        schemas = [each.body.schema for each in described if each.body is not None]
        if not schemas and operation is not None:
            return UnknownName("", f"{operation} has no request body")
        found = body_properties.unknown(schemas, place)
        if found is None:
            return None
        where = "in the request body of any operation" if operation is None else f"in the request body of {operation}"
        reason = f"there is no property {quoted(place)} {where}.{did_you_mean(found.nearest)}"
        return UnknownName("", f"{reason}{_list_of(found.known, '')}", found.nearest)

    def _operations(self, world: str | None) -> Iterator[ContractOperation]:
        """Yield the operations that are carried out, as each document that the question concerns describes them."""
        for generation in self._generations(world):
            for each in self._parts.contracts(generation).operations.values():
                if each.id in self._parts.rulebooks:
                    yield each

    def _generations(self, world: str | None) -> set[Generation]:
        found = {each.generation for each in self._worlds(world)}
        entries = self._parts.journal.newest_first(world)
        return found | {entry.edition.generation for entry in entries if entry.edition is not None}

    def _worlds(self, world: str | None) -> Iterable[World]:
        return _worlds(self._parts, world)


def _worlds(parts: Parts, world: str | None) -> Iterable[World]:
    """Return the world of that name, if there is one; all worlds without a name."""
    if world is None:
        return parts.worlds
    found = parts.worlds.find(world)
    return () if found is None else (found,)


def _identities(world: World) -> tuple[Mapping[str, Identity], ...]:
    """Return the identities as they stand and, where they differ, as they were seeded."""
    now, then = world.state.identities, world.seed.identities
    return (now,) if now is then else (now, then)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _not_among(what: str, name: str, known: Iterable[str], because: str = "", described: str = "") -> UnknownName:
    """Return the UnknownName with the nearest known name, and all of them if they are few."""
    names = sorted(set(known)) if not isinstance(known, list) else known
    near = nearest(name, names)
    return UnknownName(
        "", f"there is no {what} {quoted(name)}{because}.{did_you_mean(near)}{_list_of(names, described)}", near
    )


def _list_of(names: Iterable[str], described: str) -> str:
    listed = list(dict.fromkeys(names))
    if not 0 < len(listed) <= _LISTED:
        return f" It must be {described}." if described else ""
    return f" It must be {'one of ' if len(listed) > 1 else ''}{', '.join(listed)}."
