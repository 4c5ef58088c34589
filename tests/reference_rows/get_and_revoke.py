"""Behaviour, sections 4 and 5: get and revoke."""

from tests.reference_rows.row import left_out, row

_GET, _REVOKE = "infisical/kubernetes_auth/get", "infisical/kubernetes_auth/revoke"
_READ, _TAKEN = (f"{each}::each_check_answers_in_its_order" for each in (_GET, _REVOKE))

GET = (
    row("4.auth", "a bearer is needed", f"{_GET}::no_token_is_401_before_anything_else"),
    row("4.check.1", "identity unknown: 404", f"{_READ}[*-an identity nobody has]", f"{_READ}[*-unknown goes first]"),
    row("4.check.2", "at home elsewhere: 403", f"{_READ}[*-one at home elsewhere]", f"{_READ}[*-then its home]"),
    row("4.check.3", "not attached: 404", f"{_READ}[*-one without the method]", f"{_READ}[*-then the method]"),
    row("4.check.4", "permission: 403", f"{_READ}[*-a caller who may not]"),
    row(
        "4.answer",
        "all 18 fields",
        f"{_GET}::all_18_fields_are_answered_as_they_are_stored",
        f"{_GET}::no_ca_and_no_reviewer_jwt_are_empty_texts",
    ),
    left_out(
        "4.older",
        "verification is told as off where there is no CA",
        "that is the older generation; the mock keeps to the newer, which tells what is stored",
    ),
)
REVOKE = (
    row("5.auth", "a bearer is needed", f"{_REVOKE}::no_token_is_401_before_anything_else"),
    row("5.body.none", "no body is needed", f"{_REVOKE}::no_body_and_an_id_in_capitals_are_taken"),
    row("5.body.ignored", "JSON is not looked at", f"{_REVOKE}::a_body_of_json_is_not_looked_at"),
    row(
        "5.body.empty",
        "an empty body that is said to be JSON fails",
        f"{_REVOKE}::a_body_that_says_it_is_json_and_is_not_is_refused[*--body.empty]",
    ),
    row("5.check.1", "identity unknown: 404", f"{_TAKEN}[*-an identity nobody has]", f"{_TAKEN}[*-unknown goes first]"),
    row("5.check.2", "at home elsewhere: 403", f"{_TAKEN}[*-one at home elsewhere]", f"{_TAKEN}[*-then its home]"),
    row("5.check.3", "not attached: 400", f"{_TAKEN}[*-one without the method]", f"{_TAKEN}[*-then the method]"),
    row("5.check.4", "permission: 403", f"{_TAKEN}[*-who may not edit]", f"{_TAKEN}[*-then the permission]"),
    row("5.check.5", "boundary: 403", f"{_TAKEN}[*-who may not revoke]", f"{_TAKEN}[*-then the boundary]"),
    row(
        "5.check.5.details",
        "with what is missing",
        f"{_REVOKE}::a_new_organization_names_the_action_that_is_missing",
        f"{_REVOKE}::a_legacy_organization_compares_the_caller_with_the_targets_role",
    ),
    row("5.check.6", "an instance admin: 403", f"{_TAKEN}[*-an instance admin]"),
    row("5.answer", "16 keys", f"{_REVOKE}::the_record_that_was_is_answered_without_its_secrets"),
    row(
        "5.deleted",
        "the record is gone",
        f"{_REVOKE}::a_revoke_takes_the_record_and_nothing_else",
        f"{_REVOKE}::nobody_logs_in_after_it",
    ),
    row(
        "5.tokens",
        "tokens issued through it before are 401",
        f"{_REVOKE}::tokens_issued_before_are_dead_and_stay_dead",
    ),
    row("5.again", "attached again it has another id", f"{_REVOKE}::attaching_again_yields_another_id"),
)
