"""The error reference: envelope, names, bodies of the framework, issues, headers."""

from tests.reference_rows.row import left_out, row

_SAYS, _TOLD = "api/messages::a_refusal_says", "api/token_messages::what_else_a_refused_token_is_told"
_TEXT = "api/token_messages::texts_of_the_library_that_clients_match_on"
_TOKEN = "api/tokens::each_credential_is_refused_by_its_rule"
_REASON = "api/messages::a_refusal_about_identities_says_its_reason"
_SHAPES = "api/issue_shapes::each_violation_is_an_object_of_these_keys"
_ROUTE = "api/framework_bodies::a_route_that_is_not_there_is_named_with_its_method"

ENVELOPE = (
    row("errors.envelope.reqId", "fourteen letters and digits behind a prefix", _TOKEN, _SAYS),
    row("errors.envelope.reqId.framework", "not in bodies of the framework", _ROUTE),
    row("errors.envelope.statusCode", "is the status", _TOKEN, _SAYS, _ROUTE),
    row("errors.envelope.error", "is a text", _TOKEN, _SAYS, _ROUTE),
    row("errors.envelope.message", "is a text", _TEXT, _SAYS),
    row("errors.envelope.message.422", "is a list of issues", _SHAPES),
    row(
        "errors.envelope.details",
        "only with what is not allowed and what is beyond the boundary",
        _SAYS,
        "api/tokens::no_other_refusal_has_details",
    ),
    row(
        "errors.envelope.details.400",
        "never with a 400",
        f"{_SAYS}[*-attached]",
        f"{_SAYS}[*-no trusted IP]",
        f"{_REASON}[*-protected]",
    ),
    row(
        "errors.envelope.schema",
        "bodies hold no keys but the declared ones",
        "api/laws::every_answer_keeps_to_the_contract",
    ),
    row(
        "errors.envelope.429",
        "a 429 goes out as it was made",
        "worlds/rate_limits::a_window_counts_down_and_then_refuses",
    ),
)
NAMES = (
    row("errors.names.bad-request", "BadRequest", f"{_SAYS}[*-attached]"),
    row("errors.names.not-found", "NotFound", f"{_SAYS}[*-unknown, GET]"),
    row("errors.names.unauthorized", "UnauthorizedError", f"{_TOLD}[*-none]"),
    row("errors.names.forbidden", "ForbiddenError", f"{_SAYS}[*-elsewhere, GET]"),
    row("errors.names.permission", "PermissionDenied", f"{_SAYS}[*-not allowed, GET]"),
    left_out("errors.names.database", "DatabaseError, if unnamed", "every failure of the database here has a name"),
    row("errors.names.rate", "RateLimitExceeded", "worlds/rate_limits::a_window_counts_down_and_then_refuses"),
    row("errors.names.token", "TokenError", f"{_TEXT}[*-another key]"),
    row("errors.names.validation", "ValidationFailure", _SHAPES),
)
FRAMEWORK = (
    row("errors.framework.unknown", "404, method and path", f"{_ROUTE}[unknown]", f"{_ROUTE}[not under /api]"),
    row("errors.framework.method", "404 and no 405", f"{_ROUTE}[wrong method]"),
    row("errors.framework.segment", "404", f"{_ROUTE}[a long segment]"),
    row("errors.framework.url", "400 with a code", "api/framework_bodies::a_path_that_cannot_be_decoded_has_a_code"),
    left_out("errors.framework.ui", "pages of the UI outside /api", "the mock has no UI: all of it is the 404"),
    row("errors.framework.api", "a GET under /api that is not there: 404", f"{_ROUTE}[unknown]"),
)
ISSUES = (
    *(
        row(f"errors.issues.{name}", says, _SHAPES)
        for name, says in {
            "wrong-type": "what is expected and what came",
            "fraction": "an integer expected, a float came",
            "enum": "the options, and what came",
            "enum-type": "the options as the type that is expected",
            "empty-text": "the minimum, after trimming",
            "empty-list": "the minimum",
            "below": "the minimum",
            "above": "the maximum",
            "uuid": "which form",
            "custom": "nothing more",
            "body": "an object expected, at no path",
            "path": "keys and numbers in a list",
        }.items()
    ),
    row(
        "errors.issues.missing",
        "undefined came",
        "api/issue_shapes::a_required_property_that_is_missing_is_undefined",
        "infisical/kubernetes_auth/attach_fields::a_required_field_that_is_missing_is_one_issue",
    ),
    row("errors.issues.several", "all in one answer", "api/issue_shapes::several_violations_are_several_objects"),
    left_out(
        "errors.issues.zod-4", "other keys and texts", "not known in detail; the mock keeps to the shapes of Zod 3"
    ),
)
HEADERS = (
    row(
        "errors.headers.rate-limit",
        "none but in the cloud",
        "api/messages::no_answer_has_headers_of_a_rate_limit",
        "worlds/rate_limits::what_the_operation_answers_has_the_headers",
    ),
    row("errors.headers.retry-after", "with a 429", "worlds/rate_limits::a_window_counts_down_and_then_refuses"),
    left_out("errors.headers.etag", "with all", "it only decorates, as no client of the mock asks for it"),
    left_out("errors.headers.security", "security and CORS, with all", "they only decorate"),
    row(
        "errors.headers.buckets",
        "how requests are counted: by address, read and write apart, behind the body and before the schema",
        "worlds/rate_limits::each_address_has_a_window_of_its_own",
        "worlds/rate_limits::buckets_are_counted_apart",
        "worlds/rate_limits::the_limit_comes_before_the_schema_and_behind_the_body",
        "worlds/rate_limits::requests_without_a_valid_token_are_not_counted",
    ),
)
ROWS = (*ENVELOPE, *NAMES, *FRAMEWORK, *ISSUES, *HEADERS)
