"""The operation that lists gateways: its rules, and a gateway's JSON representation."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.clock import iso
from mockserver.infisical import preconditions
from mockserver.infisical.clusters.cluster import Gateway
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Rulebook


@dataclass(slots=True)
class ListRequest:
    """A request for the gateways of the caller's organization."""

    facts: CallerFacts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


LIST_GATEWAYS: Rulebook[ListRequest] = Rulebook(
    *CONTRACT_RULES,
    preconditions.caller_member,
    preconditions.permission("list-gateways", "gateway"),
)


def view(gateway: Gateway, now: int, connected: int) -> dict[str, object]:
    """Return a gateway as in the response at `now` (milliseconds). `connected` is the number of records that use it.

    The heartbeat of a healthy gateway is `now`.
    """
    return {
        "id": gateway.id,
        "identityId": None,
        "name": gateway.name,
        "createdAt": iso(gateway.created_at),
        "updatedAt": iso(gateway.created_at),
        "heartbeat": iso(now) if gateway.healthy else None,
        "lastHealthCheckStatus": "healthy" if gateway.healthy else "failed",
        "identity": None,
        "connectedResourcesCount": connected,
        "enrollmentTokenStatus": None,
    }


def of_organization(gateways: Iterable[Gateway], organization_id: str) -> list[Gateway]:
    """Return the organization's gateways without retired ones, sorted by name."""
    found = (each for each in gateways if each.organization_id == organization_id and not each.retired)
    return sorted(found, key=lambda each: (each.name, each.id))
