"""Checks request bodies of the control API against its own OpenAPI document, which is loaded on first use."""

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any

import orjson
from aiohttp import web

from mockserver.collector import paused
from mockserver.contract import messages
from mockserver.contract.checks import SchemaCheck
from mockserver.contract.compiled import Contract, compile_contract
from mockserver.contract.document import trusted
from mockserver.contract.violation import Violation
from mockserver.control import background
from mockserver.control.resource import Call, problem
from mockserver.errors import did_you_mean, nearest
from mockserver.http.request_body import read
from mockserver.pauses import between
from mockserver.seeding.json_in_pieces import loads
from mockserver.steps import batched

MAX_BODY = 1024 * 1024
MAX_DEPTH = 100
"""Nesting levels of a body. Schema checks and comparisons are recursive."""
_AT_ONCE = 500
_COUNTED_AT_ONCE = 256 * 1024


def text() -> str:
    """Return the text of the document."""
    return files("mockserver.control").joinpath("openapi.yaml").read_text("utf-8")


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return the compiled document."""
    return compile_contract(trusted("mockserver/control/openapi.yaml", text()), at_once=False)


async def body_of(
    call: Call,
    operation: str,
    limit: int = MAX_BODY,
    first: Callable[[Any], Awaitable[web.Response | None]] | None = None,
) -> Any:
    """Return the JSON body of a call, or a 400 or 413 that lists its violations of the document.

    A missing body reads as `{}` if the document does not require one. `limit` is in bytes. `first` checks the value
    before the document does.
    """
    incoming = await read(call.request, limit, call.parts.body_timeout)
    if incoming.problem == "size":
        return problem(413, "TooLarge", f"The body exceeds {limit} bytes")
    if incoming.problem is not None:
        return problem(400, "Incomplete", f"The body is incomplete: {incoming.reason}")
    if not incoming.content and not contract().operations[operation].body_required:
        return {}
    is_large = len(incoming.content) > background.LARGE_TEXT
    value = await background.run(is_large, _parsed, incoming.content, in_pieces=is_large)
    if isinstance(value, web.Response):
        return value
    rejected = None if first is None else await first(value)
    if rejected is not None:
        return rejected
    wanted = contract().operations[operation].body
    assert wanted is not None, f"{operation} takes a body"
    rows = errors(wanted, _without_fixtures(value))
    if not rows:
        return value
    return problem(
        400, "BadBody", "; ".join(f"{each['pointer'] or '(body)'}: {each['reason']}" for each in rows), errors=rows
    )


def _without_fixtures(value: Any) -> Any:
    """Return the body with empty fixtures: the document says nothing about what is in them, and they may be long."""
    if not isinstance(value, dict) or not isinstance(value.get("fixtures"), dict | str):
        return value
    return {**value, "fixtures": type(value["fixtures"])()}


def _parsed(content: bytes, *, in_pieces: bool) -> Any:
    """Return the JSON value of a body, or a 400 if there is none, or one that is nested too deep."""
    try:
        with paused(pauses=in_pieces):
            value = loads(content) if in_pieces else orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return problem(400, "NotJson", f"The body is not JSON: see line {error.lineno}, column {error.colno}")
    if is_deep(content, value):
        reason = f"nested deeper than {MAX_DEPTH} levels"
        return problem(400, "BadBody", f"(body): {reason}", errors=[{"pointer": "", "reason": reason}])
    return value


def errors(check: SchemaCheck, value: Any) -> list[dict[str, str]]:
    """Return pointer and reason of each violation of the schema."""
    found = [leaf for each in check.violations(value) for leaf in _meant(each)]
    return [{"pointer": each.pointer, "reason": _with_nearest(each, check.schema, value)} for each in found]


def _with_nearest(violation: Violation, schema: dict[str, Any], value: Any) -> str:
    """Return the reason of a violation; for an unknown key or value, with the nearest known one."""
    if violation.keyword == "additionalProperties":
        owner: Any = schema
        for step in violation.schema_path[:-1]:
            owner = owner[step]
        typed, known = str(violation.kind["unexpected"][0]), list(owner.get("properties", ()))
    elif violation.keyword == "enum" and violation.kind:
        typed, known = _at(value, violation.path), list(map(str, messages.options(violation.kind)))
    else:
        return violation.reason
    near = nearest(typed, known) if isinstance(typed, str) else None
    return violation.reason if near is None else f"{violation.reason}.{did_you_mean(near)}"


def _at(value: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def is_deep(content: bytes, value: Any) -> bool:
    """Return whether the JSON value in `content` is nested deeper than MAX_DEPTH."""
    parts = between(range(0, len(content), _COUNTED_AT_ONCE))
    if sum(content.count(each, at, at + _COUNTED_AT_ONCE) for at in parts for each in (b"[", b"{")) <= MAX_DEPTH:
        return False
    return _has_level([value], MAX_DEPTH)


def _has_level(values: list[Any], depth: int) -> bool:
    """Return whether there is a container that many levels below the containers among the values."""
    containers = [each for each in values if isinstance(each, dict | list)]
    if not containers or not depth:
        return bool(containers)
    children = chain.from_iterable(each.values() if isinstance(each, dict) else each for each in containers)
    return any(_has_level(batch, depth - 1) for batch in between(batched(children, _AT_ONCE)))


def _meant(violation: Violation) -> Iterable[Violation]:
    """Return the violations to report for one violation: for `oneOf` and `anyOf`, those of the closest alternative.

    The alternative with the same `kind` is the closest. If no alternative has it, the valid kinds are reported.
    """
    if not violation.branches:
        return (violation,)
    branches = [[leaf for each in branch for leaf in _meant(each)] for branch in violation.branches]
    kinds = [[each for each in branch if each.keyword == "enum" and each.path[-1:] == ("kind",)] for branch in branches]
    if all(kinds):
        options = ", ".join(str(option) for (kind, *_) in kinds for option in messages.options(kind.kind))
        return (Violation((*violation.path, "kind"), "enum", note=f"expected one of {options}"),)

    def distance(branch: list[Violation]) -> tuple[bool, bool, int]:
        other_kind = any(each.path[-1:] == ("kind",) for each in branch)
        other_type = any(each.keyword == "type" and each.path == violation.path for each in branch)
        return other_kind, other_type, len(branch)

    return min(branches, key=distance)


def refused(error: str, where: str, reason: str, status: int = 400) -> web.Response:
    """Return the error response to a valid call that cannot be carried out: `where` is a JSON Pointer."""
    return problem(status, error, f"{where}: {reason}", errors=[{"pointer": where, "reason": reason}])
