"""Behaviour, section 8: renewing and revoking a token."""

from tests.reference_rows.row import row

_RENEW, _REVOKE = "infisical/access_tokens/renew", "infisical/access_tokens/revoke"
_RENEWED, _REVOKED = f"{_RENEW}::each_token_that_cannot_be_renewed", f"{_REVOKE}::each_token_that_cannot_be_revoked"
_NO_TEXT = "infisical/token_auth/bad_input::a_token_that_is_no_text"
_WRONG = ("{}-undefined", "{'accessToken': None}-null", "{'accessToken': 7}-number")

ROWS = (
    row(
        "8.public",
        "both are public, and a bad header is refused",
        f"{_RENEW}::the_route_is_public_but_a_bad_credential_is_refused",
    ),
    row(
        "8.renew.body",
        "a text, needed, trimmed",
        *(f"{_NO_TEXT}[*-{wrong}-renew]" for wrong in _WRONG),
        f"{_RENEW}::a_renewed_token_is_the_same_with_a_new_life",
    ),
    row(
        "8.revoke.body",
        "a text, needed, trimmed",
        *(f"{_NO_TEXT}[*-{wrong}-revoke]" for wrong in _WRONG),
        f"{_REVOKE}::a_revoked_token_calls_no_more_and_is_not_renewed",
    ),
    row("8.renew.answer", "four keys", f"{_RENEW}::a_renewed_token_is_the_same_with_a_new_life"),
    row("8.renew.answer.real", "the lifetime is the real one", f"{_RENEW}::the_lifetime_is_the_real_one"),
    row("8.revoke.answer", "a message", f"{_REVOKE}::a_revoked_token_calls_no_more_and_is_not_renewed"),
    row(
        "8.renew.bad",
        "bad, expired, of another key: 403",
        f"{_RENEWED}[*-a word]",
        f"{_RENEWED}[*-no base64]",
        f"{_RENEWED}[*-expired]",
        f"{_RENEWED}[*-another key]",
    ),
    row(
        "8.revoke.bad",
        "bad, expired, of another key: 403",
        f"{_REVOKED}[*-a word]",
        f"{_REVOKED}[*-no base64]",
        f"{_REVOKED}[*-expired]",
        f"{_REVOKED}[*-another key]",
    ),
    row("8.renew.kind", "of another kind: 400", f"{_RENEWED}[*-a user's]", f"{_RENEWED}[*-a SCIM token]"),
    row("8.revoke.kind", "of another kind: 400", f"{_REVOKED}[*-a user's]", f"{_REVOKED}[*-of no kind]"),
    row(
        "8.renew.claims",
        "claims that lack one: 401",
        f"{_RENEWED}[*-without identity]",
        f"{_RENEWED}[*-without id]",
        f"{_RENEWED}[*-without organization]",
        *(f"{_RENEWED}[*-without {name}]" for name in ("authMethod", "jti", "rootOrgId", "iat", "creationEpoch")),
        f"{_RENEWED}[*-of an old generation]",
    ),
    row(
        "8.revoke.claims",
        "claims that lack one: 401",
        f"{_REVOKED}[*-without identity]",
        f"{_REVOKED}[*-without id]",
    ),
    row("8.renew.revoked", "revoked: 401", f"{_REVOKE}::a_revoked_token_calls_no_more_and_is_not_renewed"),
    row("8.revoke.revoked", "revoked before: 200 again", f"{_REVOKE}::revoking_again_is_no_error"),
    row(
        "8.renew.uses",
        "no uses left: 401",
        f"{_RENEW}::renewing_takes_no_use_and_renewed_tokens_share_the_uses",
    ),
    row(
        "8.revoke.uses",
        "nothing is said of uses: it is revoked",
        f"{_REVOKE}::a_token_without_uses_left_can_be_revoked",
    ),
    row(
        "8.renew.budget",
        "the max TTL is used up: 401",
        f"{_RENEWED}[*-at its max TTL]",
        f"{_RENEWED}[*-past its max TTL]",
    ),
    row(
        "8.revoke.budget",
        "nothing is said of the max TTL: it is revoked",
        f"{_REVOKE}::whatever_else_has_become_of_it_a_token_can_be_revoked[*-at its max TTL]",
    ),
)
