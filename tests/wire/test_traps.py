"""The traps of Terraform, sprung: what this server must never answer, because the provider would fail on it."""

import pytest

from tests.client import BARE
from tests.wire import spoiled
from tests.wire.go import DecodeError
from tests.wire.kubernetes_auth import AUTH, HCL, LEAST, READ
from tests.wire.planning import InconsistentResult
from tests.wire.provider import ApiError

IPS, TTL, MAX_TTL = "accessTokenTrustedIps", "accessTokenTTL", "accessTokenMaxTTL"

INCONSISTENT = {
    "a plain address gets prefix 32": (
        spoiled.trusted_ips(lambda ips: ips[0].update(prefix=32)),
        "access_token_trusted_ips",
    ),
    "prefix 0 is dropped": (spoiled.trusted_ips(lambda ips: ips[2].pop("prefix")), "access_token_trusted_ips"),
    "addresses are reordered": (spoiled.trusted_ips(lambda ips: ips.reverse()), "access_token_trusted_ips"),
    "equal addresses become one": (spoiled.trusted_ips(lambda ips: ips.pop()), "access_token_trusted_ips"),
    "an address is written otherwise": (
        spoiled.trusted_ips(lambda ips: ips[3].update(ipAddress="2001:0db8::")),
        "access_token_trusted_ips",
    ),
    "namespaces are reordered": (spoiled.key("allowedNamespaces", "checkout,payments"), "allowed_namespaces"),
    "names are written in lower case": (
        spoiled.key("allowedNames", "api,worker-*,batch"),
        "allowed_service_account_names",
    ),
    "names become a list without globs": (spoiled.key("allowedNames", "api,Batch"), "allowed_service_account_names"),
    "the audience is left out": (spoiled.without("allowedAudience"), "allowed_audience"),
    "tokenReviewMode is left out": (spoiled.without("tokenReviewMode"), "token_reviewer_mode"),
    "caCert is masked": (spoiled.key("caCert", "******"), "kubernetes_ca_certificate"),
    "caCert is left out": (spoiled.without("caCert"), "kubernetes_ca_certificate"),
    "an unlimited number of uses is answered as null": (
        spoiled.key("accessTokenNumUsesLimit", None),
        "access_token_num_uses_limit",
    ),
    "the media type is not JSON": (spoiled.media_type("text/plain"), "kubernetes_ca_certificate"),
}


@pytest.mark.parametrize(("spoil", "attribute"), INCONSISTENT.values(), ids=INCONSISTENT)
async def test_inconsistent_result_after_apply(terraform_as, spoil, attribute):
    with pytest.raises(InconsistentResult) as raised:
        await terraform_as(spoil=spoil).apply({AUTH: HCL})
    assert raised.value.attribute == attribute


UNREADABLE = {
    "a TTL is a text": spoiled.key(TTL, "3600"),
    "a TTL is a float": spoiled.key(TTL, 3600.0),
    "a max TTL has an exponent": spoiled.key(MAX_TTL, 7.2e3),
    "uses are past 64 bits": spoiled.key("accessTokenNumUsesLimit", 2**63),
    "a prefix is a text": spoiled.trusted_ips(lambda ips: ips[1].update(prefix="8")),
    "namespaces are a list": spoiled.key("allowedNamespaces", ["payments"]),
    "addresses are texts": spoiled.key(IPS, ["10.0.0.0/8"]),
    "the id is a number": spoiled.key("id", 7),
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_answer_that_go_cannot_decode(terraform_as, spoil):
    with pytest.raises(DecodeError):
        await terraform_as(spoil=spoil).apply({AUTH: HCL})


HARMLESS = {
    "an unknown key": spoiled.key("templateId", None),
    "an unknown key in an address": spoiled.trusted_ips(lambda ips: ips[0].update(id="1")),
    "the CA with a line end": spoiled.record("POST", lambda found: found.update(caCert=found["caCert"] + "\r\n")),
    "blanks around names": spoiled.key("allowedNames", "api, worker-* ,Batch"),
    "another JSON media type": spoiled.media_type("application/problem+json; charset=utf-8"),
    "no host": spoiled.without("kubernetesHost"),
    "no reviewer JWT": spoiled.without("tokenReviewerJwt"),
    "times that nobody reads": spoiled.key("createdAt", "yesterday"),
}


@pytest.mark.parametrize("spoil", HARMLESS.values(), ids=HARMLESS)
async def test_what_terraform_does_not_mind(terraform_as, spoil):
    terraform = terraform_as(spoil=spoil)
    await terraform.apply({AUTH: HCL})
    assert {name: terraform.state[AUTH][name] for name in HCL} == HCL


async def test_a_spoilt_read_is_a_change_for_ever(terraform_as):
    terraform = terraform_as(spoil=spoiled.key("allowedNamespaces", "checkout,payments", "GET"))
    await terraform.apply({AUTH: HCL})
    for _ in range(2):
        await terraform.apply({AUTH: HCL})
        assert [line[0] for line in terraform.sent] == ["GET", "PATCH"]


# 429


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "Thu, 01 Jan 1970 00:00:09 GMT"}, 9.0),
        ({"X_RateLimit_Reset": "11"}, 11.0),
        ({"X_RateLimit_Reset": "1000000000"}, 1e9),
        ({"Retry_After": "7", "X_RateLimit_Reset": "11"}, 7.0),
        ({}, 1.0),
    ],
)
async def test_429_is_tried_again_after_the_wait_that_it_names(terraform_as, headers, wait):
    terraform = terraform_as(spoil=spoiled.throttled(1, **headers))
    terraform.state[AUTH] = {"identity_id": BARE}
    await terraform.plan({})
    assert [line[:2] for line in terraform.sent] == [READ[:2]] * 2
    assert terraform.waits == [wait]


async def test_429_is_tried_again_five_times_and_no_more(terraform_as):
    terraform = terraform_as(spoil=spoiled.throttled(5))
    terraform.state[AUTH] = {"identity_id": BARE}
    await terraform.plan({})
    assert len(terraform.sent) == 6
    assert terraform.waits == [1, 2, 4, 8, 16]
    terraform = terraform_as(spoil=spoiled.throttled(6))
    with pytest.raises(ApiError) as raised:
        await terraform.apply({AUTH: LEAST})
    assert (raised.value.status, raised.value.message, raised.value.req_id) == (429, "wait", "req-00000000000000")
    assert len(terraform.sent) == 6
