"""Behaviour, section 2: the ordered checks of an attach, and what is stored."""

from tests.reference_rows.row import left_out, row

_BODY = "infisical/kubernetes_auth/attach"
_FIELDS = "infisical/kubernetes_auth/attach_fields"
_CHECKS = "infisical/kubernetes_auth/attach_checks"
_CHECK = f"{_CHECKS}::each_row_answers_and_stores_nothing"
_WAYS = f"{_CHECKS}::gateway_and_pool_are_asked_in_orders_of_their_own"
_OUT = "infisical/kubernetes_auth/attach_outbound"
_UNREACHED = f"{_OUT}::a_gateway_or_pool_that_cannot_be_reached_is_refused"

ROWS = (
    row("2.check.1", "identity unknown there: 404", f"{_CHECK}[*-identity.unknown]"),
    row("2.check.2", "identity at home elsewhere: 403", f"{_CHECK}[*-identity.home]"),
    row("2.check.3", "attached already: 400", f"{_CHECK}[*-attach.attached]"),
    left_out(
        "2.check.4",
        "TTL above a max that is not 0: 400",
        "no request gets there: the schema's fourth rule refuses every such body, and more",
    ),
    row("2.check.5", "permission: 403", f"{_CHECK}[*-permission.edit-auth]"),
    row("2.check.6.plan", "an address that the plan does not allow: 400", f"{_CHECK}[*-trusted-ips.plan]"),
    row("2.check.6.valid", "a text that is no address: 400", f"{_CHECK}[*-trusted-ips.valid]"),
    row(
        "2.check.6.order",
        "the plan is asked before what the text is",
        f"{_CHECK}[*-trusted-ips.plan]",
        "api/messages::a_refusal_says[*-no plan for addresses]",
    ),
    row(
        "2.check.7",
        "a CA beside verification sent as off, in mode api: 400",
        f"{_CHECK}[*-attach.tls.ca-conflict]",
        f"{_FIELDS}::mode_gateway_pairs_verification_and_ca_as_it_likes[off with a CA]",
    ),
    row(
        "2.check.8-plan",
        "a gateway without the plan: 400, first",
        f"{_CHECK}[*-gateway.plan]",
        f"{_WAYS}[*-gateway: first the plan]",
    ),
    row(
        "2.check.8-unknown",
        "a gateway that is unknown: 404, second",
        f"{_CHECK}[*-gateway.unknown]",
        f"{_WAYS}[*-then whether it is there0]",
    ),
    row(
        "2.check.8-permission",
        "a gateway without permission: 403, third",
        f"{_CHECK}[*-gateway.permission]",
        f"{_WAYS}[*-then permission0]",
    ),
    row(
        "2.check.8-outbound",
        "then calls through the gateway",
        f"{_WAYS}[*-then calls]",
        f"{_OUT}::a_cluster_that_fails_has_a_name_for_each_way_to_it",
        f"{_UNREACHED}[api-a gateway that is down]",
        f"{_UNREACHED}[gateway-a gateway that is down]",
    ),
    row(
        "2.check.9-plan",
        "a pool without the plan: 400, first",
        f"{_CHECK}[*-pool.plan]",
        f"{_WAYS}[*-pool: first the plan]",
    ),
    row(
        "2.check.9-permission",
        "a pool without permission: 403, second",
        f"{_CHECK}[*-pool.permission]",
        f"{_WAYS}[*-then permission1]",
    ),
    row(
        "2.check.9-unknown",
        "a pool that is unknown: 404, third",
        f"{_CHECK}[*-pool.unknown]",
        f"{_WAYS}[*-then whether it is there1]",
    ),
    row(
        "2.check.9-unhealthy",
        "a pool of which no gateway is healthy: 400, fourth",
        f"{_CHECK}[*-pool.healthy]",
        f"{_WAYS}[*-then its health]",
    ),
    row(
        "2.check.9-outbound",
        "then calls through the pool",
        f"{_WAYS}[*-then calls too]",
        f"{_UNREACHED}[gateway-a pool in a dark cluster]",
    ),
    row(
        "2.check.10",
        "without gateway or pool, in mode api, calls straight to the host: 400",
        f"{_CHECK}[*-host.local]",
        f"{_CHECK}[*-cluster.connectivity]",
        f"{_CHECK}[*-cluster.reviewer]",
        f"{_OUT}::a_cluster_that_fails_has_a_name_for_each_way_to_it",
    ),
    row("2.check.11", "an instance admin by somebody else: 403", f"{_CHECK}[*-identity.instance-admin]"),
    left_out(
        "2.check.11-older", "asked before all others", "that is the older generation; the mock keeps to the newer"
    ),
    row(
        "2.check.12",
        "a column of 255 characters is too short: the insert fails",
        f"{_CHECK}[*-attach.database]",
        f"{_CHECKS}::what_the_database_refuses_is_a_422_or_a_failed_insert",
        f"{_CHECKS}::a_host_that_no_column_takes_is_refused_by_the_schema_of_either_profile",
    ),
    row("2.check.order", "of two that refuse the first wins", f"{_CHECKS}::of_two_that_both_refuse_the_first_wins"),
    row("2.check.after-schema", "all of them after the schema", f"{_CHECKS}::the_schema_goes_before_every_row"),
    row(
        "2.stored.verify",
        "verification is as sent, or on with a CA",
        f"{_FIELDS}::verification_is_as_sent_or_follows_the_ca",
        f"{_FIELDS}::mode_gateway_pairs_verification_and_ca_as_it_likes",
    ),
    row("2.stored.pool", "no gateway beside a pool", f"{_OUT}::a_pool_is_stored_instead_of_a_gateway"),
    row(
        "2.stored.no-ca",
        "an empty CA is none",
        f"{_BODY}::an_empty_ca_is_stored_as_none_so_an_update_still_asks_for_one",
    ),
    row(
        "2.stored.no-reviewer",
        "an empty reviewer JWT is none",
        f"{_BODY}::an_empty_reviewer_jwt_is_stored_as_none_so_the_caller_reviews",
    ),
)
