"""An update with and without `templateId`: T1 to T7, both sides of each row, what a link writes, the order of rules."""

from itertools import combinations
from typing import Any

import pytest

from tests.client import IDENTITIES, Client
from tests.client import STRANGER as NOBODY
from tests.conftest import Serve
from tests.infisical.identity_templates.world import (
    BARE_SETTINGS,
    BROKEN,
    DIRECT,
    DIRECTORY,
    FOREIGN_GATEWAY,
    GATEWAY,
    HOBBY_PLAIN,
    HOBBY_TEMPLATE,
    HOST,
    KEPT,
    LINKED,
    LINKED_PLAIN,
    LONG,
    OTHER_HOST,
    OTHER_TEMPLATE,
    PINNED,
    PINNED_RECORD,
    PLAIN,
    POOL,
    POOLED,
    PRIVATE,
    STRANGER,
    THROUGH,
    UNATTACHED,
    VERIFIED,
    outcome,
    started,
    stored,
    update,
)

OPS, HOBBY = "acme-admin-token", "hobby"
PLAN = (400, "BadRequest", "update.template.plan")
PERMISSION = (403, "PermissionDenied", "update.template.permission")
EXISTS = (404, "NotFound", "update.template.exists")
RETIRED = (400, "BadRequest", "update.template.retired-gateway")
SETTINGS = (400, "BadRequest", "update.template.settings")
LOCAL = (400, "BadRequest", "update.template.private-host")
MANAGED = (400, "BadRequest", "update.template.managed-field")

REFUSED = [
    ("T1", HOBBY_PLAIN, {"templateId": HOBBY_TEMPLATE}, HOBBY, PLAN),
    ("T1 of an unknown template", HOBBY_PLAIN, {"templateId": STRANGER}, HOBBY, PLAN),
    ("T2", PLAIN, {"templateId": DIRECT}, "editor", PERMISSION),
    ("T2 of an unknown template", PLAIN, {"templateId": STRANGER}, "editor", PERMISSION),
    ("T3 unknown", PLAIN, {"templateId": STRANGER}, OPS, EXISTS),
    ("T3 of another organization", PLAIN, {"templateId": OTHER_TEMPLATE}, OPS, EXISTS),
    ("T3 of another method", PLAIN, {"templateId": DIRECTORY}, OPS, EXISTS),
    ("T4", PLAIN, {"templateId": PINNED}, OPS, RETIRED),
    *((f"T5 {why}", PLAIN, {"templateId": each}, OPS, SETTINGS) for why, each in BROKEN.items()),
    ("T6", PLAIN, {"templateId": PRIVATE}, OPS, LOCAL),
    ("T7 host", LINKED, {"kubernetesHost": OTHER_HOST}, OPS, MANAGED),
    ("T7 the stored host", LINKED, {"kubernetesHost": HOST}, OPS, MANAGED),
    ("T7 null", LINKED, {"kubernetesHost": None}, OPS, MANAGED),
    ("T7 CA", LINKED, {"caCert": ""}, OPS, MANAGED),
    ("T7 flag", LINKED, {"verifyTlsCertificate": False}, OPS, MANAGED),
    ("T7 JWT", LINKED, {"tokenReviewerJwt": "new"}, OPS, MANAGED),
    ("T7 JWT null", LINKED, {"tokenReviewerJwt": None}, OPS, MANAGED),
    ("T7 mode", LINKED, {"tokenReviewMode": "api"}, OPS, MANAGED),
    ("T7 audience", LINKED, {"allowedAudience": "infisical"}, OPS, MANAGED),
    ("T7 gateway", LINKED, {"gatewayId": None}, OPS, MANAGED),
    ("T7 pool", LINKED, {"gatewayPoolId": POOL}, OPS, MANAGED),
    ("T7 beside others", LINKED, {"allowedNames": "x", "caCert": ""}, OPS, MANAGED),
]


@pytest.mark.parametrize(
    ("identity", "body", "token", "due"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
async def test_refused(mock: Client, identity: str, body: Any, token: str, due: tuple[int, str, str]) -> None:
    before = await stored(mock, identity)
    answer = await update(mock, identity, body, token)
    assert outcome(answer) == due, answer.content
    assert await stored(mock, identity) == before


ACCEPTED = [
    ("T1 the link is kept", HOBBY_PLAIN, {"allowedNames": "x"}, HOBBY),
    ("T1 null asks for no plan", HOBBY_PLAIN, {"templateId": None}, HOBBY),
    ("T2 null asks for no permission", LINKED, {"templateId": None}, "editor"),
    ("T2 with the permission", PLAIN, {"templateId": DIRECT}, "linker"),
    ("T2 the stored id asks for no permission", LINKED, {"templateId": DIRECT}, "editor"),
    ("T4 through a gateway", PLAIN, {"templateId": THROUGH}, OPS),
    ("T4 of a pinned record", PINNED_RECORD, {"templateId": DIRECT}, OPS),
    ("T5 verification with a CA", PLAIN, {"templateId": VERIFIED}, OPS),
    ("T5 a pool", PLAIN, {"templateId": POOLED}, OPS),
    ("T7 an empty JWT", LINKED, {"tokenReviewerJwt": "", "allowedNames": "x"}, OPS),
    ("T7 what is not managed", LINKED, {"allowedNames": "a", "allowedNamespaces": "b", "accessTokenTTL": 60}, OPS),
    ("T7 of a record that is not linked", PLAIN, {"kubernetesHost": HOST}, OPS),
    ("T7 beside the stored id", LINKED, {"templateId": DIRECT, "allowedAudience": "new"}, OPS),
    ("T7 beside null", LINKED, {"templateId": None, "allowedAudience": "new"}, OPS),
    ("the attach permissions are not asked of a template", PLAIN, {"templateId": THROUGH}, "linker"),
    ("nor for its pool", PLAIN, {"templateId": POOLED}, "linker"),
]


@pytest.mark.parametrize(("identity", "body", "token"), [row[1:] for row in ACCEPTED], ids=[r[0] for r in ACCEPTED])
async def test_accepted(mock: Client, identity: str, body: Any, token: str) -> None:
    assert (await update(mock, identity, body, token)).status == 200


async def test_a_link_writes_all_values_of_the_template(mock: Client) -> None:
    answer = await update(
        mock, PLAIN, {"templateId": DIRECT, "kubernetesHost": "https://ignored.example", "caCert": "x"}
    )
    shown = answer.record
    assert (shown["templateId"], shown["isTokenReviewerJwtTemplateSourced"]) == (DIRECT, True)
    assert (shown["kubernetesHost"], shown["allowedAudience"], shown["tokenReviewMode"]) == (HOST, "infisical", "api")
    assert (shown["caCert"], shown["verifyTlsCertificate"], shown["tokenReviewerJwt"]) == ("", False, "")
    assert (await stored(mock, PLAIN))["tokenReviewerJwt"] == "reviewer-good"
    assert (await mock.send("GET", IDENTITIES + PLAIN)).record == shown


async def test_a_template_without_jwt_removes_it(mock: Client) -> None:
    shown = (await update(mock, PLAIN, {"templateId": BARE_SETTINGS, "tokenReviewerJwt": "sent"})).record
    assert (shown["isTokenReviewerJwtTemplateSourced"], shown["tokenReviewerJwt"]) == (False, "")
    assert (await stored(mock, PLAIN))["tokenReviewerJwt"] == ""


async def test_a_link_takes_gateway_or_pool_of_the_template(mock: Client) -> None:
    through = (await update(mock, PLAIN, {"templateId": THROUGH})).record
    assert (through["gatewayId"], through["gatewayPoolId"], through["kubernetesHost"]) == (GATEWAY, None, None)
    assert through["tokenReviewMode"] == "gateway"
    pooled = (await update(mock, PLAIN, {"templateId": POOLED})).record
    assert (pooled["gatewayId"], pooled["gatewayPoolId"]) == (None, POOL)
    verified = (await update(mock, PLAIN, {"templateId": VERIFIED})).record
    assert (verified["caCert"], verified["verifyTlsCertificate"], verified["gatewayPoolId"]) == ("pem", True, None)


async def test_an_id_in_another_case_links_anew(mock: Client) -> None:
    assert (await update(mock, LINKED, {"templateId": DIRECT.upper()}, "editor")).rule == "update.template.permission"
    kept = await update(mock, LINKED, {"templateId": DIRECT, "allowedAudience": "changed"})
    assert kept.record["allowedAudience"] == "changed"
    anew = await update(mock, LINKED, {"templateId": DIRECT.upper()})
    assert (anew.record["templateId"], anew.record["allowedAudience"]) == (DIRECT, "infisical")


async def test_unlinking_keeps_the_values_and_the_mark(mock: Client) -> None:
    before = await stored(mock, LINKED)
    shown = (await update(mock, LINKED, {"templateId": None})).record
    assert (shown["templateId"], shown["isTokenReviewerJwtTemplateSourced"], shown["tokenReviewerJwt"]) == (
        None,
        True,
        "",
    )
    after = await stored(mock, LINKED)
    assert after == {**before, "templateId": None, "updatedAt": after["updatedAt"]}
    assert after["updatedAt"] != before["updatedAt"]


@pytest.mark.parametrize(("jwt", "shown"), [("new", "new"), (None, "")])
async def test_a_jwt_that_is_sent_or_removed_ends_the_mark(mock: Client, jwt: str | None, shown: str) -> None:
    record = (await update(mock, KEPT, {"tokenReviewerJwt": jwt})).record
    assert (record["isTokenReviewerJwtTemplateSourced"], record["tokenReviewerJwt"]) == (False, shown)


async def test_a_jwt_with_the_stored_template_ends_the_mark_and_is_not_shown(mock: Client) -> None:
    record = (await update(mock, LINKED, {"templateId": DIRECT, "tokenReviewerJwt": "new"})).record
    assert (record["isTokenReviewerJwtTemplateSourced"], record["tokenReviewerJwt"]) == (False, "")
    assert (await stored(mock, LINKED))["tokenReviewerJwt"] == "new"


async def test_the_stored_id_alone_is_something_to_write(mock: Client) -> None:
    before = await stored(mock, LINKED)
    assert (await update(mock, LINKED, {"templateId": DIRECT})).status == 200
    after = await stored(mock, LINKED)
    assert after == {**before, "updatedAt": after["updatedAt"]}
    assert after["updatedAt"] != before["updatedAt"]


async def test_a_link_in_mode_gateway_still_needs_a_gateway_in_the_body(mock: Client) -> None:
    answer = await update(mock, PLAIN, {"templateId": THROUGH, "tokenReviewMode": "gateway"})
    assert answer.issues == [("custom", ("gatewayId",))]


@pytest.mark.parametrize("wrong", ["x", "", 7, True, [], {}, f"{{{DIRECT}}}", DIRECT + "0"])
async def test_a_template_id_is_a_uuid_or_null(mock: Client, wrong: Any) -> None:
    answer = await update(mock, PLAIN, {"templateId": wrong})
    assert [path for _, path in answer.issues] == [("templateId",)]


async def test_the_checks_of_clusters_run_on_the_template(serve: Serve, edition: tuple[str, str]) -> None:
    from tests.infisical.identity_templates.world import WORLD

    mock = await started(serve, *edition, world=WORLD.replace("jwt: reviewer-bad", "jwt: reviewer-good"))
    answer = await update(mock, PLAIN, {"templateId": DIRECT, "tokenReviewerJwt": "own"})
    assert outcome(answer) == (400, "TokenReviewerPermissionError", "cluster.reviewer")
    assert (await update(mock, PLAIN, {"templateId": VERIFIED})).status == 200


async def test_a_column_that_cannot_hold_the_audience(mock: Client, edition: tuple[str, str]) -> None:
    answer = await update(mock, PLAIN, {"templateId": LONG})
    contract, live = (400, "BadRequest", "update.template.column"), (500, "Update by id", "update.database")
    assert outcome(answer) == (contract if edition[0] == "contract" else live)


async def test_links_and_unlinks_in_cycles_end_where_they_began(mock: Client) -> None:
    for _ in range(3):
        linked = (await update(mock, PLAIN, {"templateId": DIRECT})).record
        unlinked = (await update(mock, PLAIN, {"templateId": None})).record
        assert {name for name in linked if linked[name] != unlinked[name]} == {"templateId"}
        usage = await mock.send("GET", f"/api/v1/identity-templates/{DIRECT}/usage")
        assert [each["identityName"] for each in usage.json] == ["linked"]


async def test_the_reason_of_t7_names_template_and_fields(mock: Client) -> None:
    message = (await update(mock, LINKED, {"caCert": "", "kubernetesHost": HOST})).json["message"]
    assert "'direct'" in message
    assert "kubernetesHost, caCert" in message


ORDER = [
    ("contract.body", {"accessTokenTTL": -1}, {}),
    ("identity.unknown", {}, {"identity": NOBODY}),
    ("update.not-attached", {}, {"identity": UNATTACHED}),
    ("update.ttl.stored-max", {"accessTokenTTL": 315360000}, {}),
    ("permission.edit-auth", {}, {"token": "member"}),
    ("update.template.exists", {"templateId": STRANGER}, {}),
    ("trusted-ips.valid", {"accessTokenTrustedIps": [{"ipAddress": "nowhere"}]}, {}),
    ("gateway.unknown", {"gatewayId": FOREIGN_GATEWAY}, {}),
]


@pytest.mark.parametrize(("first", "second"), list(combinations(range(len(ORDER)), 2)))
async def test_of_two_that_refuse_the_first_wins(mock: Client, first: int, second: int) -> None:
    (rule, body, how), (_, more, also) = ORDER[first], ORDER[second]
    asked = {"identity": PLAIN, "token": OPS, **also, **how}
    answer = await mock.send("PATCH", IDENTITIES + asked["identity"], {**more, **body}, token=asked["token"])
    assert answer.rule == rule, answer.content


async def test_managed_fields_and_provenance_come_before_trusted_ips_and_gateways(mock: Client) -> None:
    bad = {"accessTokenTrustedIps": [{"ipAddress": "nowhere"}], "gatewayId": FOREIGN_GATEWAY}
    assert (await update(mock, LINKED, bad)).rule == "update.template.managed-field"
    assert (await update(mock, KEPT, bad)).rule == "update.provenance"
    assert (await update(mock, LINKED, {**bad, "templateId": None})).rule == "update.provenance"
    assert (await update(mock, LINKED_PLAIN, {**bad, "templateId": None})).rule == "trusted-ips.valid"


@pytest.mark.parametrize("day", ["2026-05", "2026-08"])
@pytest.mark.parametrize("profile", ["contract", "live"])
async def test_before_templates_exist(serve: Serve, profile: str, day: str) -> None:
    mock = await started(serve, profile, day)
    shown = (await mock.send("GET", IDENTITIES + LINKED)).record
    assert {"templateId", "isTokenReviewerJwtTemplateSourced"}.isdisjoint(shown)
    assert shown["tokenReviewerJwt"] == "reviewer-good"
    assert (await update(mock, LINKED, {"kubernetesHost": OTHER_HOST})).status == 200
    answer = await update(mock, PLAIN, {"templateId": DIRECT, "allowedNames": "x"})
    if profile == "contract":
        assert answer.issues == [("unrecognized_keys", ())]
    else:
        assert "templateId" not in answer.record
        assert (await stored(mock, PLAIN))["templateId"] is None
        assert (await update(mock, PLAIN, {"templateId": DIRECT})).error == "Update by id"
