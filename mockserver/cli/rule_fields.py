"""Which rules look at which fields: recorded while the mock answers the probes, as an explanation records it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.api.explain.replay import Replay
from mockserver.api.operations import OPERATIONS
from mockserver.app import Core, fixtures_of
from mockserver.cli.generation_diff import asked, world_of
from mockserver.cli.generation_probes import (
    ATTACH,
    BARE,
    KUBERNETES,
    PAYMENTS,
    PROBES,
    ROBOT,
    STATIC,
    TOKEN,
    UNIVERSAL,
    Probe,
)
from mockserver.clock import WallClock
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Rule, together
from mockserver.seeding.load import load
from mockserver.settings import Settings

SCHEMA_RULES = ("contract.body",)
"""The rules that hold a request to the document's schemas, whatever its fields are called."""
UNKNOWN_KEYS = "contract.unrecognized-keys"
_SETTINGS = {
    "accessTokenTTL": 60,
    "accessTokenMaxTTL": 600,
    "accessTokenNumUsesLimit": 5,
    "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}],
}
_CONNECTION = {
    "kubernetesHost": "https://prod.k8s.example:6443",
    "caCert": "",
    "verifyTlsCertificate": False,
    "tokenReviewMode": "api",
    "gatewayId": None,
    "gatewayPoolId": None,
}


def _accepted() -> Iterator[Probe]:
    """Yield requests that no rule rejects: all rules are checked, and read what they look at."""
    whole = {**_SETTINGS, **_CONNECTION, "allowedNames": "", "allowedNamespaces": "", "allowedAudience": ""}
    for method, path, attached, body in (
        ("KubernetesAuth", KUBERNETES, PAYMENTS, whole),
        ("UniversalAuth", UNIVERSAL, ROBOT, {**_SETTINGS, "clientSecretTrustedIps": [{"ipAddress": "10.0.0.0/8"}]}),
        ("TokenAuth", TOKEN, STATIC, _SETTINGS),
    ):
        for sent in (body, *({name: value} for name, value in body.items())):
            yield Probe(f"update{method}", (), "", path + attached, "PATCH", sent)
        yield Probe(f"attach{method}", (), "", path + BARE, "POST", {**body, **(ATTACH if method[0] == "K" else {})})


class RuleFields:
    """The rules of each operation, and the fields that each one looks at."""

    def __init__(self) -> None:
        self.rules = {each.id: together(each.rules.rules) for each in OPERATIONS}
        self._fields = asyncio.run(_recorded())

    def looking_at(self, operation: str, fields: Iterable[str]) -> list[str]:
        """Return the ids of the operation's rules that look at one of the fields, in the order of the service."""
        names = set(fields)
        return [
            each.id
            for each in self.rules.get(operation, ())
            if not names.isdisjoint(each.about | self._fields.get(each.id, set()))
        ]

    def answering(self, operation: str, status: str) -> list[str]:
        """Return the ids of the operation's rules that reject a request with that status."""
        return [each.id for each in self.rules.get(operation, ()) if status in _statuses(each)]

    def all_of(self, operation: str) -> list[str]:
        """Return the ids of the operation's rules."""
        return [each.id for each in self.rules.get(operation, ())]


def _statuses(rule: Rule[Any]) -> set[str]:
    return {str(each.status) for each in rule.answers.values()}


async def _recorded() -> Mapping[str, set[str]]:
    """Return the fields that each rule reads while the mock answers the probes, in each generation."""
    core = Core(Settings(profile=Profile.LIVE))
    replay, now = Replay(core.vendor, core.worlds, core.contracts), WallClock().now()
    seed = load(fixtures_of(core.settings), now)
    found: dict[str, set[str]] = {}
    for generation in GENERATIONS:
        world = world_of(core, generation, now, seed)
        for probe in (*_accepted(), *PROBES):
            await asked(core, world, probe)
            entry = next(core.journal.newest_first())
            for rule, inputs in replay(entry).inputs.items() if entry.judged else ():
                found.setdefault(rule, set()).update(each.field.rpartition(".")[2] for each in inputs.fields)
    return found
