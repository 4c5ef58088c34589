"""What an attach asks of clusters: directly, through a gateway or pool, in either mode (behaviour 2, kubernetes.md)."""

import json

import pytest

from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import Client
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    GATEWAY_MODE,
    GATEWAYS,
    NOW,
    POOLS,
    WORLD,
    attach,
    read,
    target,
    token,
    world,
)

GATEWAY = GATEWAYS["prod"]
# state of the cluster -> `error` directly, through a gateway in mode api, and in mode gateway (None: accepted)
CONNECTIVITY = {
    "refused": ("KubernetesHostConnectionRefused", "BadRequest", "GatewayConnectionError"),
    "not-found": ("KubernetesHostConnectionError", "BadRequest", "GatewayConnectionError"),
    "timeout": ("KubernetesHostConnectionError", "BadRequest", "BadRequest"),
    "server-error": ("KubernetesHostConnectionError", "GatewayConnectionError", "GatewayConnectionError"),
    "certificate": ("KubernetesHostCertificateError", "BadRequest", None),
}


def at(state: str) -> dict[str, str]:
    return {"kubernetesHost": f"https://{state}.k8s.example"}


@pytest.mark.parametrize("state", CONNECTIVITY)
async def test_a_cluster_that_fails_has_a_name_for_each_way_to_it(state: str, asked: Client):
    verified = {**ATTACH, **at(state), "caCert": "CA"}
    bodies = {
        "directly": verified,
        "through a gateway": {**verified, "gatewayId": GATEWAY},
        "in mode gateway": {**GATEWAY_MODE, "gatewayId": GATEWAYS[state], "caCert": "CA"},
    }
    for (way, body), expected in zip(bodies.items(), CONNECTIVITY[state], strict=True):
        answer = await attach(asked, body)
        if expected is None:
            assert answer.status == 200, way
        else:
            assert (answer.status, answer.error, answer.rule) == (400, expected, "cluster.connectivity"), way
            assert "kubernetesAuth" not in (await _identity(asked))


async def _identity(client: Client) -> dict[str, object]:
    return next(each for each in (await client.state())["identities"] if each["id"] == target())


@pytest.mark.parametrize("way", [{}, {"gatewayId": GATEWAY}, {"gatewayPoolId": POOLS["good"]}])
async def test_a_certificate_that_nobody_verifies_does_no_harm(way, client: Client):
    assert (await attach(client, {**ATTACH, **at("certificate"), **way})).status == 200


@pytest.mark.parametrize("way", [{}, {"gatewayId": GATEWAY}, {"gatewayPoolId": POOLS["good"]}])
@pytest.mark.parametrize(
    ("sent", "error"),
    [
        pytest.param("reviewer-good", None, id="allowed"),
        pytest.param(" reviewer-good\t", None, id="allowed, once trimmed"),
        pytest.param("nobody knows", None, id="not listed"),
        pytest.param("", None, id="empty: not asked"),
        pytest.param(" \ufeff", None, id="blank: not asked"),
        pytest.param("reviewer-expired", "TokenReviewerPermissionError", id="unauthorized"),
        pytest.param("reviewer-unbound", "TokenReviewerPermissionError", id="forbidden"),
    ],
)
async def test_a_reviewer_jwt_is_tried_where_the_cluster_is_reached(sent, error, way, client: Client):
    answer = await attach(client, {**ATTACH, **way, "tokenReviewerJwt": sent})
    if error is None:
        assert answer.record["tokenReviewerJwt"] == sent.strip("\ufeff \t")
    else:
        assert (answer.status, answer.error, answer.rule) == (400, error, "cluster.reviewer")


async def test_the_hint_about_the_role_is_in_the_message_of_a_forbidden_reviewer(client: Client):
    answer = await attach(client, {**ATTACH, "tokenReviewerJwt": "reviewer-unbound"})
    assert "system:auth-delegator" in answer.json["message"]


async def test_a_gateway_reviews_with_its_own_account(client: Client):
    answer = await attach(client, {**GATEWAY_MODE, "tokenReviewerJwt": "reviewer-expired"})
    assert answer.record["tokenReviewerJwt"] == "reviewer-expired"


async def test_connectivity_goes_before_the_reviewer(asked: Client):
    answer = await attach(asked, {**ATTACH, **at("timeout"), "tokenReviewerJwt": "reviewer-expired"})
    assert (answer.error, answer.rule) == ("KubernetesHostConnectionError", "cluster.connectivity")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        pytest.param({"gatewayId": GATEWAYS["down"]}, "BadRequest", id="a gateway that is down"),
        pytest.param({"gatewayPoolId": POOLS["bad"]}, "GatewayConnectionError", id="a pool in a dark cluster"),
        pytest.param({"gatewayPoolId": POOLS["sick"]}, "BadRequest", id="a pool of gateways that are down"),
        pytest.param({"gatewayPoolId": POOLS["empty"]}, "BadRequest", id="an empty pool"),
        pytest.param({"gatewayPoolId": POOLS["good"]}, None, id="a pool with one that is not down"),
        pytest.param({"gatewayId": GATEWAYS["prod"]}, None, id="a gateway"),
    ],
)
@pytest.mark.parametrize("mode", ["api", "gateway"])
async def test_a_gateway_or_pool_that_cannot_be_reached_is_refused(sent, error, mode: str, client: Client):
    # In mode api the tunnel starts in a gateway that is up, wherever it stands: the host is what counts.
    expected = None if mode == "api" and error == "GatewayConnectionError" else error
    answer = await attach(client, {**ATTACH, "tokenReviewMode": mode, **sent})
    if expected is None:
        assert answer.record.items() >= {"gatewayId": None, "gatewayPoolId": None, **sent}.items()
    else:
        assert (answer.status, answer.error) == (400, expected)


LOCAL = ("https://localhost", "localhost:6443", "https://host.docker.internal", "10.1.2.3", "http://192.168.0.1/k8s")


@pytest.mark.parametrize("host", [*LOCAL, "https://LOCALHOST", "127.1", "0x7f.1", "169.254.169.254"])
async def test_a_local_host_is_refused_directly_and_not_through_a_gateway(host: str, asked: Client):
    refused = await attach(asked, {**ATTACH, "kubernetesHost": host})
    assert (refused.status, refused.error, refused.rule) == (400, "BadRequest", "host.local")
    if "://" in host:
        assert (await attach(asked, {**ATTACH, "kubernetesHost": host, "gatewayId": GATEWAY})).status == 200


@pytest.mark.parametrize("host", ["a:b:c", "2001:db8::1", "https://", "k8s.example:99999", "1.2.3.999"])
async def test_a_host_that_is_no_url_cannot_be_reached(host: str, asked: Client):
    answer = await attach(asked, {**ATTACH, "kubernetesHost": host})
    assert (answer.status, answer.error) == (400, "KubernetesHostConnectionError")


async def test_a_host_without_scheme_is_reached_directly(asked: Client):
    assert (await attach(asked, {**ATTACH, "kubernetesHost": "prod.k8s.example:6443"})).status == 200
    refused = await attach(asked, {**ATTACH, "kubernetesHost": "refused.k8s.example"}, target("acme", "instance-admin"))
    assert refused.error == "KubernetesHostConnectionRefused"


async def test_a_pool_is_stored_instead_of_a_gateway(client: Client):
    record = (await attach(client, {**GATEWAY_MODE, "gatewayId": None, "gatewayPoolId": POOLS["good"]})).record
    assert (record["gatewayId"], record["gatewayPoolId"]) == (None, POOLS["good"])
    stored = (await read(client, target())).record
    assert (stored["gatewayId"], stored["gatewayPoolId"]) == (None, POOLS["good"])


CAPITALS = (
    # the text of the host, its answer directly, and through a gateway in mode api (None: accepted)
    ("HTTPS://prod.k8s.example:6443", "KubernetesHostConnectionError", None),
    ("HTTPS://localhost", "KubernetesHostConnectionError", None),
    ("Http://prod.k8s.example:6443", "KubernetesHostConnectionError", None),
    ("https://prod.k8s.example:6443", None, None),
    ("https:/prod.k8s.example:6443", None, None),
    ("https:prod.k8s.example:6443", None, None),
    ("https:///prod.k8s.example:6443", None, None),
    ("prod.k8s.example:6443", None, "BadRequest"),
    ("refused.k8s.example:443", "KubernetesHostConnectionRefused", "BadRequest"),
    ("http://refused.k8s.example", None, "BadRequest"),
    ("http://refused.k8s.example:443", "KubernetesHostConnectionRefused", "BadRequest"),
)


@pytest.mark.parametrize(("host", "directly", "through"), CAPITALS, ids=[each[0] for each in CAPITALS])
async def test_schemes_ports_and_slashes_are_read_as_each_way_reads_them(host, directly, through, asked: Client):
    for error, way in ((directly, {}), (through, {"gatewayId": GATEWAY})):
        answer = await attach(asked, {**ATTACH, "kubernetesHost": host, **way})
        if error is None:
            assert answer.status == 200, way
            await asked.send("POST", "/_mock/reset")
        else:
            assert (answer.status, answer.error) == (400, error), way


OLD_SERVER = (
    # the text of the host, and its answer directly in 2026-05 (None: accepted)
    ("prod.k8s.example:6443", "KubernetesHostConnectionError", "host.scheme"),
    ("1.2.3.4:6443", "KubernetesHostConnectionError", "host.scheme"),
    ("//prod.k8s.example:6443", "KubernetesHostConnectionError", "host.scheme"),
    ("https://prod.k8s.example:6443", None, "accepted"),
    ("http://prod.k8s.example:6443", None, "accepted"),
    ("HTTPS://prod.k8s.example:6443", "KubernetesHostConnectionError", "cluster.connectivity"),
)


@pytest.mark.parametrize(("host", "error", "rule"), OLD_SERVER, ids=[each[0] for each in OLD_SERVER])
async def test_in_2026_05_a_direct_host_needs_its_scheme(host, error, rule, serve: Serve, profile: Profile):
    asked = await serve(fixtures_yaml=WORLD, profile=profile, clock=NOW, as_of=Generation.MAY)
    answer = await attach(asked, {**ATTACH, "kubernetesHost": host, "allowedAudience": ""})
    assert (answer.status, answer.rule) == ((200, "accepted") if error is None else (400, rule))
    assert error is None or answer.error == error


async def test_in_2026_05_a_stored_host_without_scheme_spoils_the_probe_alone(serve: Serve, profile: Profile):
    made = json.dumps(world(kubernetesHost="prod.k8s.example:6443"))
    asked = await serve(fixtures_yaml=made, profile=profile, clock=NOW, as_of=Generation.MAY)
    target_id = target("acme", "attached")
    answer = await asked.update({"tokenReviewerJwt": "reviewer-good"}, target_id, token=token())
    assert (answer.status, answer.error, answer.rule) == (400, "TokenReviewerPermissionError", "host.scheme")
    assert (await asked.update({"allowedNames": "x"}, target_id, token=token())).status == 200
