"""Rules of the operation that lists client secrets, in the service's order (behaviour 9)."""

from collections.abc import Iterable
from operator import attrgetter

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.universal_auth.record import ClientSecret, UniversalAuth, secret_view
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook
from mockserver.steps import LongList, Steps, batched, in_order

LIST_CLIENT_SECRETS: Rulebook[MethodRequest[UniversalAuth]] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.not_attached,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("get-token"),
    preconditions.permission("read"),
    preconditions.boundary("get-token"),
)


def usable(secrets: Iterable[ClientSecret], record_id: str) -> Steps[LongList]:
    """Return the client secrets of a record that are not revoked, oldest first; the service guarantees no order."""
    found: list[ClientSecret] = []
    for batch in batched(secrets):
        found += [each for each in batch if not each.revoked]
        yield
    ordered = yield from in_order(found, attrgetter("created_at", "id"))
    return LongList("clientSecretData", batched(secret_view(each, record_id) for each in ordered), {})
