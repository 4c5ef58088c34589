"""Runs the probes in two generations of one mock, without a socket, and keeps those whose answers differ."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from aiohttp import HttpVersion11
from multidict import CIMultiDict
from yarl import URL

from mockserver.api.operations import OPERATIONS
from mockserver.app import Core, fixtures_of
from mockserver.cli.generation_probes import ISSUE_SHAPES, PROBES, Probe
from mockserver.clock import WallClock, WorldClock
from mockserver.infisical.state import State
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED
from mockserver.seeding.load import load
from mockserver.settings import MAX_BODY, Settings
from mockserver.worlds.world import World

VARIES = "(varies)"
"""Stands in a printed body for a value that is another one in each request: an id, a time, a token."""
_LATER = 3_723_000


class Answered(NamedTuple):
    """Status, `error` (None if there is none) and body of a response, and the rule that decided it."""

    status: int
    error: str | None
    body: Any
    rule: str


class Difference(NamedTuple):
    """A probe whose answers differ. `rule` is the rule behind the difference, `accepted` if none rejects."""

    probe: Probe
    rule: str
    before: Answered
    after: Answered

    def as_json(self) -> dict[str, Any]:
        """Return operation, rule, summary, request and both answers."""
        return {
            "operation": self.probe.operation,
            "rule": self.rule,
            "summary": self.probe.summary,
            "request": request_of(self.probe),
            "answers": {"from": _shown(self.before), "to": _shown(self.after)},
        }


def request_of(probe: Probe) -> dict[str, Any]:
    """Return method, path, headers and body (a text, or None) as they are sent."""
    body = probe.body if probe.body is None or isinstance(probe.body, str) else json.dumps(probe.body)
    headers = {"Authorization": f"Bearer {probe.token}"} if probe.token else {}
    headers |= probe.headers or ({} if body is None else {"Content-Type": "application/json"})
    return {"method": probe.method, "path": probe.path, "headers": headers, "body": body}


def differences(before: Generation, after: Generation) -> list[Difference]:
    """Return what differs between the two generations, grouped by operation; empty if they are the same."""
    return [] if before is after else asyncio.run(_differences(before, after))


async def _differences(before: Generation, after: Generation) -> list[Difference]:
    core = Core(Settings(profile=Profile.LIVE))
    now = WallClock().now()
    # Two runs at two times tell what is another value in each request.
    fixtures = fixtures_of(core.settings)
    seeds = {moment: load(fixtures, moment) for moment in (now, now + _LATER)}
    worlds = [[world_of(core, each, moment, seed) for moment, seed in seeds.items()] for each in (before, after)]
    rules = {rule.id for _, rule in core.ledger}
    found = []
    for probe in sorted(PROBES, key=_place):
        old, new = [_same(*[await asked(core, world, probe) for world in pair]) for pair in worlds]
        about = rules.intersection(probe.covers)
        concerned = not about or not about.isdisjoint((old.rule, new.rule))
        if concerned and _compared(old, probe) != _compared(new, probe):
            found.append(Difference(probe, _deciding(probe, old, new), old, new))
    return found


def world_of(core: Core, generation: Generation, moment: int, seed: State) -> World:
    """Return a new world of the core, in profile live, seeded at that moment."""
    secret = core.worlds.default.token_secret
    judged_by = edition(Profile.LIVE, generation)
    world = World(f"{generation}-{moment}", seed, judged_by, WorldClock(moment), secret)
    core.worlds.add(world)
    return world


def _place(probe: Probe) -> int:
    return _ORDER.index(probe.operation)


_ORDER = [each.id for each in OPERATIONS]


async def asked(core: Core, world: World, probe: Probe) -> Answered:
    """Return the answer of the world as it was at first."""
    world.reset()
    request: Any = _Request(f"/w/{world.id}", request_of(probe))
    response: Any = await core.answer(request)
    text = response.body.decode().replace(f"/w/{world.id}", "")
    body = json.loads(text) if response.headers.get("Content-Type", "").startswith("application/json") else text
    error = body.get("error") if isinstance(body, dict) else None
    return Answered(response.status, error, body, response.headers["Mock-Rule"])


def _same(one: Answered, other: Answered) -> Answered:
    return one._replace(body=_common(one.body, other.body))


def _common(one: Any, other: Any) -> Any:
    """Return the value with VARIES wherever the two differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: _common(value, other[key]) for key, value in one.items()}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_common(*pair) for pair in zip(one, other, strict=True)]
    return one if one == other else VARIES


def _compared(answer: Answered, probe: Probe) -> tuple[int, str | None, Any]:
    """Return what a client can notice. The wording of a message is the mock's own.

    The shapes of issues are one difference, which a probe of its own shows.
    """
    body = answer.body
    if isinstance(body, dict) and (isinstance(body.get("message"), str) or ISSUE_SHAPES not in probe.covers):
        body = {key: value for key, value in body.items() if key != "message"}
    return answer.status, answer.error, body


def _deciding(probe: Probe, before: Answered, after: Answered) -> str:
    rules = [each.rule for each in (after, before) if each.rule != ACCEPTED]
    return next((each for each in rules if each in probe.covers), rules[0] if rules else ACCEPTED)


def _shown(answer: Answered) -> dict[str, Any]:
    return {"status": answer.status, "error": answer.error, "body": answer.body}


def lines(found: list[Difference]) -> Iterator[str]:
    """Yield the text: the name of each operation, and below it a line for each difference."""
    operation = ""
    for each in found:
        if each.probe.operation != operation:
            operation = each.probe.operation
            yield operation
        yield f"  {each.probe.summary} {sent(each.probe)}: {told(each.before, each.after)} [{each.rule}]"


def sent(probe: Probe) -> str:
    """Return the request in one line: method, path, token, media type if it is another one, body."""
    request = request_of(probe)
    token = f" as {probe.token}" if probe.token else ""
    media = "".join(f" {name}: {value}" for name, value in (probe.headers or {}).items())
    body = "" if request["body"] is None else f" {_short(request['body'])}"
    return f"{request['method']} {request['path']}{token}{media}{body}"


def told(before: Answered, after: Answered) -> str:
    """Return both answers in a few words; with equal status and error, the parts of the body that differ."""
    old, new = (f"{each.status} {each.error or 'OK'}" for each in (before, after))
    if old != new:
        return f"{old} → {new}"
    parts = [dict(_leaves(each.body)) for each in (before, after)]
    names = [name for name in {**parts[0], **parts[1]} if parts[0].get(name, ...) != parts[1].get(name, ...)]
    texts = [", ".join(f"{name} {each.get(name, 'absent')}" for name in names) for each in parts]
    return f"{old}, {_short(texts[0])} → {_short(texts[1])}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping | list):
        for key, each in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _leaves(each, f"{path}.{key}" if path else str(key))
    else:
        yield path, json.dumps(value)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SHOWN = 240


class _Request:
    """A request that has come whole, as far as a mock reads it. There is no connection."""

    version = HttpVersion11
    remote = "127.0.0.1"
    scheme = "http"
    writer = None
    client_max_size = MAX_BODY

    def __init__(self, base: str, sent: Mapping[str, Any]) -> None:
        content = (sent["body"] or "").encode()
        self.method = sent["method"]
        self.raw_path = base + sent["path"]
        self.headers = CIMultiDict({"Host": "localhost", **sent["headers"]})
        if sent["body"] is not None or self.method in ("POST", "PATCH"):
            self.headers["Content-Length"] = str(len(content))
        self.raw_headers = tuple((name.encode(), value.encode()) for name, value in self.headers.items())
        self.content = _Content(content)
        self.content_length = len(content)

    @cached_property
    def rel_url(self) -> URL:
        path, _, query = self.raw_path.partition("?")
        return URL.build(path=path, query_string=query, encoded=True)

    @property
    def path(self) -> str:
        return self.rel_url.path

    @property
    def query(self) -> Mapping[str, str]:
        return self.rel_url.query


class _Content:
    """The bytes of a body, all of them there."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.total_bytes = len(content)

    def is_eof(self) -> bool:
        return True

    def exception(self) -> None:
        return None

    def read_nowait(self) -> bytes:
        content, self._content = self._content, b""
        return content
