"""Updates with nothing to write: the service fails on an empty UPDATE, the contract profile answers 200 (3.7)."""

import pytest

from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import BEFORE, GATEWAY, NOW, FakeFacts, record, update

CONTRACT, LIVE = Profile.CONTRACT, Profile.LIVE
STORED = record(
    ca_cert="CA", verify_tls_certificate=True, token_reviewer_jwt="jwt", allowed_names="api", gateway_id=GATEWAY
)
NOTHING = [
    pytest.param({}, id="empty body"),
    pytest.param({"tokenReviewerJwt": ""}, id="empty reviewer JWT"),
    pytest.param({"tokenReviewerJwt": " \ufeff\t"}, id="blank reviewer JWT"),
]
EACH_KEY_AS_STORED = {
    "kubernetesHost": STORED.kubernetes_host,
    "caCert": "CA",
    "verifyTlsCertificate": True,
    "tokenReviewerJwt": "jwt",
    "tokenReviewMode": "api",
    "allowedNamespaces": "",
    "allowedNames": "api",
    "allowedAudience": "",
    "gatewayId": GATEWAY,
    "gatewayPoolId": None,
    "accessTokenTrustedIps": [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}],
    "accessTokenTTL": 3600,
    "accessTokenNumUsesLimit": 0,
    "accessTokenMaxTTL": 7200,
}


@pytest.mark.parametrize("body", NOTHING)
def test_nothing_to_write_leaves_the_record_as_it_is(body):
    made = update(body, CONTRACT, stored=STORED)
    assert made.after == STORED
    assert made.after.updated_at == BEFORE


@pytest.mark.parametrize("body", [*NOTHING, pytest.param({"unknown": 1, "other": None}, id="unknown keys only")])
def test_nothing_to_write_makes_the_live_profile_fail(body):
    made = update(body, LIVE, stored=STORED)
    assert (made.status, made.error, made.rule) == (500, "Update by id", "update.nothing-to-write")


def test_unknown_keys_only_are_refused_by_the_contract_profile():
    made = update({"unknown": 1, "other": None}, CONTRACT, stored=STORED)
    assert made.issues == [("unrecognized_keys", "")]
    assert made.issue_objects[0]["keys"] == ["unknown", "other"]
    assert made.rule == "contract.unrecognized-keys"


@pytest.mark.parametrize("body", NOTHING)
def test_earlier_checks_still_run(body, profile):
    torn = STORED._replace(ca_cert="")
    assert update(body, profile, stored=torn).rule == "update.tls.ca-required"
    denied = FakeFacts(denied=frozenset({("edit-auth", "identity")}))
    assert update(body, profile, stored=STORED, facts=denied).rule == "permission.edit-auth"


@pytest.mark.parametrize("body", NOTHING)
def test_cluster_checks_still_run(body):
    assert [call for call, _ in update(body, stored=STORED).asked] == ["version"]


@pytest.mark.parametrize("key", EACH_KEY_AS_STORED)
def test_any_other_key_is_written_even_with_the_stored_value(key, profile):
    after = update({key: EACH_KEY_AS_STORED[key]}, profile, stored=STORED).after
    assert after.updated_at == NOW
    cleared = {"gateway_id": None} if key == "gatewayPoolId" else {}
    assert after == STORED._replace(updated_at=NOW, **cleared)


def test_one_null_is_enough_to_write(profile):
    assert update({"tokenReviewerJwt": None}, profile, stored=STORED).after.token_reviewer_jwt == ""


def test_a_write_leaves_id_identity_and_time_of_creation(profile):
    after = update({"allowedNames": "x"}, profile, stored=STORED).after
    assert (after.id, after.identity_id, after.created_at) == (STORED.id, STORED.identity_id, BEFORE)
