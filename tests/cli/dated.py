"""Everything in the code that differs between generations: `generations diff` shows it, or a reason is here."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mockserver
from mockserver.api.operations import OPERATIONS
from mockserver.api.request_rules import OWN
from mockserver.api.stages import STAGES
from mockserver.contract.compiled import Contracts
from mockserver.contract.document import overlays_until
from mockserver.contract.overlay import actions
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR, Behaviour
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS, NEWEST
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Rule
from mockserver.settings import bundled

LIVE = [edition(Profile.LIVE, each) for each in GENERATIONS]
VOCABULARY = {"by_generation", "by_edition", "Generation"}
"""What code that differs by generation, and is no rule, has to name."""


def is_dated(rule: Rule[Any]) -> bool:
    """Whether the rule answers otherwise in one of the generations."""
    return len({rule.answers.get(each) for each in LIVE}) > 1


def rules() -> Iterator[tuple[str, str]]:
    """Yield the operation (or stage) and the rule. New operations stand for all their rules."""
    oldest = Contracts(bundled("openapi.yaml")).of(GENERATIONS[0]).operations
    for operation in OPERATIONS:
        if operation.id not in oldest:
            yield operation.id, operation.id
            continue
        yield from ((operation.id, rule.id) for rule in operation.rules.rules if is_dated(rule))
    books = [*((stage, book.rules) for stage, book in STAGES), ("own", OWN)]
    yield from ((stage, rule.id) for stage, found in books for rule in found if is_dated(rule))


def values() -> Iterator[str]:
    """Yield the fields of the behaviour, rows of tables and actions of overlays that a generation has of its own."""
    for name in Behaviour._fields:
        if len({getattr(BEHAVIOUR[each], name) for each in LIVE}) > 1:
            yield f"behaviour.{name}"
    tables = {table.name: table for operation in OPERATIONS for table in getattr(operation.writes, "tables", ())}
    for table in tables.values():
        yield from (row.partition(":")[0] for row in table.periods)
    for name, text in overlays_until(NEWEST):
        for number, _ in enumerate(actions(name, text)):
            yield f"overlay {name.removesuffix('.yaml')} #{number}"


def modules() -> Iterator[str]:
    """Yield the modules that name a word of the vocabulary in an expression."""
    root = Path(mockserver.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path.parent.name == "rules" and path.name in ("generation.py", "edition.py", "rule.py", "sources.py"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in VOCABULARY
            member = (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Generation"
            )
            if called or member:
                yield f"module {path.relative_to(root).as_posix()}"
                break


_NO_TEMPLATE = (
    "No template of the bundled world is pinned to a retired gateway, contradicts itself or has a local host."
)
_REQUIRED = "The answer had these properties before; only the document requires them now."
_SOURCES = "It says where the shape of an operation comes from, and changes none."
_OPEN = (
    "In profile live an unknown property is dropped in every generation; only the document and `Mock-Breach` differ."
)
UNSHOWN: Mapping[str, str] = {
    "attach.template.plan": "Every identity of an organization without the plan has Kubernetes Auth.",
    **dict.fromkeys(
        (
            f"{operation}.template.{rule}"
            for operation in ("attach", "update")
            for rule in ("retired-gateway", "settings", "private-host")
        ),
        _NO_TEMPLATE,
    ),
    "updateKubernetesAuth identity.instance-admin": "The instance administrator has no Kubernetes Auth.",
    **dict.fromkeys(
        (
            f"{operation} identity.instance-admin"
            for operation in (
                "updateUniversalAuth",
                "deleteUniversalAuth",
                "createUniversalAuthClientSecret",
                "revokeUniversalAuthClientSecret",
                "clearUniversalAuthLockouts",
            )
        ),
        "The instance administrator has no Universal Auth.",
    ),
    "project.permission.create": "A project role without `create` lacks `edit-auth` too: the answers are alike.",
    **dict.fromkeys(
        (
            f"update{method} project.permission.{action}"
            for method in ("KubernetesAuth", "UniversalAuth", "TokenAuth")
            for action in ("edit", "edit-auth")
        ),
        "No identity of the bundled world that a project manages has an auth method; the attaches show it.",
    ),
    "login.retired-gateway": "Both generations answer 400 `BadRequest` with another message.",
    "login.host.local": "No identity of the bundled world has a local host.",
    "login.host.scheme": "No identity of the bundled world has a host without a scheme.",
    "token.endless": "It needs a signed token without `exp`: no fixture is one.",
    "module infisical/universal_auth/after_login.py": "It shows in the count of uses after a second login within 10 s.",
    "module api/universal_auth/clear_lockouts.py": "It needs a login that has failed before.",
    "universal-login.secret-used-up-as-text": "No secret of the bundled world has a limit of two digits.",
    "token.membership": "It changes place in the order; no identity of the bundled world is inactive.",
    "body.size": "A body of more than 1 MiB is no minimal request.",
    "body.unannounced": "Whether a client sends `Content-Length: 0` with a DELETE cannot be told from the request.",
    "body.chunked-empty": "A chunked body cannot be told from its text.",
    "body.delete-chunked-empty": "A chunked body cannot be told from its text.",
    "behaviour.verifies": "It shows in calls to a cluster with an invalid certificate; no stored record makes one.",
    "behaviour.pool_fails_over": "It needs a pool with two healthy gateways, of which one fails to connect.",
    "module api/universal_auth/revoke.py": "It shows in a second request, with a token that the revocation ends.",
    "module infisical/kubernetes_auth/behaviour.py": "Its fields are listed one by one.",
    **{f"overlay 2026-10 #{number}": _OPEN for number in range(6)},
    "overlay 2026-10 #6": _REQUIRED,
    "overlay 2026-10 #7": _REQUIRED,
    "overlay 2026-09 #7": _SOURCES,
    "overlay 2026-10 #8": _SOURCES,
}
"""Dated things that no request against the bundled world shows, or none alone, with the reason."""
