"""A reviewer JWT that a template has left, and gateways of version 1: what updates and logins make of them."""

from typing import Any

import pytest

from tests.client import IDENTITIES, Client
from tests.conftest import Serve
from tests.infisical.identity_templates.world import (
    DIRECT,
    FAILOVER,
    GATEWAY,
    HOST,
    KEPT,
    LINKED,
    OTHER_HOST,
    PINNED_RECORD,
    PLAIN,
    POOL,
    RETIRED,
    THROUGH_RECORD,
    WORLD,
    outcome,
    started,
    stored,
    update,
)

PROVENANCE = (400, "BadRequest", "update.provenance")
LOGIN = "/api/v1/auth/kubernetes-auth/login"

REFUSED = [
    ("another host", {"kubernetesHost": OTHER_HOST}),
    ("another spelling of the host", {"kubernetesHost": HOST.upper()}),
    ("no host", {"kubernetesHost": None}),
    ("another gateway", {"gatewayId": "6a000000-0000-4000-8000-000000000003"}),
    ("the gateway in another case", {"gatewayId": GATEWAY.upper()}),
    ("no gateway", {"gatewayId": None}),
    ("a pool", {"gatewayPoolId": POOL}),
    ("the flag", {"verifyTlsCertificate": True, "caCert": "pem"}),
    ("a CA", {"caCert": "pem"}),
    ("an empty JWT beside it", {"kubernetesHost": OTHER_HOST, "tokenReviewerJwt": ""}),
    ("unlinking beside it", {"kubernetesHost": OTHER_HOST, "templateId": None}),
]


@pytest.mark.parametrize("body", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_refused(mock: Client, body: Any) -> None:
    before = await stored(mock, KEPT)
    assert outcome(await update(mock, KEPT, body)) == PROVENANCE
    assert await stored(mock, KEPT) == before


ACCEPTED = [
    ("the stored host", {"kubernetesHost": HOST}),
    ("the stored host with blanks", {"kubernetesHost": f" {HOST} "}),
    ("the stored gateway", {"gatewayId": GATEWAY}),
    ("the stored pool, which is none", {"gatewayPoolId": None}),
    ("the stored flag and CA", {"verifyTlsCertificate": False, "caCert": " "}),
    ("what is not about the connection", {"allowedAudience": "x", "tokenReviewMode": "api"}),
    ("a new JWT", {"kubernetesHost": OTHER_HOST, "tokenReviewerJwt": "new"}),
    ("no JWT", {"kubernetesHost": OTHER_HOST, "tokenReviewerJwt": None}),
    ("a link", {"kubernetesHost": OTHER_HOST, "templateId": DIRECT}),
]


@pytest.mark.parametrize("body", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
async def test_accepted(mock: Client, body: Any) -> None:
    answer = await update(mock, KEPT, body)
    assert answer.status == 200, answer.content


async def test_an_equal_template_does_not_lift_it(mock: Client) -> None:
    assert outcome(await update(mock, LINKED, {"templateId": DIRECT, "kubernetesHost": OTHER_HOST})) == PROVENANCE
    assert (await update(mock, LINKED, {"templateId": DIRECT, "allowedAudience": "x"})).status == 200


async def test_a_record_without_the_mark_is_free(mock: Client) -> None:
    assert (await update(mock, PLAIN, {"kubernetesHost": HOST, "caCert": "pem"})).status == 200


async def test_a_null_pool_is_no_change_and_clears_the_gateway(mock: Client) -> None:
    assert (await update(mock, KEPT, {"gatewayPoolId": None})).record["gatewayId"] is None


# Gateways of version 1.


async def test_no_answer_shows_a_retired_gateway(mock: Client) -> None:
    assert (await mock.send("GET", IDENTITIES + PINNED_RECORD)).record["gatewayId"] is None
    assert (await stored(mock, PINNED_RECORD))["gatewayId"] == RETIRED
    assert RETIRED not in (await mock.send("GET", "/api/v2/gateways")).content.decode()


async def test_a_login_through_a_retired_gateway(mock: Client) -> None:
    answer = await mock.send("POST", LOGIN, {"identityId": PINNED_RECORD, "jwt": "sa-good"}, token=None)
    assert outcome(answer) == (400, "BadRequest", "login.retired-gateway")
    unknown = await mock.send("POST", LOGIN, {"identityId": RETIRED, "jwt": "sa-good"}, token=None)
    assert unknown.rule == "login.not-attached"


@pytest.mark.parametrize(
    ("body", "pinned"),
    [
        ({"allowedNames": ""}, True),
        ({"kubernetesHost": HOST, "tokenReviewerJwt": "new"}, True),
        ({"gatewayId": None}, False),
        ({"gatewayPoolId": None}, False),
        ({"gatewayId": GATEWAY}, False),
        ({"gatewayPoolId": POOL}, False),
        ({"templateId": DIRECT}, False),
        ({"templateId": None}, True),
    ],
)
async def test_what_clears_the_pin(mock: Client, body: Any, pinned: bool) -> None:
    assert (await update(mock, PINNED_RECORD, body)).status == 200
    assert ((await stored(mock, PINNED_RECORD))["gatewayId"] == RETIRED) is pinned
    answer = await mock.send("POST", LOGIN, {"identityId": PINNED_RECORD, "jwt": "sa-good"}, token=None)
    assert (answer.rule == "login.retired-gateway") is pinned


async def test_no_update_leads_to_a_retired_gateway(mock: Client) -> None:
    for identity in (PLAIN, PINNED_RECORD):
        assert outcome(await update(mock, identity, {"gatewayId": RETIRED})) == (404, "NotFound", "gateway.unknown")


async def test_the_provenance_compares_with_the_retired_gateway(serve: Serve, edition: tuple[str, str]) -> None:
    world = WORLD.replace("gatewayId: eu-1,\n      isToken", "gatewayId: old,\n      isToken")
    mock = await started(serve, *edition, world=world)
    assert outcome(await update(mock, KEPT, {"gatewayId": None})) == PROVENANCE
    # The id itself is no change, so that the next rule is asked.
    assert (await update(mock, KEPT, {"gatewayId": RETIRED})).rule == "gateway.unknown"
    assert (await update(mock, KEPT, {"gatewayPoolId": None})).status == 200
    assert (await stored(mock, KEPT))["gatewayId"] is None


async def test_a_login_without_the_rule(serve: Serve) -> None:
    mock = await started(serve, "contract", "2026-08")
    answer = await mock.send("POST", LOGIN, {"identityId": PINNED_RECORD, "jwt": "sa-good"}, token=None)
    assert answer.status == 200, answer.content


async def test_a_login_tries_further_members_of_a_pool(mock: Client) -> None:
    answer = await mock.send("POST", LOGIN, {"identityId": THROUGH_RECORD, "jwt": "sa-good"}, token=None)
    assert answer.status == 200, answer.content


async def test_before_that_the_first_healthy_member_decides(serve: Serve) -> None:
    mock = await started(serve, "contract", "2026-08")
    answer = await mock.send("POST", LOGIN, {"identityId": THROUGH_RECORD, "jwt": "sa-good"}, token=None)
    assert (answer.status, answer.rule) == (400, "login.review.answered")


async def test_an_update_does_not_try_further_members(mock: Client) -> None:
    answer = await update(mock, THROUGH_RECORD, {"gatewayPoolId": FAILOVER})
    assert (answer.status, answer.rule) == (400, "cluster.connectivity")
