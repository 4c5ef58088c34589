"""One run of parity: looks at the tenant, plays the scripts on both sides, removes what it has made, and reports."""

import asyncio
import signal
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from yarl import URL

from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.clock import IdSource
from mockserver.control.unscripted import UNSCRIPTED
from mockserver.errors import did_you_mean, nearest
from mockserver.parity import read_only
from mockserver.parity.client import Client, Tenant, session
from mockserver.parity.discovery import NEEDS, Discovery
from mockserver.parity.look import Found
from mockserver.parity.mock_worlds import mock_worlds
from mockserver.parity.player import Played, Player, Sides
from mockserver.parity.report import Report
from mockserver.parity.scratch import Scratch
from mockserver.parity.scripts import Script, ScriptError, bundled, given, givens
from mockserver.parity.sides import Side
from mockserver.parity.world import CALLER_TOKEN, fixtures
from mockserver.rules.edition import edition
from mockserver.rules.generation import NEWEST, Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED, Rule

_LOCAL = ("localhost", "127.0.0.1", "::1")
"""Hosts that no proxy of the environment reaches."""
NO_LOGIN = "it logs in with the JWT of a service account: give one with --login-jwt FILE"
Progress = Callable[[tuple[Script, ...]], Iterator[Script]]


class Options(NamedTuple):
    """What a run is asked for. `login` has two JWTs (see `service_account`)."""

    url: str
    token: str
    organization: str | None = None
    generation: Generation = NEWEST
    rate: float = 60
    timeout: float = 10
    keep: bool = False
    identity: str | None = None
    login: Mapping[str, str] | None = None
    host: str | None = None
    trust: ssl.SSLContext | None = None
    scripts: tuple[Script, ...] = ()


async def until_stopped(options: Options, progress: Progress, left: list[str]) -> Report:
    """Return the report of a run that SIGTERM stops as Ctrl-C does: what was made is removed."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is not None and sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(options, progress, left)


async def run(options: Options, progress: Progress, left: list[str] | None = None) -> Report:
    """Return the report. Raises Unreachable, Refused, and CancelledError once what was made is removed.

    `left` gets what could not be removed, also where the run ends with an exception.
    """
    rules = {rule.id: rule for _, rule in ledger(OPERATIONS)}
    scripts = options.scripts or bundled()
    _check(scripts, rules)
    async with session(options.trust, local=URL(options.url).host in _LOCAL) as http:
        tenant = Tenant(Client(http, options.url, options.timeout), options.rate)
        scratch = Scratch(tenant, options.token)
        try:
            played = await _played(options, tenant, scratch, scripts, rules, progress)
        finally:
            if not options.keep:
                await _cleaned(scratch)
            if left is not None:
                left.extend(scratch.left)
    unscripted = {} if options.scripts else UNSCRIPTED
    return Report(
        options.url, options.generation, tuple(played), unscripted, tenant.requests, tenant.waited, tuple(scratch.left)
    )


async def _cleaned(scratch: Scratch) -> None:
    """Remove what is left, also where the run was cancelled: a second Ctrl-C ends the process."""
    task = asyncio.ensure_future(scratch.remove_all())
    await asyncio.shield(task)


async def _played(
    options: Options,
    tenant: Tenant,
    scratch: Scratch,
    scripts: tuple[Script, ...],
    rules: Mapping[str, Rule[Any]],
    progress: Progress,
) -> list[Played]:
    only_reads = options.identity is not None
    identity: dict[str, Any] | None = None
    if options.identity is not None:
        reader = read_only.Reader(tenant, options.token, options.identity)
        found, identity = await reader.found(options.organization)
    else:
        found = await Discovery(tenant, options.token, scratch, options.host).found(options.organization)
    lacks = {**found.lacks, **_without(options, rules)}
    async with mock_worlds(read_only.seeded(fixtures(found), identity)) as worlds:
        known = _known(found, options)
        theirs = Side(tenant, {**known, **_login(options, "token"), "caller": options.token})
        mine = {**known, **_login(options, "signed"), "caller": CALLER_TOKEN}
        ours = {each: Side(client, mine) for each, client in worlds.items()}
        scratch.keep = options.keep
        player = Player(tenant, Sides(theirs, ours), scratch, options.generation, lacks, rules)
        played = []
        for script in progress(scripts):
            reason = read_only.reason_against(script, identity) if only_reads else ""
            if reason:
                played.append(Played(script, "not reached", reason))
            else:
                played.append(await player.play(script, prepares=not only_reads))
        return played


def _without(options: Options, rules: Mapping[str, Rule[Any]]) -> dict[str, str]:
    """Return what the run or the generation lacks, with the reason."""
    lacks = {} if options.login else {"login-jwt": NO_LOGIN}
    if edition(Profile.LIVE, options.generation) not in rules["template.plan"].answers:
        reason = f"generation {options.generation} has no operations for auth templates"
        lacks.update(dict.fromkeys(("templates", "template-operations"), reason))
    return lacks


def _known(found: Found, options: Options) -> dict[str, Any]:
    known: dict[str, Any] = {"organization": found.organization["id"], "unknown": IdSource().uuid()}
    if found.host is not None:
        known["host"] = found.host
        if found.host.startswith("https://"):
            known["authority"] = found.host.removeprefix("https://")
    if found.gateway is not None:
        known["gateway"] = found.gateway["id"]
    if options.identity is not None:
        known.update(dict.fromkeys(read_only.GIVEN, options.identity))
    return known


def _login(options: Options, key: str) -> dict[str, str]:
    """Return the JWT that logs in: the one that is given, or one of the same service account for the mock's cluster."""
    return {} if options.login is None else {"loginJwt": options.login[key]}


def _check(scripts: tuple[Script, ...], rules: Mapping[str, Rule[Any]]) -> None:
    """Raise ScriptError for a script with a name that nobody knows."""
    operations = {each.id for each in OPERATIONS}
    for script in scripts:
        for word, names, known in (
            ("rule", (script.rule,), {*rules, ACCEPTED}),
            ("operation", (script.operation,) if script.operation else (), operations),
            ("needs", script.needs, NEEDS),
            ("given", tuple(each for each in script.given if given(each) is None), givens()),
        ):
            for name in names:
                if name not in known:
                    raise ScriptError(
                        f"{script.name}: {word}: no such name: '{name}'.{did_you_mean(nearest(name, known))}"
                    )
