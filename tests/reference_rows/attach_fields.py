"""Behaviour, section 2: who may send an attach, and what its schema asks."""

from tests.reference_rows.row import row

_BODY = "infisical/kubernetes_auth/attach"
_FIELDS = "infisical/kubernetes_auth/attach_fields"
_TYPE = f"{_FIELDS}::a_value_of_another_type_is_one_issue"
_BOUND = f"{_FIELDS}::a_value_out_of_bounds_is_one_issue"
_STORED = f"{_FIELDS}::a_value_is_stored_and_answered_as"
_NEEDED = f"{_FIELDS}::a_required_field_that_is_missing_is_one_issue"
_DEFAULTS = f"{_FIELDS}::what_is_not_sent_has_the_defaults_of_the_operation"
_CROSS = "infisical/kubernetes_auth/attach_cross_fields"
_COMPARED = f"{_CROSS}::a_rule_that_compares_fields_is_one_issue_of_its_path"
_PASSES = f"{_CROSS}::the_rules_that_compare_fields_let_pass"
_CHECKS = "infisical/kubernetes_auth/attach_checks"

ROWS = (
    row("2.auth.identity", "a bearer is needed", f"{_CHECKS}::a_bad_token_goes_before_the_schema"),
    row(
        "2.auth.user",
        "a user's JWT is a token of the right kind",
        f"{_CHECKS}::a_user_is_no_member_which_is_asked_before_the_permission",
    ),
    row(
        "2.fields.kubernetesHost",
        "needed, text or null, trimmed, not empty, few characters, no default",
        f"{_NEEDED}[*-kubernetesHost]",
        f"{_TYPE}[*-kubernetesHost]",
        f"{_FIELDS}::a_host_that_is_missing_is_not_a_host_of_null",
        f"{_PASSES}[mode gateway, host null]",
        f"{_BOUND}[no host]",
        f"{_BOUND}[blank host]",
        f"{_BOUND}[host 'a b']",
        f"{_BOUND}[host 'a_b']",
        f"{_BOUND}[host 'user@host']",
        f"{_STORED}[host trimmed]",
        f"{_STORED}[host with a path]",
    ),
    row(
        "2.fields.caCert",
        "text, no null, trimmed, empty by default",
        f"{_TYPE}[*-caCert]",
        f"{_STORED}[CA trimmed]",
        f"{_STORED}[CA blank]",
        _DEFAULTS,
    ),
    row(
        "2.fields.verifyTlsCertificate",
        "a flag, worked out where it is not sent",
        f"{_TYPE}[*-verifyTlsCertificate]",
        f"{_FIELDS}::verification_is_as_sent_or_follows_the_ca",
    ),
    row(
        "2.fields.tokenReviewerJwt",
        "text, no null, trimmed, nothing by default",
        f"{_TYPE}[*-tokenReviewerJwt]",
        f"{_STORED}[reviewer JWT trimmed]",
        f"{_BODY}::the_reviewer_jwt_is_answered_if_it_was_sent[*-not sent]",
    ),
    row(
        "2.fields.tokenReviewMode",
        "one of two words, letter by letter, the first by default",
        f"{_TYPE}[*-tokenReviewMode]",
        f"{_BOUND}[mode in capitals]",
        f"{_BOUND}[mode untrimmed]",
        f"{_BOUND}[empty mode]",
        _DEFAULTS,
    ),
    *(
        row(
            f"2.fields.{name}",
            "needed, any text, empty too, not trimmed",
            f"{_NEEDED}[*-{name}]",
            f"{_TYPE}[*-{name}]",
            f"{_STORED}[{name} untrimmed]",
            f"{_STORED}[{name} empty]",
            f"{_STORED}[{name} blank]",
        )
        for name in ("allowedNamespaces", "allowedNames")
    ),
    row(
        "2.fields.allowedAudience",
        "any text, not trimmed, empty by default",
        f"{_TYPE}[*-allowedAudience]",
        f"{_STORED}[allowedAudience untrimmed]",
        f"{_STORED}[allowedAudience empty]",
        _DEFAULTS,
    ),
    row(
        "2.fields.gatewayId",
        "UUID or null, not trimmed",
        f"{_TYPE}[*-gatewayId]",
        f"{_BOUND}[empty gateway]",
        f"{_BOUND}[gateway untrimmed]",
        f"{_STORED}[gateway null]",
        f"{_STORED}[gateway in capitals]",
    ),
    row(
        "2.fields.gatewayPoolId",
        "UUID or null, not trimmed",
        f"{_TYPE}[*-gatewayPoolId]",
        f"{_BOUND}[pool by name]",
        f"{_BOUND}[pool untrimmed]",
        f"{_STORED}[pool null]",
        f"{_STORED}[pool in capitals]",
    ),
    row(
        "2.fields.accessTokenTrustedIps",
        "one object or more with a text, which is trimmed; everywhere by default",
        f"{_TYPE}[*-accessTokenTrustedIps]",
        f"{_BOUND}[no trusted IP]",
        f"{_BOUND}[trusted IP without address]",
        f"{_BOUND}[trusted IP null]",
        f"{_BOUND}[trusted IP as text]",
        f"{_STORED}[trusted IPs trimmed, in order, host bits kept]",
        _DEFAULTS,
    ),
    row(
        "2.fields.accessTokenTTL",
        "a whole number from 0 to ten years, thirty days by default",
        f"{_TYPE}[*-accessTokenTTL]",
        f"{_BOUND}[accessTokenTTL -1]",
        f"{_BOUND}[accessTokenTTL 1.5]",
        f"{_FIELDS}::issues_of_fields_stand_in_the_order_of_the_schema",
        f"{_STORED}[TTL 0]",
        f"{_PASSES}[both TTLs at their bound]",
        _DEFAULTS,
    ),
    row(
        "2.fields.accessTokenMaxTTL",
        "a whole number from 0 to ten years, thirty days by default",
        f"{_TYPE}[*-accessTokenMaxTTL]",
        f"{_BOUND}[max TTL past its bound]",
        f"{_BOUND}[accessTokenMaxTTL 1.5]",
        f"{_FIELDS}::a_max_ttl_out_of_bounds_is_below_the_ttl_too",
        f"{_STORED}[max TTL at its bound]",
        _DEFAULTS,
    ),
    row(
        "2.fields.accessTokenNumUsesLimit",
        "a whole number from 0 on, without end; 0 by default",
        f"{_TYPE}[*-accessTokenNumUsesLimit]",
        f"{_BOUND}[accessTokenNumUsesLimit -1]",
        f"{_BOUND}[accessTokenNumUsesLimit 1.5]",
        f"{_STORED}[many uses]",
        f"{_STORED}[uses of 63 bits]",
        _DEFAULTS,
    ),
    row("2.cross.1", "mode api has a host", f"{_COMPARED}[*-attach.host.needed]"),
    row(
        "2.cross.2",
        "mode gateway has a gateway or a pool",
        f"{_COMPARED}[*-mode.gateway-needed]",
        f"{_PASSES}[mode gateway, a pool]",
    ),
    row(
        "2.cross.3",
        "not a gateway and a pool",
        f"{_COMPARED}[*-gateway.both]",
        f"{_PASSES}[a gateway and no pool]",
        f"{_PASSES}[a pool and no gateway]",
    ),
    row("2.cross.4", "the TTL is not above its max", f"{_COMPARED}[*-attach.ttl.order]", f"{_PASSES}[TTL at max]"),
    row(
        "2.cross.4.no-exception",
        "a max of 0, and one below the default TTL, are refused as well",
        f"{_COMPARED}[*-attach.ttl.order]",
    ),
    row("2.cross.4.unlimited", "both 0, or a TTL of 0, pass", f"{_PASSES}[both TTLs 0]", f"{_PASSES}[TTL 0]"),
    row(
        "2.cross.5",
        "verification in mode api has a CA",
        f"{_COMPARED}[*-attach.tls.ca-required]",
        f"{_PASSES}[verification with a CA]",
        f"{_PASSES}[verification in mode gateway]",
    ),
    row(
        "2.cross.together",
        "one issue each, all in one answer, in this order",
        f"{_CROSS}::all_rules_that_compare_fields_stand_in_their_order",
        f"{_CROSS}::they_run_beside_bounds_and_formats",
    ),
    row(
        "2.cross.quiet",
        "they say nothing beside a wrong type",
        f"{_CROSS}::they_keep_quiet_beside_a_wrong_type_or_enum_value",
        f"{_CROSS}::they_keep_quiet_beside_a_missing_field",
    ),
)
