"""Behaviour, section 7: login."""

from tests.reference_rows.row import left_out, row

_LOGIN, _SENT = "infisical/kubernetes_auth/login", "infisical/kubernetes_auth/login_body"
_BROKEN, _READ = f"{_SENT}::a_body_that_breaks_the_schema", f"{_SENT}::what_is_sent_is_trimmed_or_lowered"
_CHECKS, _REVIEW = "infisical/kubernetes_auth/login_checks", "infisical/kubernetes_auth/login_review"
_CHECK, _GLOB = f"{_CHECKS}::each_row_answers", "infisical/kubernetes_auth/globs::an_entry_matches"
_LIVES = f"{_LOGIN}::lifetimes_are_answered_as_configured_and_capped_in_the_token"
_LIST = "infisical/kubernetes_auth/globs::a_list_is_asked_entry_by_entry"
_ALLOWED = f"{_CHECKS}::an_account_that_is_allowed_logs_in"

ROWS = (
    row("7.auth", "no token is needed", f"{_LOGIN}::the_answer_has_four_keys"),
    row(
        "7.auth.bad",
        "a bad one is refused first",
        f"{_SENT}::a_bad_credential_is_refused_on_the_public_route",
        "infisical/kubernetes_auth/revoke::a_dead_token_is_refused_on_public_routes_too",
    ),
    row(
        "7.fields.identityId",
        "a text, needed, trimmed",
        f"{_BROKEN}[*-no identity]",
        f"{_BROKEN}[*-identity null]",
        f"{_READ}[*-identity trimmed]",
    ),
    row(
        "7.fields.jwt",
        "a text, needed, trimmed",
        f"{_BROKEN}[*-no token]",
        f"{_BROKEN}[*-token null]",
        f"{_READ}[*-token trimmed]",
    ),
    left_out("7.fields.jwt.cap", "at most some 8 KB", "the reference has not seen it; the bound is not known exactly"),
    row(
        "7.fields.organizationSlug",
        "a slug of 1 to 64, without capitals; may be left out",
        f"{_BROKEN}[*-slug None]",
        f"{_BROKEN}[*-slug 'acme office']",
        f"{_BROKEN}[*-an empty slug]",
        f"{_BROKEN}[*-a slug of 65]",
        f"{_READ}[*-a slug trimmed]",
        f"{_BROKEN}[*-slug 'ACME']",
        f"{_BROKEN}[*-a slug of blanks]",
    ),
    row("7.answer", "four keys", f"{_LOGIN}::the_answer_has_four_keys"),
    row("7.answer.configured", "lifetimes are told as they are set, 0 too", f"{_LIVES}[no TTL]", f"{_LIVES}[no max]"),
    row("7.answer.beyond", "they may be longer than the token lives", f"{_LIVES}[a TTL above its max]"),
    row(
        "7.answer.expiry",
        "the token has an expiry all the same",
        f"{_LIVES}[neither: the ceiling]",
        f"{_LOGIN}::the_claims_of_the_token",
    ),
    row("7.step.1", "no UUID: the database fails", f"{_CHECKS}::an_identity_id_that_is_no_uuid"),
    row("7.step.2.identity", "identity unknown: 404", f"{_CHECK}[*-2: no identity]"),
    row("7.step.2.method", "not attached: 404", f"{_CHECK}[*-2: no method]"),
    row("7.step.3.gateway", "mode gateway without gateway or pool: 400", f"{_CHECK}[*-3: mode gateway, no way]"),
    row(
        "7.step.3.api",
        "mode api without host: 400",
        f"{_CHECK}[*-3: mode api, no host]",
        f"{_CHECK}[*-3: mode api, no host, a gateway]",
    ),
    row(
        "7.step.4",
        "a gateway that is gone: 404",
        "infisical/kubernetes_auth/login_checks::a_gateway_that_is_gone_is_not_found",
    ),
    row(
        "7.step.4b",
        "a review that fails has a name for each way",
        f"{_REVIEW}::a_cluster_that_fails_has_a_name_for_each_way_to_it",
        f"{_REVIEW}::the_stored_reviewer_reviews_or_else_the_caller",
        f"{_REVIEW}::a_local_host_is_refused_directly",
    ),
    row("7.step.5", "an error, even an empty one: 401", f"{_CHECK}[*-5: an error]", f"{_CHECK}[*-5: an empty error]"),
    row(
        "7.step.5.message",
        "its text is the message",
        f"{_CHECKS}::the_error_goes_before_authenticated_and_is_the_message",
    ),
    row(
        "7.step.6",
        "not authenticated: 401",
        f"{_CHECK}[*-6: not authenticated]",
        f"{_CHECK}[*-6: an unknown token]",
    ),
    row(
        "7.step.7",
        "a user name of other than those four parts: 400",
        *(f"{_CHECK}[*-7: {token}]" for token in ("sa-user", "sa-node", "sa-short", "sa-long", "sa-nobody")),
    ),
    row("7.step.8", "the namespace is not on the list: 401", f"{_CHECK}[*-8: a namespace]"),
    row("7.step.9", "the name is not on the list: 401", f"{_CHECK}[*-9: a name]"),
    row("7.step.8-9.empty", "empty lists allow everyone", f"{_ALLOWED}[no restriction]", f"{_LIST}[an empty list]"),
    row(
        "7.step.10",
        "the audience is not among those of the review, letter by letter: 401",
        f"{_CHECK}[*-10: an audience]",
        f"{_CHECK}[*-10: an audience that is a glob]",
        f"{_CHECK}[*-10: two audiences]",
        f"{_ALLOWED}[one of two audiences]",
    ),
    row(
        "7.step.11.unknown",
        "no such sub-organization: 404",
        f"{_CHECK}[*-11: no such organization]",
        f"{_CHECK}[*-11: another tenant]",
    ),
    row("7.step.11.member", "not a member of it: 401", f"{_CHECK}[*-11: not a member]"),
    row(
        "7.step.12",
        "what breaks on the way, such as a review without status: 400",
        f"{_CHECK}[*-12: no status]",
        f"{_CHECK}[*-12: an empty namespace]",
        f"{_CHECK}[*-12: an empty name]",
    ),
    left_out(
        "7.step.12.audiences",
        "a review without audiences, where one is asked for: 400",
        "fixtures describe only clusters that answer with a list of audiences, though it may be empty",
    ),
    row("7.step.order", "of two that refuse the first wins", f"{_CHECKS}::of_two_that_both_refuse_the_first_wins"),
    row(
        "7.match.list",
        "split at commas, each entry trimmed",
        f"{_LIST}[the second entry]",
        f"{_LIST}[entries are trimmed]",
        f"{_LIST}[the list is not a name]",
        f"{_ALLOWED}[blanks]",
    ),
    row(
        "7.match.equal-or-glob",
        "an entry is equal or a glob",
        f"{_GLOB}['payments' in 'payments']",
        f"{_GLOB}['.hidden' in '.hidden']",
        f"{_GLOB}['payments' in 'pay*']",
        f"{_ALLOWED}[equal]",
        f"{_ALLOWED}[wildcards]",
    ),
    row("7.match.slash", "a star does not cross a slash", f"{_GLOB}['a/b' not in '*']"),
    row("7.match.braces", "braces do not survive the comma", f"{_LIST}[braces do not survive the comma]"),
    row(
        "7.match.dot",
        "a star matches no dot at the beginning",
        f"{_GLOB}['.a' not in '*']",
        f"{_CHECK}[*-8: a hidden namespace]",
    ),
    row(
        "7.reviewer",
        "without a stored reviewer the caller's own token reviews",
        *(
            f"{_REVIEW}::the_stored_reviewer_reviews_or_else_the_caller[*-{which}-direct]"
            for which in ("the caller's own", "the caller's own, 401", "the caller's own, 403", "stored before own")
        ),
    ),
)
