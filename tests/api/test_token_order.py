"""The checks of a machine identity's token in the order of each generation: of two things wrong, the first is named."""

from itertools import count
from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.client import in_envelope
from tests.conftest import Serve
from tests.infisical.token_auth.world import HOBBY, NOW, STATIC, Asker, asker, claims, signed

SECONDS = NOW // 1000
WITHIN, OUTSIDE = {"X-Real-IP": "10.1.2.3"}, {"X-Real-IP": "192.0.2.1"}
SIGNATURE, NOT_ACTIVE, EXPIRED, CLAIMS = "token.signature", "token.not-active", "token.expired", "token.claims"
REVOKED, MEMBERSHIP, USES, ADDRESS = "token.revoked", "token.membership", "token.uses", "token.address"
STATUSES = {SIGNATURE: 403, NOT_ACTIVE: 403, EXPIRED: 403, ADDRESS: 403}
FIRST = (SIGNATURE, NOT_ACTIVE, EXPIRED, CLAIMS, REVOKED)
ORDERS = {
    each: (*FIRST, USES, ADDRESS, MEMBERSHIP) if each == "2026-05" else (*FIRST, MEMBERSHIP, USES, ADDRESS)
    for each in GENERATIONS
}
PAIRS = [
    pytest.param(generation, order[place], order[behind], id=f"{generation}, {order[place]} before {order[behind]}")
    for generation, order in ORDERS.items()
    for place in range(len(order))
    for behind in range(place, len(order))
]
_ids = count(1)


async def defective(acme: Asker, *wrong: str) -> tuple[str, dict[str, str]]:
    """A token with these things wrong, and the headers to send it with."""
    token_id = f"70000000-0000-4000-8000-{next(_ids):012}"
    common: dict[str, Any] = {"identityAccessTokenId": token_id, "jti": token_id, "identityId": STATIC}
    common |= {"authMethod": "token-auth", "numUsesLimit": 1 if USES in wrong else None}
    good = signed(**common)
    if USES in wrong:
        assert await acme.can_call(good, headers=WITHIN) == "accepted"
    if REVOKED in wrong:
        assert (await acme.revoke(good)).status == 200
    changes: dict[str, Any] = {}
    if NOT_ACTIVE in wrong:
        changes["nbf"] = SECONDS + 1
    if EXPIRED in wrong:
        changes["exp"] = SECONDS
    if CLAIMS in wrong:
        changes["creationEpoch"] = None
    if MEMBERSHIP in wrong:
        changes["orgId"] = HOBBY
    secret = {"secret": "another secret of thirty-two characters"} if SIGNATURE in wrong else {}
    return signed(**secret, **common, **changes), OUTSIDE if ADDRESS in wrong else WITHIN


async def restricted(serve: Serve, profile: Profile, as_of: str) -> Asker:
    acme = await asker(serve, profile=profile, as_of=as_of)
    body = {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]}
    assert (await acme.ask("PATCH", f"identities/{STATIC}", body)).status == 200
    return acme


@pytest.mark.parametrize(("as_of", "first", "second"), PAIRS)
async def test_the_first_of_two_is_named(serve: Serve, profile: Profile, as_of: str, first: str, second: str):
    acme = await restricted(serve, profile, as_of)
    token, headers = await defective(acme, first, second)
    answer = in_envelope(await acme.ask("GET", f"identities/{STATIC}", token=token, headers=headers))
    assert (answer.status, answer.rule) == (STATUSES.get(first, 401), first)


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_token_with_nothing_wrong_is_accepted(serve: Serve, profile: Profile, as_of: str):
    acme = await restricted(serve, profile, as_of)
    token, headers = await defective(acme)
    assert await acme.can_call(token, headers=headers) == "accepted"


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_request_from_elsewhere_takes_a_use_and_one_of_no_member_only_in_2026_05(
    serve: Serve, profile: Profile, as_of: str
):
    acme = await restricted(serve, profile, as_of)
    for changes, headers, first in (({}, OUTSIDE, ADDRESS), ({"orgId": HOBBY}, WITHIN, MEMBERSHIP)):
        token_id = f"70000000-0000-4000-8000-{next(_ids):012}"
        common = {"identityAccessTokenId": token_id, "jti": token_id, "identityId": STATIC, "authMethod": "token-auth"}
        assert await acme.can_call(signed(**common, numUsesLimit=1, **changes), headers=headers) == first
        second = await acme.can_call(signed(**common, numUsesLimit=1), headers=WITHIN)
        assert second == ("accepted" if first == MEMBERSHIP and as_of != "2026-05" else USES)


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_renewal_asks_for_the_membership_since_2026_08(serve: Serve, profile: Profile, as_of: str):
    acme = await restricted(serve, profile, as_of)
    token, _ = await defective(acme, MEMBERSHIP)
    assert (await acme.renew(token)).rule == ("accepted" if as_of == "2026-05" else MEMBERSHIP)


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_token_of_an_old_generation_is_known_nowhere(serve: Serve, profile: Profile, as_of: str):
    """Its row would have the rest of it; there is none. It can neither be used nor renewed nor revoked."""
    acme = await restricted(serve, profile, as_of)
    kept = {"identityId", "identityAccessTokenId", "authTokenType", "iat", "exp"}
    missing = dict.fromkeys(set(claims(signed())) - kept)
    old = signed(**missing, identityId=STATIC, identityAuth={})
    assert set(claims(old)) == kept | {"identityAuth"}
    assert await acme.can_call(old, headers=WITHIN) == CLAIMS
    for answer in (await acme.renew(old), await acme.revoke(old)):
        assert (in_envelope(answer).status, answer.error, answer.rule) == (401, "UnauthorizedError", CLAIMS)


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_the_claims_are_the_same_in_every_generation(serve: Serve, profile: Profile, as_of: str):
    """Tokens without a row came before the oldest generation here: its ceiling and its markers show it."""
    acme = await asker(serve, profile=profile, as_of=as_of)
    said = claims((await acme.made())["accessToken"])
    assert list(said) == [
        "identityId",
        "identityName",
        "authMethod",
        "orgId",
        "rootOrgId",
        "parentOrgId",
        "clientSecretId",
        "identityAccessTokenId",
        "jti",
        "ipRestrictionEnabled",
        "accessTokenTTL",
        "accessTokenMaxTTL",
        "accessTokenPeriod",
        "creationEpoch",
        "authTokenType",
        "identityAuth",
        "iat",
        "exp",
    ]
