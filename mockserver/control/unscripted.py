"""The rules that no script of `infisical-mock parity` provokes in a tenant, each with the reason."""

from collections.abc import Mapping

_SIGNED = "It needs a token that only the tenant's own secret can sign."
_ROLE = "It needs a caller with a custom role: no operation of the document makes one."
_OLD = "It needs an organization of the old privilege system."
_ELSEWHERE = "It needs an identity or a caller of another organization, which a run leaves alone."
_CONTRACT = "Only profile contract has it: the service has no such rule."
_TEMPLATE = "No operation makes such a template: the service rejects it when it is created."
_RETIRED = "It needs a gateway of version 1, which the service has retired."
_CLUSTER = "It needs a cluster that answers in a way that a healthy one does not."
_PROJECT = "It needs an identity that a project manages: no operation of the document makes one."
_UNSTORED = "It needs a stored host that the service does not accept in the first place."
_OURS = "It is the mock's own: the service has no such rule."
_SOCKET = "It concerns the bytes of a connection, which proxies before a tenant answer themselves."


_REASONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        _OURS,
        (
            *("world.unknown", "token.expired-unauthorized"),
            *("mock.crowded", "mock.prefer", "mock.fault", "mock.response-contract", "mock.crash"),
            "proxy.unreachable",
        ),
    ),
    (
        _SIGNED,
        (
            *("token.not-active", "token.claims", "token.endless", "token.kind", "token.unknown-kind"),
            *("token.user-organization", "token.identities-only", "token.other-kind"),
        ),
    ),
    (
        _CONTRACT,
        (
            *("contract.unrecognized-keys", "column.integer", "universal-auth.column.integer"),
            *("client-secret.column.text", "client-secret.column.integer", "column.length", "column.nul"),
            *("attach.template.column", "update.template.column", "identity.column.length", "identity.column.nul"),
            *(
                "identity.search.page",
                "identity.memberships.offset",
                "token-auth.name.length",
                "token-auth.name.nul",
                "template.name.nul",
            ),
        ),
    ),
    (
        _ROLE,
        (
            *("attach.template.permission", "update.template.permission", "gateway.permission", "role.plan"),
            *("template.gateway.permission", "template.pool.permission"),
        ),
    ),
    (_OLD, ("boundary.edit-auth", "boundary.present-role", "boundary.delete")),
    (
        _ELSEWHERE,
        (
            "identity.home",
            "caller.member",
            "login.organization.member",
            "sub-organization.root",
            "sub-organization.member",
            "sub-organization.permission.edit",
            "sub-organization.permission.delete",
        ),
    ),
    (
        _TEMPLATE,
        tuple(
            f"{operation}.template.{each}"
            for operation in ("attach", "update")
            for each in ("settings", "private-host")
        ),
    ),
    (_RETIRED, ("attach.template.retired-gateway", "update.template.retired-gateway", "login.retired-gateway")),
    (
        _CLUSTER,
        (
            *("login.review.answered", "login.review.status", "login.review.authenticated"),
            *("login.username", "login.audience"),
        ),
    ),
    (
        _PROJECT,
        (
            *("identity.project", "identity.project-hidden", "project.member"),
            *(f"project.permission.{each}" for each in ("create", "edit", "edit-auth", "read", "revoke-auth")),
            *(f"project.permission.{each}" for each in ("create-token", "get-token", "delete-token")),
        ),
    ),
    (_UNSTORED, ("login.host.local", "login.host.scheme")),
    (_SOCKET, ("http.malformed", "http.slow-head", "body.incomplete", "body.unannounced")),
    (
        "It needs a gateway pool without a healthy gateway: no operation of the document makes one.",
        ("pool.healthy", "login.pool.healthy"),
    ),
    ("It needs a gateway that is removed while an identity uses it.", ("login.gateway.exists",)),
    (
        "It needs a membership that is removed or inactive: no operation of the document changes one.",
        ("token.membership",),
    ),
    ("A run stays below the limits of the tenant, and waits where it meets one.", ("rate-limit.exceeded",)),
    ("It needs an identity that administers the instance.", ("identity.instance-admin",)),
    ("It needs an organization that is full: a run would have to fill it.", ("identity.limit",)),
    ("It needs a template with a reviewer JWT that a cluster of the tenant accepts.", ("update.provenance",)),
    ("A token expires at the moment at which its budget is used up, and is rejected as expired.", ("renew.budget",)),
)

UNSCRIPTED: Mapping[str, str] = {rule: reason for reason, rules in _REASONS for rule in rules}
