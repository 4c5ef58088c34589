"""Service-account JWTs: shaped as a cluster projects them into a pod, and read back (kubernetes.md)."""

import jwt
import pytest

from mockserver.infisical.clusters.service_account import ISSUER, Pod, service_account_token, verified

KEY = "the key of one cluster, thirty-two characters"
NOW = 1_800_000_000_000
TOKEN_ID = "7e000000-0000-4000-8000-000000000001"


def token(*audiences: str, issued: int = 1_799_999_000, expires: int = 1_800_003_600) -> str:
    return service_account_token("payments", "api", audiences, KEY, issued, expires, TOKEN_ID)


def test_the_claims_are_those_of_a_projected_token():
    claims = jwt.decode(token("infisical", "vault"), options={"verify_signature": False})
    uid = claims["kubernetes.io"]["serviceaccount"].pop("uid")
    assert len(uid) == 36
    assert claims == {
        "aud": ["infisical", "vault"],
        "exp": 1_800_003_600,
        "iat": 1_799_999_000,
        "iss": "https://kubernetes.default.svc.cluster.local",
        "jti": TOKEN_ID,
        "kubernetes.io": {"namespace": "payments", "serviceaccount": {"name": "api"}},
        "nbf": 1_799_999_000,
        "sub": "system:serviceaccount:payments:api",
    }


def test_an_account_has_one_uid_and_another_account_another():
    def uid(name: str) -> str:
        made = service_account_token("payments", name, (), KEY, 1, 2, TOKEN_ID)
        return jwt.decode(made, options={"verify_signature": False})["kubernetes.io"]["serviceaccount"]["uid"]

    assert uid("api") == uid("api")
    assert uid("api") != uid("worker")


@pytest.mark.parametrize(("named", "meant"), [((), (ISSUER,)), (("a",), ("a",)), (("a", "b"), ("a", "b"))])
def test_a_token_is_read_back(named: tuple[str, ...], meant: tuple[str, ...]):
    assert verified(token(*named), KEY, NOW) == Pod("system:serviceaccount:payments:api", meant)


def test_another_key_reads_nothing():
    assert verified(token(), KEY + "!", NOW) == "invalid bearer token"


def test_no_other_algorithm_counts():
    claims = jwt.decode(token(), options={"verify_signature": False})
    assert verified(jwt.encode(claims, KEY * 2, "HS512"), KEY * 2, NOW) == "invalid bearer token"
