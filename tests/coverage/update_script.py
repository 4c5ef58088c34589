"""A black-box script of the update operation: every rule, status, class of a field, and row of the tables."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import jwt

from mockserver.infisical.kubernetes_auth.decision_tables import (
    GATEWAY_ROWS,
    OLD_TLS_ROWS,
    TLS_ROWS,
    GatewayRow,
    TlsRow,
)
from mockserver.rules.generation import Generation, Name, period
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.infisical.kubernetes_auth.world import (
    DARK,
    GATEWAYS,
    ORGANIZATIONS,
    POOLS,
    PROD,
    caller,
    target,
    token,
    world,
)

WORLDS = {"of-contract": "contract", "of-live": "live"}
ATTACHED, BARE = target("acme", "attached"), target("acme")
ADMINISTERS = target("acme", "attached", "instance-admin")
LEGACY = target("legacy", "attached")
USER = jwt.encode(
    {"authTokenType": "accessToken", "userId": caller("acme", "admin"), "organizationId": ORGANIZATIONS["acme"]},
    DEFAULT_TOKEN_SECRET,
    "HS256",
)
NOBODY = "1e000000-0000-4000-8000-0000000fffff"
GATEWAY, OTHER_GATEWAY = GATEWAYS["prod"], GATEWAYS["refused"]
POOL, OTHER_POOL = POOLS["good"], POOLS["bad"]
LOCALHOST, OFFICE = [{"ipAddress": "localhost"}], [{"ipAddress": "10.0.0.0/8"}]
CA = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----"


class Step(NamedTuple):
    """One update. `rule` is what decides it; `in_live` what does in that profile, if it is another.

    `before` is an update that is sent ahead, to store what it says. The step is sent in the generations from `since` to
    `until`, both included.
    """

    rule: str
    body: Any
    identity: str = ATTACHED
    token: str | None = token()
    before: Mapping[str, Any] = MappingProxyType({})
    in_live: str = ""
    since: Name | None = None
    until: Name | None = None


SCHEMA = (
    Step("contract.body", {"caCert": None}),
    Step("contract.unrecognized-keys", {"identityId": "x"}, in_live="update.nothing-to-write", until="2026-09"),
    Step("accepted", {"identityId": "x"}, in_live="update.nothing-to-write", since="2026-10"),
    Step("host.blank", {"kubernetesHost": " "}),
    Step("host.characters", {"kubernetesHost": "a b"}),
    Step("host.length", {"kubernetesHost": "a" * 256}, since="2026-08"),
    Step("host.length", {"kubernetesHost": f"{PROD}/{'a' * 256}"}, in_live="update.database", until="2026-05"),
    Step("column.length", {"allowedNames": "a" * 256}, in_live="update.database"),
    Step("column.nul", {"allowedNames": "a\0"}, in_live="update.database"),
    Step("column.integer", {"accessTokenNumUsesLimit": 2**63}, in_live="update.database", until="2026-09"),
    Step("integer.safe", {"accessTokenNumUsesLimit": 2**63}, since="2026-10"),
    Step("mode.gateway-needed", {"tokenReviewMode": "gateway"}),
    Step("gateway.both", {"gatewayId": GATEWAY, "gatewayPoolId": POOL}),
    Step("update.ttl.order", {"accessTokenTTL": 2, "accessTokenMaxTTL": 1}),
)
GOOD, PINNED, INCOHERENT, PRIVATE, LONG = (f"7e000000-0000-4000-8000-0000000000{n:02x}" for n in range(1, 6))
LINKED, KEPT, FREE = (f"1e000000-0000-4000-8000-0000000ffff{n}" for n in range(1, 4))
FOR_TEMPLATES = (
    Step("update.template.plan", {"templateId": GOOD}, target("hobby", "attached"), token("hobby")),
    Step("update.template.permission", {"templateId": GOOD}, FREE, token("acme", "auth-editor")),
    Step("update.template.exists", {"templateId": NOBODY}, FREE),
    Step("update.template.retired-gateway", {"templateId": PINNED}, FREE),
    Step("update.template.settings", {"templateId": INCOHERENT}, FREE),
    Step("update.template.private-host", {"templateId": PRIVATE}, FREE),
    Step("update.template.column", {"templateId": LONG}, FREE, in_live="update.database"),
    Step("update.template.managed-field", {"kubernetesHost": PROD}, LINKED),
    Step("update.provenance", {"kubernetesHost": DARK}, KEPT),
    Step("contract.body", {"templateId": []}, FREE),
    Step("accepted", {"templateId": GOOD}, FREE),
    Step("accepted", {"templateId": GOOD}, FREE),
    Step("accepted", {"templateId": None}, FREE),
    # With the JWT of a template, every other rule of it holds.
    Step("accepted", {"kubernetesHost": PROD, "gatewayId": None, "caCert": ""}, KEPT),
)
MANAGED, PROJECT = "1e000000-0000-4000-8000-0000ffff0004", "9a000000-0000-4000-8000-000000000001"
STANDING = (
    Step("identity.uuid", {"allowedNames": "a"}, "no-uuid"),
    Step("identity.unknown", {"allowedNames": "a"}, NOBODY),
    Step("identity.home", {"allowedNames": "a"}, token=token("eu")),
    Step("update.not-attached", {"allowedNames": "a"}, BARE),
    Step("update.ttl.stored-max", {"accessTokenTTL": 2592001}),
    Step("caller.member", {"allowedNames": "a"}, token=USER),
    Step("project.member", {"allowedNames": "a"}, MANAGED),
    Step("project.permission.edit-auth", {"allowedNames": "a"}, MANAGED, token("acme", "reader"), since="2026-08"),
    Step("project.permission.edit", {"allowedNames": "a"}, MANAGED, token("acme", "reader"), until="2026-05"),
    Step("accepted", {"allowedNames": "a"}, MANAGED, token("acme", "no-access")),
    Step("permission.edit-auth", {"allowedNames": "a"}, token=token("acme", "reader"), since="2026-08"),
    Step("permission.edit", {"allowedNames": "a"}, token=token("acme", "reader"), until="2026-05"),
    Step("boundary.edit-auth", {"allowedNames": "a"}, LEGACY, token("legacy", "auth-editor"), since="2026-09"),
    Step("trusted-ips.plan", {"accessTokenTrustedIps": OFFICE}, target("hobby", "attached"), token("hobby")),
    Step("trusted-ips.valid", {"accessTokenTrustedIps": LOCALHOST}),
    Step("gateway.plan", {"gatewayId": GATEWAY}, target("hobby", "attached"), token("hobby")),
    Step("gateway.unknown", {"gatewayId": NOBODY}),
    Step("gateway.permission", {"gatewayId": GATEWAY}, token=token("acme", "auth-editor"), since="2026-08"),
    Step("gateway.permission", {"gatewayId": GATEWAY}, token=token("acme", "editor"), until="2026-05"),
    Step("pool.plan", {"gatewayPoolId": POOL}, target("hobby", "attached"), token("hobby")),
    Step("pool.permission", {"gatewayPoolId": POOL}, token=token("acme", "auth-editor"), since="2026-08"),
    Step("pool.permission", {"gatewayPoolId": POOL}, token=token("acme", "editor"), until="2026-05"),
    Step("pool.unknown", {"gatewayPoolId": NOBODY}),
    Step("identity.instance-admin", {"allowedNames": "a"}, ADMINISTERS, since="2026-08"),
    Step("token.missing", {"allowedNames": "a"}, token=None),
)
RESULT = (
    Step("update.tls.ca-required", {"verifyTlsCertificate": True}),
    Step("update.tls.ca-conflict", {"verifyTlsCertificate": False, "caCert": CA}),
    Step("pool.healthy", {"gatewayPoolId": POOLS["sick"]}),
    Step("host.local", {"kubernetesHost": "https://127.0.0.1"}),
    Step("host.scheme", {"kubernetesHost": "prod.k8s.example"}, until="2026-05"),
    Step("cluster.scheme", {"kubernetesHost": "prod.k8s.example", "gatewayId": GATEWAY}),
    Step("cluster.connectivity", {"kubernetesHost": DARK}),
    Step("cluster.reviewer", {"tokenReviewerJwt": "reviewer-unbound"}),
    Step("accepted", {}, in_live="update.nothing-to-write"),
)

WITHOUT_SCHEME = "prod.k8s.example:6443"
CHANGES: dict[str, tuple[Any, ...]] = {
    "kubernetesHost": (PROD, WITHOUT_SCHEME, None),
    "tokenReviewerJwt": ("reviewer-good", "", None),
    "tokenReviewMode": ("api",),
    "gatewayId": (GATEWAY, None),
    "gatewayPoolId": (POOL, None),
    "allowedNamespaces": ("payments", ""),
    "allowedNames": ("api", ""),
    "allowedAudience": ("infisical", ""),
    "accessTokenTrustedIps": (OFFICE,),
    "accessTokenTTL": (60,),
    "accessTokenNumUsesLimit": (7,),
    "accessTokenMaxTTL": (2592000, 3000000),
}
"""Good values of each field; the tables have those of the others."""
INVALID = {name: [] for name in (*CHANGES, "caCert", "verifyTlsCertificate")}


def of_fields() -> Iterator[Step]:
    """Each good value twice, so that it is a change at first and none then; and a bad one of every field at once."""
    yield Step("contract.body", INVALID)
    for field, values in CHANGES.items():
        for value in values:
            in_live = "update.nothing-to-write" if (field, value) == ("tokenReviewerJwt", "") else ""
            since: Name | None = "2026-08" if value == WITHOUT_SCHEME else None
            yield from [Step("accepted", {field: value}, in_live=in_live, since=since)] * 2
        yield Step("accepted", {"kubernetesHost": PROD})
    by_gateway = {"tokenReviewMode": "gateway", "gatewayId": GATEWAY}
    yield from (Step("accepted", by_gateway), Step("accepted", {"tokenReviewMode": "api", "gatewayId": None}))


def of_tls(row: TlsRow) -> Step:
    """A row of the table: the pair is stored in mode `gateway`, which takes any."""
    stored = {
        "tokenReviewMode": "gateway",
        "gatewayId": GATEWAY,
        "verifyTlsCertificate": row.stored_flag == "on",
        "caCert": "" if row.stored_ca == "none" else CA,
    }
    body = {"tokenReviewMode": "api", "gatewayId": None}
    if row.sent_flag != "-":
        body["verifyTlsCertificate"] = row.sent_flag == "on"
    if row.sent_ca != "-":
        body["caCert"] = "" if row.sent_ca == "empty" else f"{CA}\n{CA}"
    return Step(row.outcome if isinstance(row.outcome, str) else "accepted", body, before=stored)


def of_gateway(row: GatewayRow) -> Step:
    """A row of the table. A sent id is another than the stored one."""
    ids = {"gateway": {"gatewayId": GATEWAY}, "pool": {"gatewayPoolId": POOL}}
    stored = {
        "gatewayId": None,
        "gatewayPoolId": None,
        "verifyTlsCertificate": False,
        "caCert": "",
        **ids.get(row.stored, {}),
    }
    sent = {"gatewayId": (row.sent_gateway, OTHER_GATEWAY), "gatewayPoolId": (row.sent_pool, OTHER_POOL)}
    body = {name: other if how == "id" else None for name, (how, other) in sent.items() if how != "-"}
    return Step(
        row.outcome if isinstance(row.outcome, str) else "accepted", {"allowedNames": "x", **body}, before=stored
    )


def steps(generation: Generation) -> Iterator[Step]:
    """The whole script of one generation, in order."""
    return (each for each in _steps(generation) if generation in period(each.since, each.until))


def _steps(generation: Generation) -> tuple[Step, ...]:
    old = OLD_TLS_ROWS if generation == "2026-05" else {}
    tls_rows = [old.get(number, row) for number, row in enumerate(TLS_ROWS, 1)]
    again = {
        "tokenReviewMode": "api",
        "gatewayId": None,
        "gatewayPoolId": None,
        "verifyTlsCertificate": False,
        "caCert": "",
    }
    return (
        *SCHEMA,
        *(each._replace(since="2026-09") for each in FOR_TEMPLATES),
        *STANDING,
        *RESULT,
        *of_fields(),
        *map(of_tls, tls_rows),
        Step("accepted", again),
        *map(of_gateway, GATEWAY_ROWS),
    )


def fixtures() -> str:
    """The world that the script is played in. The identity of `legacy` has a role that not every caller has."""
    made = world(tokenReviewerJwt="")
    (legacy,) = (each for each in made["identities"] if each["id"] == LEGACY)
    legacy["role"] = "member"
    acme = next(each for each in made["organizations"] if each["slug"] == "acme")
    acme["plan"] = {**acme["plan"], "machineIdentityAuthTemplates": True}
    acme["templates"] = [
        {"id": GOOD, "name": "good", "authMethod": "kubernetes", "kubernetesHost": PROD},
        {"id": PINNED, "name": "pinned", "authMethod": "kubernetes", "kubernetesHost": PROD, "gatewayId": "old"},
        {"id": INCOHERENT, "name": "incoherent", "authMethod": "kubernetes"},
        {"id": PRIVATE, "name": "private", "authMethod": "kubernetes", "kubernetesHost": "https://10.0.0.1"},
        {"id": LONG, "name": "long", "authMethod": "kubernetes", "kubernetesHost": PROD, "allowedAudience": "a" * 256},
    ]
    project = {"reader": "viewer", "no-access": "admin"}
    members = [{"identityId": caller("acme", who), "role": role} for who, role in project.items()]
    acme["projects"] = [{"id": PROJECT, "name": "project", "members": members}]
    made["gateways"].append({"id": NOBODY, "organization": "acme", "name": "old", "cluster": "prod", "retired": True})
    records: dict[str, dict[str, Any]] = {
        LINKED: {"templateId": "good"},
        KEPT: {"tokenReviewerJwt": "reviewer-good", "isTokenReviewerJwtTemplateSourced": True, "kubernetesHost": PROD},
        FREE: {"kubernetesHost": PROD},
    }
    record = {"kubernetesHost": PROD}
    made["identities"].append(
        {"id": MANAGED, "organization": "acme", "name": "managed", "projectId": PROJECT, "kubernetesAuth": record}
    )
    made["identities"] += [
        {"id": each, "organization": "acme", "name": each, "kubernetesAuth": record} for each, record in records.items()
    ]
    return json.dumps(made)
