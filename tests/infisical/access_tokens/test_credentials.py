"""What a request presents, and the checks of it in the service's order (auth.md, errors.md)."""

from itertools import product

import pytest
from multidict import CIMultiDict

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.credentials import Credential, address_in, credential
from mockserver.infisical.access_tokens.rules import ARRIVAL, CREDENTIAL, DEFECTS, PROTECTED, Arrival, Presented
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile

URL = "/api/v1/auth/kubernetes-auth/identities/x"
FORBIDDEN = f"Forbidden access to {URL}"
NO_ORGANIZATION = f"{URL} Unauthorized Access, no organization found in request"
UNAUTHORIZED = "UnauthorizedError"
SENT = Credential("token")
GOOD = AccessToken(id="t", kind="identity", identity_id="i", organization_id="o", auth_method="token-auth")
INCOMPLETE = AccessToken(id="t", kind="identity", complete=False)
USER = AccessToken(id="", kind="user", organization_id="o", complete=False)
USER_OF_NONE = AccessToken(id="", kind="user", complete=False)
FOREIGN, UNKNOWN = AccessToken(id="", kind="foreign"), AccessToken(id="", kind="unknown")


def presented(credential=SENT, token=GOOD, **standing):
    return Presented(credential, token, URL, **standing)


def verdict(rulebook, presented, profile=Profile.CONTRACT):
    refusal = rulebook.decide(presented, edition(profile, Generation.AUGUST)).refusal
    return None if refusal is None else (refusal.status, refusal.answer.error, refusal.rule)


@pytest.mark.parametrize(
    ("headers", "text", "api_key"),
    [
        pytest.param({}, None, False, id="nothing"),
        pytest.param({"Authorization": "Bearer x"}, "x", False, id="Bearer"),
        pytest.param({"authorization": "bearer x"}, "x", False, id="bearer"),
        pytest.param({"AUTHORIZATION": "Foobar x"}, "x", False, id="any scheme of six letters"),
        pytest.param({"Authorization": "Basic dXNlcg=="}, "XNlcg==", False, id="the first seven are cut from Basic"),
        pytest.param({"Authorization": "Bearer  x"}, " x", False, id="two blanks"),
        pytest.param({"Authorization": "Bearer "}, "", False, id="nothing behind the scheme"),
        pytest.param({"Authorization": "Bearer"}, "", False, id="six characters"),
        pytest.param({"Authorization": ""}, None, False, id="empty, as clients blank it"),
        pytest.param({"x-api-key": ""}, None, False, id="API key, empty"),
        pytest.param({"x-api-key": "0"}, None, True, id="API key"),
        pytest.param({"X-API-Key": "k", "Authorization": "Bearer x"}, "x", True, id="API key beside a token"),
    ],
)
def test_seven_characters_are_cut_whatever_the_scheme(headers, text, api_key):
    assert credential(CIMultiDict(headers)) == Credential(text, api_key)


@pytest.mark.parametrize(
    ("text", "service"), [("st.a.b", True), ("st.", True), ("st", False), ("ST.a", False), (None, False)]
)
def test_a_service_token_is_told_by_its_prefix(text, service):
    assert Credential(text).is_service_token is service


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(presented(), None, id="an identity's token"),
        pytest.param(presented(token=USER), None, id="a user's token"),
        pytest.param(presented(Credential(None), None), None, id="no token"),
        pytest.param(presented(Credential("x", api_key=True)), (400, "BadRequest", "token.api-key"), id="API key"),
        pytest.param(presented(token=Defect("empty")), (403, "TokenError", "token.empty"), id="empty"),
        pytest.param(presented(token=Defect("malformed")), (403, "TokenError", "token.malformed"), id="malformed"),
        pytest.param(presented(token=Defect("invalid")), (403, "TokenError", "token.invalid"), id="invalid"),
        pytest.param(presented(token=Defect("algorithm")), (403, "TokenError", "token.algorithm"), id="algorithm"),
        pytest.param(presented(token=Defect("signature")), (403, "TokenError", "token.signature"), id="signature"),
        pytest.param(presented(token=Defect("expired")), (403, "TokenError", "token.expired"), id="expired"),
        pytest.param(presented(token=INCOMPLETE), (401, UNAUTHORIZED, "token.claims"), id="claims incomplete"),
        pytest.param(presented(revoked="it is"), (401, UNAUTHORIZED, "token.revoked"), id="revoked"),
        pytest.param(presented(member=False), (401, UNAUTHORIZED, "token.membership"), id="no member"),
        pytest.param(presented(uses_left=False), (401, UNAUTHORIZED, "token.uses"), id="uses exhausted"),
    ],
)
def test_a_credential_that_is_sent_is_checked_on_every_route(sent, answer, profile):
    assert verdict(CREDENTIAL, sent, profile) == answer


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(presented(), None, id="an identity's token"),
        pytest.param(presented(token=USER), None, id="a user's token"),
        pytest.param(presented(Credential(None), None), (401, UNAUTHORIZED, "token.missing"), id="no token"),
        pytest.param(presented(Credential("st.a"), None), (403, FORBIDDEN, "token.service-token"), id="service token"),
        pytest.param(presented(token=FOREIGN), (403, FORBIDDEN, "token.kind"), id="token of another kind"),
        pytest.param(presented(token=UNKNOWN), (401, UNAUTHORIZED, "token.unknown-kind"), id="token of no known kind"),
        pytest.param(
            presented(token=USER_OF_NONE), (401, NO_ORGANIZATION, "token.user-organization"), id="user of nowhere"
        ),
    ],
)
def test_a_protected_route_asks_for_a_token_of_the_right_kind(sent, answer, profile):
    assert verdict(PROTECTED, sent, profile) == answer


ORDER = (
    ("token.api-key", {"credential": Credential("x", api_key=True)}),
    ("token.claims", {"token": INCOMPLETE}),
    ("token.revoked", {"revoked": "it is"}),
    ("token.membership", {"member": False}),
    ("token.uses", {"uses_left": False}),
)


@pytest.mark.parametrize(
    ("place", "behind"), [(place, behind) for place in range(len(ORDER)) for behind in range(place + 1, len(ORDER))]
)
def test_of_two_checks_the_first_wins(place, behind):
    both = presented(**ORDER[behind][1] | ORDER[place][1])
    assert verdict(CREDENTIAL, both)[2] == ORDER[place][0]


@pytest.mark.parametrize("defect", ["empty", "malformed", "invalid", "algorithm", "signature", "expired"])
def test_an_api_key_wins_over_a_bad_token_and_a_bad_token_over_its_owner(defect):
    token = Defect(defect)
    assert verdict(CREDENTIAL, presented(Credential("x", api_key=True), token))[2] == "token.api-key"
    assert verdict(CREDENTIAL, presented(token=token, member=False, uses_left=False))[2] == f"token.{defect}"


def test_every_defect_has_its_rule():
    assert [rule.id for rule in DEFECTS] == [
        "token.empty",
        "token.malformed",
        "token.invalid",
        "token.algorithm",
        "token.signature",
        "token.not-active",
        "token.expired",
        "token.expired-unauthorized",
    ]


def test_what_is_flawless_is_accepted_by_both_rulebooks():
    tokens = (GOOD, INCOMPLETE, USER, USER_OF_NONE, FOREIGN, UNKNOWN, Defect("expired"), None)
    readable = [
        presented(SENT, token, revoked=revoked, member=member, uses_left=left)
        for token, revoked, member, left in product(tokens, (None, "it is"), (True, False), (True, False))
    ]
    # Where no text could be read as a token there is none: no header, an API key, a service token.
    unreadable = [
        presented(Credential(text, api_key), None, revoked=revoked, member=member, uses_left=left)
        for text, api_key, revoked, member, left in product(
            (None, "", "st.a", "x"), (True, False), (None, "it is"), (True, False), (True, False)
        )
    ]
    flawless = [each for each in readable + unreadable if each.is_flawless]
    assert flawless == [presented()]
    for each, profile in product(flawless, Profile):
        assert verdict(CREDENTIAL, each, profile) is None
        assert verdict(PROTECTED, each, profile) is None


HEADERS = (
    "cf-connecting-ip",
    "x-client-ip",
    "x-envoy-external-address",
    "x-forwarded-for",
    "fastly-client-ip",
    "true-client-ip",
    "x-real-ip",
    "x-cluser-client-ip",
    "forwarded-for",
    "x-forwarded",
    "forwarded",
    "x-appengine-user-ip",
)


@pytest.mark.parametrize("place", range(len(HEADERS)), ids=HEADERS.__getitem__)
def test_the_first_header_present_says_the_client_address(place):
    later = {name.upper(): f"10.0.0.{number}" for number, name in enumerate(HEADERS) if number >= place}
    assert address_in(CIMultiDict(later)) == f"10.0.0.{place}"


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        pytest.param({}, None, id="none: the socket's"),
        pytest.param({"x-forwarded-for": "10.0.0.1, 10.0.0.2"}, "10.0.0.1", id="first of a list"),
        pytest.param({"x-forwarded-for": " 2001:db8::1 ,x"}, "2001:db8::1", id="blanks around it"),
        pytest.param({"x-real-ip": "unknown"}, "unknown", id="no address"),
        pytest.param({"cf-connecting-ip": "", "x-real-ip": "10.0.0.9"}, "10.0.0.9", id="an empty header"),
        pytest.param({"x-cluster-client-ip": "10.0.0.1"}, None, id="the name as it should be spelt"),
        pytest.param({"Cf-Pseudo-IPv4": "10.0.0.1"}, None, id="a name that is never seen"),
        pytest.param({"Cf-Pseudo-IPv4": "10.0.0.1", "x-real-ip": "10.0.0.9"}, "10.0.0.9", id="nor beside others"),
    ],
)
def test_a_client_address_is_the_first_entry_or_the_sockets(headers, address):
    assert address_in(CIMultiDict(headers)) == address


@pytest.mark.parametrize(
    ("readable", "profile", "answer"),
    [
        (True, Profile.CONTRACT, (403, "ForbiddenError", "token.address")),
        (True, Profile.LIVE, (403, "ForbiddenError", "token.address")),
        (False, Profile.CONTRACT, (400, "BadRequest", "token.address-unreadable")),
        (False, Profile.LIVE, (500, "InternalServerError", "token.address-unreadable")),
    ],
)
def test_an_address_that_is_not_trusted(readable, profile, answer):
    assert verdict(ARRIVAL, Arrival("10.0.0.1", readable), profile) == answer
