"""Attach with and without `templateId`: T1 to T6, managed fields, the order of rules, and what is stored."""

from typing import Any

import pytest

from tests.client import IDENTITIES, Answer, Client
from tests.conftest import Serve
from tests.infisical.identity_templates.world import (
    BROKEN,
    DIRECT,
    DIRECTORY,
    FOREIGN_GATEWAY,
    GATEWAY,
    HOST,
    LONG,
    OTHER_TEMPLATE,
    PINNED,
    PLAIN,
    PRIVATE,
    STRANGER,
    THROUGH,
    UNATTACHED,
    outcome,
    started,
    stored,
)

TEXTS = {"allowedNamespaces": "payments", "allowedNames": ""}
NULL = {**TEXTS, "kubernetesHost": HOST, "templateId": None}


async def attach(client: Client, body: Any, identity: str = UNATTACHED, token: str = "acme-admin-token") -> Answer:
    return await client.send("POST", IDENTITIES + identity, {**TEXTS, **body}, token=token)


async def test_the_record_has_the_values_of_the_template(mock: Client) -> None:
    shown = (await attach(mock, {"templateId": DIRECT.upper()})).record
    assert (shown["templateId"], shown["isTokenReviewerJwtTemplateSourced"]) == (DIRECT, True)
    assert (shown["kubernetesHost"], shown["allowedAudience"], shown["tokenReviewerJwt"]) == (HOST, "infisical", "")
    assert (await stored(mock, UNATTACHED))["tokenReviewerJwt"] == "reviewer-good"
    usage = await mock.send("GET", f"/api/v1/identity-templates/{DIRECT}/usage")
    assert [each["identityName"] for each in usage.json] == ["linked", "unattached"]


async def test_no_attach_permission_is_asked_for_the_gateway_of_a_template(mock: Client) -> None:
    shown = (await attach(mock, {"templateId": THROUGH}, token="linker")).record
    assert (shown["gatewayId"], shown["tokenReviewMode"]) == (GATEWAY, "gateway")


async def test_null_is_no_template(mock: Client) -> None:
    answer = await mock.send("POST", IDENTITIES + UNATTACHED, NULL)
    assert (answer.record["templateId"], answer.record["isTokenReviewerJwtTemplateSourced"]) == (None, False)
    assert "tokenReviewerJwt" not in answer.record


REFUSED = [
    ("T2", {"templateId": DIRECT}, "editor", (403, "PermissionDenied", "attach.template.permission")),
    ("T3", {"templateId": STRANGER}, "linker", (404, "NotFound", "attach.template.exists")),
    ("T3 other", {"templateId": OTHER_TEMPLATE}, "linker", (404, "NotFound", "attach.template.exists")),
    ("T3 ldap", {"templateId": DIRECTORY}, "linker", (404, "NotFound", "attach.template.exists")),
    ("T4", {"templateId": PINNED}, "linker", (400, "BadRequest", "attach.template.retired-gateway")),
    *(
        (f"T5 {why}", {"templateId": each}, "linker", (400, "BadRequest", "attach.template.settings"))
        for why, each in BROKEN.items()
    ),
    ("T6", {"templateId": PRIVATE}, "linker", (400, "BadRequest", "attach.template.private-host")),
    ("no host", {}, "editor", (400, "BadRequest", "attach.host.required")),
    ("permission before the host", {}, "member", (403, "PermissionDenied", "permission.edit-auth")),
    ("permission before T1", {"templateId": STRANGER}, "member", (403, "PermissionDenied", "permission.edit-auth")),
    (
        "T3 before trusted IPs",
        {"templateId": STRANGER, "accessTokenTrustedIps": [{"ipAddress": "nowhere"}]},
        "linker",
        (404, "NotFound", "attach.template.exists"),
    ),
    (
        "trusted IPs before gateways",
        {"accessTokenTrustedIps": [{"ipAddress": "nowhere"}], "gatewayId": FOREIGN_GATEWAY, "kubernetesHost": HOST},
        "editor",
        (400, "BadRequest", "trusted-ips.valid"),
    ),
]


@pytest.mark.parametrize(("body", "token", "due"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_refused(mock: Client, body: Any, token: str, due: tuple[int, str, str]) -> None:
    answer = await attach(mock, body, token=token)
    assert outcome(answer) == due, answer.content
    assert (await mock.send("GET", IDENTITIES + UNATTACHED)).status == 404


@pytest.mark.parametrize("template", [DIRECT, STRANGER])
async def test_the_plan_is_asked_whenever_a_template_is_sent(
    serve: Serve, edition: tuple[str, str], template: str
) -> None:
    from tests.infisical.identity_templates.world import WORLD

    mock = await started(
        serve,
        *edition,
        world=WORLD.replace("gatewayPool: true, machine", "machine").replace(
            "machineIdentityAuthTemplates: true}", "machineIdentityAuthTemplates: false}"
        ),
    )
    answer = await attach(mock, {"templateId": template}, token="editor")
    assert outcome(answer) == (400, "BadRequest", "attach.template.plan")
    assert (await mock.send("POST", IDENTITIES + UNATTACHED, NULL)).status == 200


async def test_an_attached_identity_comes_before_the_template(mock: Client) -> None:
    assert outcome(await attach(mock, {"templateId": STRANGER}, PLAIN)) == (400, "BadRequest", "attach.attached")


MANAGED = {
    "kubernetesHost": [HOST],
    "caCert": ["", "pem"],
    "verifyTlsCertificate": [False],
    "tokenReviewerJwt": ["", "jwt"],
    "tokenReviewMode": ["api", "gateway"],
    "allowedAudience": [""],
    "gatewayId": [None, GATEWAY],
    "gatewayPoolId": [None],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MANAGED.items() for value in values])
async def test_a_managed_field_beside_a_template(mock: Client, name: str, value: Any) -> None:
    answer = await attach(mock, {"templateId": DIRECT, name: value})
    assert answer.issues == [("custom", (name,))]
    assert answer.rule == "attach.template.managed-field"


async def test_each_managed_field_has_an_issue(mock: Client) -> None:
    answer = await attach(mock, {"templateId": DIRECT, "gatewayId": GATEWAY, "caCert": "", "kubernetesHost": None})
    assert answer.issues == [("custom", (name,)) for name in ("kubernetesHost", "caCert", "gatewayId")]


async def test_the_rules_about_host_and_gateway_hold_without_a_template(mock: Client) -> None:
    assert (await attach(mock, {"kubernetesHost": None})).issues == [("custom", ("kubernetesHost",))]
    assert (await attach(mock, {"tokenReviewMode": "gateway"})).issues == [("custom", ("gatewayId",))]


async def test_a_column_that_cannot_hold_the_audience(mock: Client, edition: tuple[str, str]) -> None:
    answer = await attach(mock, {"templateId": LONG})
    contract, live = (400, "BadRequest", "attach.template.column"), (500, "Create", "attach.database")
    assert outcome(answer) == (contract if edition[0] == "contract" else live)


@pytest.mark.parametrize("wrong", ["x", 7, []])
async def test_a_template_id_is_a_uuid_or_null(mock: Client, wrong: Any) -> None:
    answer = await attach(mock, {"templateId": wrong})
    assert [path for _, path in answer.issues] == [("templateId",)]


@pytest.mark.parametrize("profile", ["contract", "live"])
async def test_before_templates_exist_a_host_is_required(serve: Serve, profile: str) -> None:
    mock = await started(serve, profile, "2026-08")
    assert ("invalid_type", ("kubernetesHost",)) in (await attach(mock, {"templateId": DIRECT})).issues
    assert (await attach(mock, {"kubernetesHost": HOST})).status == 200


async def test_revoke_answers_both_fields_and_frees_the_template(mock: Client) -> None:
    await attach(mock, {"templateId": DIRECT})
    gone = (await mock.send("DELETE", IDENTITIES + UNATTACHED)).record
    assert (gone["templateId"], gone["isTokenReviewerJwtTemplateSourced"]) == (DIRECT, True)
    assert {"caCert", "tokenReviewerJwt"}.isdisjoint(gone)
    usage = await mock.send("GET", f"/api/v1/identity-templates/{DIRECT}/usage")
    assert [each["identityName"] for each in usage.json] == ["linked"]


async def test_a_deleted_identity_frees_the_template(mock: Client) -> None:
    await attach(mock, {"templateId": DIRECT})
    assert (await mock.send("DELETE", f"/api/v1/identities/{UNATTACHED}")).status == 200
    usage = await mock.send("GET", f"/api/v1/identity-templates/{DIRECT}/usage")
    assert [each["identityName"] for each in usage.json] == ["linked"]
