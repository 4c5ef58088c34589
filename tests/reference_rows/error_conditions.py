"""The error reference: each condition, what it answers, and what the message carries."""

from tests.reference_rows.row import left_out, row

_SAYS, _TOLD = "api/messages::a_refusal_says", "api/token_messages::what_else_a_refused_token_is_told"
_TEXT = "api/token_messages::texts_of_the_library_that_clients_match_on"
_TOKEN = "api/tokens::each_credential_is_refused_by_its_rule"
_FAILS = "api/messages::a_failure_of_the_service_says_the_same_whatever_failed"
_REASON = "api/messages::a_refusal_about_identities_says_its_reason"
_PARTED = "rules/profile::each_row_of_the_table_holds"
_UNREADABLE = f"{_PARTED}[*-body that is not JSON, not UTF, "
_SHAPES = "api/issue_shapes::each_violation_is_an_object_of_these_keys"

ROWS = (
    row(
        "errors.condition.token-missing",
        "none: 401",
        f"{_TOKEN}[*-no header]",
        f"{_TOLD}[*-none]",
    ),
    row(
        "errors.condition.token-unknown-kind",
        "of a kind that nobody knows: 401",
        f"{_TOKEN}[*-a JWT of a kind nobody knows]",
        f"{_TOLD}[*-of a kind nobody knows]",
    ),
    row(
        "errors.condition.token-malformed",
        "malformed, or not three parts: 403 with other words than the library's",
        f"{_TOKEN}[*-a token nobody has]",
        f"{_TOKEN}[*-two parts]",
        f"{_TOKEN}[*-four parts]",
        f"{_TOLD}[*-malformed]",
        "api/token_messages::the_librarys_own_words_for_a_malformed_or_expired_token_are_rewritten",
    ),
    row(
        "errors.condition.token-signature",
        "another key: 403 in the library's words",
        f"{_TEXT}[*-another key]",
    ),
    row(
        "errors.condition.token-empty",
        "nothing behind seven characters: 403 in the library's words",
        f"{_TEXT}[*-nothing behind the scheme]",
        f"{_TEXT}[*-six characters]",
        f"{_TOKEN}[*-a scheme alone]",
    ),
    row(
        "errors.condition.token-invalid",
        "three parts that cannot be read: 403 in the library's words",
        f"{_TEXT}[*-three parts that are no base64]",
        f"{_TEXT}[*-three parts that are no JSON]",
    ),
    row(
        "errors.condition.token-algorithm",
        "another algorithm: 403 with advice",
        f"{_TOLD}[*-another algorithm]",
        f"{_TOLD}[*-no algorithm]",
    ),
    row(
        "errors.condition.token-expired",
        "expired: 403 with advice",
        f"{_TOLD}[*-expired]",
        f"{_TOKEN}[*-an expired JWT]",
    ),
    row(
        "errors.condition.api-key",
        "an API key, on any route: 400",
        "api/token_messages::an_api_key_is_told_that_it_is_no_longer_supported",
        "infisical/kubernetes_auth/login_body::a_bad_credential_is_refused_on_the_public_route[*-an API key]",
    ),
    row(
        "errors.condition.token-kind",
        "of a kind that is not for the route: 403, with the URL in `error`",
        f"{_TOLD}[*-a service token]",
        f"{_TOLD}[*-a SCIM token]",
        f"{_TOLD}[*-an OAuth token]",
    ),
    row("errors.condition.user-organization", "a user of no organization: 401", f"{_TOLD}[*-a user of nowhere]"),
    row("errors.condition.revoked.token", "the token: 401, and which", f"{_TOLD}[*-revoked]"),
    row("errors.condition.revoked.identity", "the identity: 401, and which", f"{_TOLD}[*-of an identity that is gone]"),
    row(
        "errors.condition.revoked.secret",
        "the client secret: 401, and which",
        "api/token_messages::a_secret_that_is_revoked_is_told_apart_from_a_token",
    ),
    row(
        "errors.condition.revoked.method",
        "the auth method: 401, and which",
        "api/token_messages::a_method_that_is_revoked_is_told_apart_from_a_token",
    ),
    row("errors.condition.membership.none", "no member any more: 401, and so", f"{_TOLD}[*-of another organization]"),
    row(
        "errors.condition.membership.inactive",
        "a member that is inactive: 401, and so",
        "api/token_messages::an_inactive_member_is_told_apart_from_none",
    ),
    row("errors.condition.uses", "no uses left: 401", "api/token_messages::a_token_of_no_uses_is_told_its_limit"),
    row("errors.condition.claims", "claims that lack one: 401", f"{_TOLD}[*-claims that lack one]"),
    row(
        "errors.condition.address",
        "from where it may not come: 403",
        "api/token_messages::an_address_that_is_not_trusted_is_named",
    ),
    row(
        "errors.condition.address-unreadable",
        "from no address: it fails",
        f"{_PARTED}[*-client-address header that is , X-Forwarded-For: unknown]",
        "api/addresses::an_unreadable_address_is_refused_even_where_anyone_is_trusted",
    ),
    row(
        "errors.condition.organization-header",
        "an organization header that is no slug: 422",
        "api/tokens::the_organization_header_is_judged_before_the_token_beside_it",
    ),
    row("errors.condition.invalid.body", "a body: 422", _SHAPES),
    row(
        "errors.condition.invalid.query",
        "a query: 422",
        "infisical/identities/list::the_organization_has_to_be_named_once",
        "infisical/token_auth/bad_input::a_page_that_is_none",
    ),
    left_out(
        "errors.condition.invalid.path",
        "a path: 422",
        "no path parameter of the mock's operations has a schema but text of up to 100 characters",
    ),
    row(
        "errors.condition.unknown",
        "identity unknown: 404 with its id",
        *(f"{_SAYS}[*-unknown, {method}]" for method in ("GET", "POST", "PATCH", "DELETE")),
    ),
    row("errors.condition.not-attached.get", "404 with the id", f"{_SAYS}[*-not attached, GET]"),
    row("errors.condition.not-attached.update", "400, the update failed", f"{_SAYS}[*-not attached, PATCH]"),
    row("errors.condition.not-attached.revoke", "400, it has no such method", f"{_SAYS}[*-not attached, DELETE]"),
    row(
        "errors.condition.not-attached.login",
        "404, it is not configured",
        "api/messages::a_login_without_the_method_says_that_it_is_not_configured",
    ),
    row("errors.condition.attached", "400, already", f"{_SAYS}[*-attached]"),
    row(
        "errors.condition.home",
        "of another organization: 403",
        *(f"{_SAYS}[*-elsewhere, {method}]" for method in ("GET", "POST", "PATCH", "DELETE")),
    ),
    row(
        "errors.condition.permission",
        "403 with action and subject",
        f"{_SAYS}[*-not allowed, GET]",
        f"{_SAYS}[*-not allowed, PATCH]",
        f"{_SAYS}[*-a gateway, not allowed]",
        "api/permissions::the_message_names_action_and_subject",
    ),
    row(
        "errors.condition.permission.details",
        "the caller's rules for the pair, or none",
        "api/permissions::details_list_the_callers_rules_for_the_pair",
        "infisical/identities/permissions::details_list_the_callers_rules_for_the_pair",
    ),
    row(
        "errors.condition.boundary",
        "403 with the operation and what is missing",
        f"{_SAYS}[*-beyond the boundary]",
        "infisical/identities/permissions::the_boundary_names_the_action_that_is_missing",
    ),
    row("errors.condition.organization", "another one than the token's: 403", f"{_REASON}[*-another organization]"),
    row("errors.condition.member", "not a member of it: 403", f"{_SAYS}[*-not a member]"),
    row(
        "errors.condition.instance-admin",
        "by somebody else: 403",
        *(f"{_SAYS}[*-an instance admin, {method}]" for method in ("POST", "PATCH", "DELETE")),
    ),
    row("errors.condition.ttl", "above its max: 400", f"{_SAYS}[*-TTL above its max]"),
    row("errors.condition.plan.addresses", "400, an upgrade", f"{_SAYS}[*-no plan for addresses]"),
    row("errors.condition.plan.gateways", "400, an upgrade", f"{_SAYS}[*-no plan for gateways]"),
    row("errors.condition.plan.pools", "400, an upgrade", f"{_SAYS}[*-no plan for pools]"),
    row("errors.condition.plan.texts", "in three texts", "api/messages::plans_and_cas_are_told_apart"),
    row("errors.condition.trusted-ip", "that is none: 400", f"{_SAYS}[*-no trusted IP]"),
    row("errors.condition.gateway", "unknown: 404 with its id", f"{_SAYS}[*-a gateway that is not there]"),
    row("errors.condition.pool", "unknown: 404 with its id", f"{_SAYS}[*-a pool that is not there]"),
    row("errors.condition.pool-unhealthy", "400", f"{_SAYS}[*-a pool without a healthy member]"),
    row("errors.condition.ca-required", "400", f"{_SAYS}[*-a CA is required]"),
    row("errors.condition.ca-conflict", "400", f"{_SAYS}[*-a CA is in the way]"),
    row("errors.condition.ca-texts", "in two texts", "api/messages::plans_and_cas_are_told_apart"),
    *(
        row(f"errors.condition.host.{name}", "400", f"{_SAYS}[*-https://{host}]")
        for name, host in {
            "private": "10.0.0.1",
            "loopback": "127.0.0.1",
            "localhost": "localhost",
            "docker": "host.docker.internal",
        }.items()
    ),
    left_out("errors.condition.host.allowed", "unless the instance allows them", "the mock's instance never does"),
    left_out("errors.condition.host.user", "a user in the host: 400", "the characters of a host do not let it through"),
    row(
        "errors.condition.cluster",
        "400, 401 or 404, by name",
        "infisical/kubernetes_auth/attach_outbound::a_cluster_that_fails_has_a_name_for_each_way_to_it",
        "infisical/kubernetes_auth/login_review::a_cluster_that_fails_has_a_name_for_each_way_to_it",
        "infisical/kubernetes_auth/login_review::the_stored_reviewer_reviews_or_else_the_caller",
        "infisical/kubernetes_auth/login_checks::each_row_answers[*-4b: a gateway that is down]",
    ),
    row("errors.condition.protected", "an identity: 400", f"{_REASON}[*-protected]"),
    row(
        "errors.condition.project",
        "an identity of one: 400",
        f"{_REASON}[*-a project's]",
        f"{_REASON}[*-changing a project's]",
    ),
    row(
        "errors.condition.limit",
        "of identities: 400",
        "infisical/identities/create::the_plans_limit_counts_the_identities_at_home",
    ),
    row(
        "errors.condition.rate",
        "429, with the seconds until a retry",
        "worlds/rate_limits::a_window_counts_down_and_then_refuses",
        "worlds/rate_limits::a_window_ends_60_seconds_after_its_first_request",
    ),
    row("errors.condition.database.path", "a path's id that is no UUID", f"{_FAILS}[an id that is no UUID]"),
    row(
        "errors.condition.database.login", "a login's id that is no UUID", f"{_FAILS}[an id that is no UUID, at login]"
    ),
    row("errors.condition.database.create", "an insert", f"{_FAILS}[an insert]"),
    row("errors.condition.database.update", "an update", f"{_FAILS}[an update]", f"{_FAILS}[an update of nothing]"),
    left_out(
        "errors.condition.database.others",
        "a search by id, a delete",
        "nothing that a request can hold makes them fail behind the other checks",
    ),
    row("errors.condition.database.text", "always one text", _FAILS),
    row(
        "errors.condition.unhandled.syntax",
        "no JSON: it fails",
        f"{_UNREADABLE}not JSON]",
        f"{_FAILS}[a body that is no JSON]",
    ),
    row(
        "errors.condition.unhandled.empty",
        "an empty body: it fails",
        f"{_UNREADABLE}empty]",
        f"{_FAILS}[an empty body]",
    ),
    row("errors.condition.unhandled.media-type", "another media type: it fails", f"{_UNREADABLE}merge patch]"),
    row("errors.condition.unhandled.size", "too much: it fails", f"{_UNREADABLE}over 1 MiB]"),
    row(
        "errors.condition.unhandled.answer",
        "an answer that breaks its schema",
        "contract/broken_handler::an_answer_that_breaks_the_contract_becomes_a_500_that_is_logged_and_journalled",
    ),
    left_out("errors.condition.gateway-timeout", "504", "the service turns it into a 400 on all of these routes"),
    left_out(
        "errors.condition.query-encoding",
        "percents in a query that cannot be decoded: 400",
        "only the latest builds do that; the mock, like the others, takes such a query",
    ),
)
