"""Behaviour, section 9: Universal Auth."""

from tests.reference_rows.row import left_out, row

_LOGIN, _LOCKOUT = "infisical/universal_auth/login", "infisical/universal_auth/lockout"
_SECRETS, _SETTINGS = "infisical/universal_auth/client_secrets", "infisical/universal_auth/settings"
_INPUT = "infisical/universal_auth/bad_input"
_UNKNOWN = f"{_LOGIN}::what_is_not_known_or_over_is_401"
_TYPE = f"{_INPUT}::a_value_of_a_wrong_type_is_named"
_GOOD = f"{_LOGIN}::a_good_login_answers_a_token_that_can_be_used"
_NEW = f"{_SECRETS}::a_new_client_secret_has_the_defaults_of_the_service"
_DEFAULTS = f"{_SETTINGS}::what_is_not_sent_on_attach_has_the_defaults_of_the_service"
_EACH = f"{_SETTINGS}::each_field_is_stored_by_itself"
_DELETED = f"{_SETTINGS}::a_good_delete_answers_the_record_that_was_and_takes_all_that_hangs_on_it"
_FIRST = f"{_LOGIN}::of_two_that_both_refuse_a_login_the_first_wins"
_SCOPE = f"{_LOGIN}::a_login_may_name_the_organization_that_its_token_counts_in"
_COUNTED = "infisical/universal_auth/lockout::so_many_failures_lock_a_client_id_whatever_the_secret"
_THREE = f"{_LOCKOUT}::the_defaults_are_three_failures_five_minutes_and_half_a_minute"

ROWS = (
    row(
        "9.fields.clientId",
        "a text, needed, trimmed",
        f"{_INPUT}::a_login_has_id_and_secret[*-clientId]",
        f"{_TYPE}[*-login-clientId-values13]",
        f"{_LOGIN}::blanks_around_id_and_secret_are_cut",
    ),
    row(
        "9.fields.clientSecret",
        "a text, needed, trimmed",
        f"{_INPUT}::a_login_has_id_and_secret[*-clientSecret]",
        f"{_TYPE}[*-login-clientSecret-values14]",
        f"{_LOGIN}::blanks_around_id_and_secret_are_cut",
    ),
    row("9.fields.organizationSlug", "may be left out", _GOOD, _SCOPE),
    row("9.answer", "four keys", _GOOD),
    row(
        "9.answer.real",
        "the lifetime is the real one",
        f"{_LOGIN}::the_lifetime_that_is_answered_is_the_real_one_and_the_max_ttl_the_configured_one",
    ),
    row("9.step.1", "unknown client id: 401", f"{_UNKNOWN}[*-unknown client id]"),
    row(
        "9.step.2",
        "an address that is not trusted: 403",
        f"{_LOGIN}::a_client_logs_in_from_the_trusted_ips_of_client_secrets",
    ),
    row("9.step.3", "locked out: 401", _COUNTED),
    row("9.step.4", "wrong secret: 401", f"{_UNKNOWN}[*-wrong secret]"),
    row("9.step.4.counted", "it counts towards the lockout", _COUNTED, f"{_LOCKOUT}::one_failure_less_does_not"),
    row(
        "9.step.5", "secret expired: 401", f"{_UNKNOWN}[*-expired secret]", f"{_LOGIN}::a_secret_expires_after_its_ttl"
    ),
    row(
        "9.step.6",
        "secret used up: 401",
        f"{_UNKNOWN}[*-spent secret]",
        f"{_LOGIN}::a_secret_is_good_for_as_many_logins_as_it_may",
    ),
    row("9.step.7", "sub-organization: 404 or 401", _SCOPE),
    row("9.step.order", "of two that refuse the first wins", _FIRST),
    row(
        "9.same-message",
        "a wrong id and a wrong secret are told alike",
        f"{_LOGIN}::an_unknown_client_id_and_a_wrong_secret_cannot_be_told_apart",
    ),
    row("9.lockout.enabled", "is on by default", _DEFAULTS, _THREE),
    row("9.lockout.threshold", "3 by default", _DEFAULTS, _THREE),
    row("9.lockout.reset", "30 s by default", _DEFAULTS, _THREE),
    row("9.lockout.duration", "300 s by default", _DEFAULTS, _THREE),
    row("9.lockout.cleared", "a good login clears the count", f"{_LOCKOUT}::a_good_login_clears_the_count"),
    left_out(
        "9.lockout.contention",
        "two logins that wait for one lock: 429",
        "a login of the mock is one step without an await: none ever waits for another",
    ),
    row(
        "9.companions.auth",
        "all of them need a bearer",
        "infisical/universal_auth/order::a_token_and_the_schema_go_before_every_check",
    ),
    row("9.attach", "POST answers the 15 keys", _DEFAULTS, _EACH),
    row("9.update", "PATCH answers the 15 keys", _EACH),
    row("9.get", "GET answers the 15 keys", _DEFAULTS),
    row("9.delete", "DELETE answers the 15 keys", _DELETED),
    row("9.client-id", "a client id is a UUID", _DEFAULTS),
    row(
        "9.secret.create.description",
        "a text, empty by default",
        _NEW,
        f"{_TYPE}[*-create a secret-description-values10]",
        f"{_SECRETS}::what_is_sent_is_stored",
    ),
    row(
        "9.secret.create.numUsesLimit",
        "from 0 on, 0 by default",
        _NEW,
        f"{_INPUT}::a_client_secret_out_of_bounds_is_named",
        f"{_SECRETS}::what_is_sent_is_stored",
    ),
    row(
        "9.secret.create.ttl",
        "0 to ten years, 0 by default",
        _NEW,
        f"{_INPUT}::a_client_secret_out_of_bounds_is_named",
        f"{_SECRETS}::what_is_sent_is_stored",
    ),
    row("9.secret.create.answer", "the secret and its data", _NEW),
    row(
        "9.secret.list",
        "those that are not revoked",
        f"{_SECRETS}::the_list_has_all_that_are_not_revoked_the_oldest_first",
        f"{_SECRETS}::a_revoked_client_secret_stays_and_takes_its_tokens_with_it",
    ),
    row("9.secret.get", "one of them", _NEW, f"{_SECRETS}::a_revoked_one_can_be_looked_at"),
    row(
        "9.secret.revoke",
        "answers the data",
        f"{_SECRETS}::a_revoked_client_secret_stays_and_takes_its_tokens_with_it",
    ),
    row(
        "9.clear-lockouts",
        "answers how many were deleted",
        f"{_LOCKOUT}::clearing_says_how_many_counts_were_there_and_takes_them_away",
    ),
    row("9.secret.data", "ten keys", _NEW),
    row("9.secret.prefix", "the first four characters", _NEW),
    row("9.secret.text", "64 hexadecimal digits", _NEW),
)
