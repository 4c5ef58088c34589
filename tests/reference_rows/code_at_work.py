"""What a comparison with the service's own code showed: N1 to N13, and the checks of a token."""

from tests.reference_rows.row import row

_LIMITS, _LOGIN = "infisical/universal_auth/use_limits", "infisical/universal_auth/login"
_TOKENS, _PAGES = "infisical/token_auth/tokens", "infisical/token_auth/page_numbers"
_ADMINS, _ORDER = "infisical/identities/instance_admin", "infisical/code_at_work"
_JWT, _RENEW = "infisical/access_tokens/jwt", "infisical/access_tokens/renew"

ROWS = (
    row("code.N1.live", "use count and limit are compared as text until 2026-09", f"{_LIMITS}::live_compares_texts"),
    row(
        "code.N1.contract",
        "as numbers in contract, and since 2026-10",
        f"{_LIMITS}::numbers_are_compared_in_contract_and_since_2026_10",
        f"{_LIMITS}::no_limit_is_no_limit",
    ),
    row(
        "code.N2",
        "the count of a secret without a limit rises once in 10 s",
        f"{_LOGIN}::the_uses_of_a_secret_without_a_limit_rise_once_in_ten_seconds",
        f"{_LOGIN}::each_use_of_a_secret_with_a_limit_counts",
    ),
    row(
        "code.N3",
        "the row of a token has the capped lifetime",
        f"{_TOKENS}::the_row_has_the_real_lifetime_and_the_answer_the_configured_one",
    ),
    row(
        "code.N4",
        "the row shows no uses, no last use and no renewal",
        f"{_TOKENS}::the_row_shows_no_uses_of_a_token_and_the_token_ends_all_the_same",
        f"{_TOKENS}::the_row_shows_no_renewal",
    ),
    row(
        "code.N5",
        "a revocation by the token itself leaves its row",
        f"{_TOKENS}::a_revocation_by_the_token_itself_leaves_its_row_as_it_was",
    ),
    row(
        "code.N6",
        "the id of an instance administrator is compared as text",
        f"{_ADMINS}::ids_are_compared_as_text",
        f"{_ADMINS}::an_id_in_capitals_lets_no_other_request_pass",
    ),
    row(
        "code.N7.ids",
        "each operation has its own error for an id that is no UUID",
        "infisical/identities/get::an_id_that_is_no_uuid",
        "infisical/identities/bad_bodies::ids_that_are_no_uuids",
    ),
    row(
        "code.N7.login",
        "a NUL in client id or prefix of the secret is an error of the database",
        f"{_LOGIN}::of_two_that_both_refuse_a_login_the_first_wins",
        "rules/profile::each_row_of_the_table_holds",
    ),
    row(
        "code.N8",
        "limit and offset are read as JavaScript reads numbers",
        f"{_PAGES}::a_text_is_the_number_that_it_is_in_javascript",
        f"{_PAGES}::what_is_no_number_there",
        f"{_PAGES}::bounds",
    ),
    row("code.N9", "permissions are packed", "infisical/identities/get::a_custom_role_is_shown_beside_the_word_custom"),
    row(
        "code.N10",
        "Universal Auth asks for the instance administrator at another place by generation",
        f"{_ADMINS}::attaching_universal_auth_asks_it_first_in_2026_05",
        f"{_ADMINS}::a_write_of_universal_auth_asks_for_the_permission_first",
        f"{_ADMINS}::an_update_of_universal_auth_asks_it_before_trusted_ips",
    ),
    row(
        "code.N11",
        "which operations have a boundary",
        f"{_ORDER}::the_boundary_of_client_secrets_and_tokens",
        f"{_ORDER}::revoking_a_token_by_its_id_has_no_boundary",
    ),
    row(
        "code.N12",
        "a count without a lock is not cleared since 2026-09",
        "infisical/universal_auth/lockout::a_count_without_a_lock_is_cleared_until_2026_08",
    ),
    row(
        "code.N13",
        "Token Auth asks for the home organization first",
        f"{_ORDER}::token_auth_asks_for_the_home_before_it_asks_whether_it_is_attached",
        f"{_ORDER}::the_same_of_client_secrets_and_tokens",
    ),
    row(
        "code.token.claims",
        "the claims that a token must have",
        f"{_JWT}::a_token_without_a_claim_that_it_needs_is_incomplete",
        f"{_JWT}::an_empty_text_is_no_claim",
        f"{_JWT}::a_number_is_a_number",
        f"{_JWT}::a_token_without_one_of_the_other_claims_is_complete",
    ),
    row("code.token.renewed", "renewal builds the claims anew", f"{_RENEW}::the_claims_are_built_anew"),
    row(
        "code.token.method",
        "a method that is not attached and was never revoked is good",
        f"{_RENEW}::a_method_that_is_not_attached_and_was_never_revoked_is_good",
    ),
    row(
        "code.token.restricted",
        "the claim about addresses is always true",
        "infisical/kubernetes_auth/login::a_restriction_to_addresses_is_claimed_whatever_it_is",
    ),
)
