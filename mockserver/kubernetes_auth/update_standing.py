"""Who and what an update is about: identity, attachment, lifetimes, caller, trusted IPs (rows 9 to 16, 23)."""

from mockserver.absent import ABSENT, Absent
from mockserver.javascript import is_uuid
from mockserver.kubernetes_auth.attempt import UpdateAttempt
from mockserver.kubernetes_auth.sources import decision_list
from mockserver.rules import Answer, Finding, both, parted, rule
from mockserver.trusted_ips import EVERYWHERE_TEXTS, trusted_ip

BAD_REQUEST = both(400, "BadRequest")
NOT_FOUND = both(404, "NotFound")
DENIED = both(403, "PermissionDenied")


@rule(
    "update.identity.uuid",
    "`identityId` is a UUID; the running service hands anything to its database and fails.",
    decision_list(9),
    parted(contract=Answer(404, "NotFound"), live=Answer(500, "MembershipGetByIdentityId")),
)
def identity_uuid(attempt: UpdateAttempt) -> Finding | None:
    if attempt.stored is not None or is_uuid(attempt.identity_id):
        return None
    return Finding(f"Identity with ID '{attempt.identity_id}' not found: an identity's ID is a UUID")


@rule("update.identity.unknown", "The identity belongs to the caller's organization.", decision_list(10), NOT_FOUND)
def identity_unknown(attempt: UpdateAttempt) -> Finding | None:
    if attempt.facts.identity_known:
        return None
    return Finding(f"Identity with ID '{attempt.identity_id}' not found in the caller's organization")


@rule(
    "update.identity.home",
    "The caller's organization is the identity's home.",
    decision_list(11),
    both(403, "ForbiddenError"),
)
def identity_home(attempt: UpdateAttempt) -> Finding | None:
    if attempt.facts.identity_at_home:
        return None
    return Finding("The identity belongs to another organization: sub-organization not authorized to change it")


@rule(
    "update.not-attached",
    "Kubernetes Auth is attached to the identity (400 here, where GET answers 404).",
    decision_list(12),
    BAD_REQUEST,
)
def not_attached(attempt: UpdateAttempt) -> Finding | None:
    return None if attempt.stored is not None else Finding("Failed to update: the identity has no Kubernetes Auth")


@rule(
    "update.ttl.stored-max",
    "The TTL is not above the max TTL; the stored max stands in for whichever is not sent, or sent as 0.",
    decision_list(13),
    BAD_REQUEST,
    about=("accessTokenTTL", "accessTokenMaxTTL"),
)
def ttl_stored_max(attempt: UpdateAttempt) -> Finding | None:
    stored_max, sent = attempt.record.stored.access_token_max_ttl, attempt.sent
    # The stored *max*, never the stored TTL, stands in for a TTL that is not sent: a quirk (issue 7516).
    limit = _sent_or_zero(sent.access_token_max_ttl) or stored_max
    candidate = _sent_or_zero(sent.access_token_ttl) or stored_max
    if limit > 0 and candidate > limit:
        return Finding(f"Access token TTL ({candidate}) must not be greater than its max TTL ({limit})")
    return None


def _sent_or_zero(value: float | Absent) -> int:
    return 0 if value is ABSENT else int(value)


@rule(
    "update.caller.member",
    "The caller is a member of the organization.",
    decision_list(14),
    both(403, "You are not member of this organization"),
)
def caller_member(attempt: UpdateAttempt) -> Finding | None:
    return None if attempt.facts.caller_is_member else Finding("The caller is not a member of the organization")


@rule("update.caller.permission", "The caller holds `edit-auth` on `identity`.", decision_list(15), DENIED)
def caller_permission(attempt: UpdateAttempt) -> Finding | None:
    return permission(attempt, "edit-auth", "identity")


def permission(attempt: UpdateAttempt, action: str, subject: str) -> Finding | None:
    """A finding unless the caller's role holds `action` on `subject`."""
    if attempt.facts.caller_may(action, subject):
        return None
    # `details` lists the caller's rules for the pair. No role here has inverted ones, so a refused caller has none.
    return Finding(f"The caller is not allowed to {action} on {subject}", details=[])


@rule(
    "update.trusted-ips.plan",
    "Without `ipAllowlisting` in the plan only the texts `0.0.0.0/0` and `::/0` can be trusted.",
    decision_list(16),
    BAD_REQUEST,
    about=("accessTokenTrustedIps",),
)
def trusted_ips_plan(attempt: UpdateAttempt) -> Finding | None:
    texts = attempt.sent.access_token_trusted_ips
    if texts is ABSENT or attempt.facts.plan_has("ipAllowlisting") or EVERYWHERE_TEXTS.issuperset(texts):
        return None
    return Finding("The plan has no IP allowlisting: without an upgrade only 0.0.0.0/0 and ::/0 can be trusted")


@rule(
    "update.trusted-ips.valid",
    "Each trusted IP is an address or a CIDR block.",
    decision_list(16),
    BAD_REQUEST,
    about=("accessTokenTrustedIps",),
)
def trusted_ips_valid(attempt: UpdateAttempt) -> Finding | None:
    texts = attempt.sent.access_token_trusted_ips
    if texts is not ABSENT:
        for text in texts:
            if trusted_ip(text) is None:
                return Finding(f"'{text}' is not a valid IPv4 or IPv6 address or CIDR block")
    return None


@rule(
    "update.identity.instance-admin",
    "An instance-admin identity is changed by super admins only.",
    decision_list(23),
    both(403, "ForbiddenError"),
)
def instance_admin(attempt: UpdateAttempt) -> Finding | None:
    if not attempt.facts.identity_is_instance_admin or attempt.facts.caller_is_super_admin:
        return None
    return Finding("Changing an instance-admin identity needs elevated privileges")
