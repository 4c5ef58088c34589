"""What a recording says of its tenant, for which the player has placeholders: organization, host, gateway, names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.parity.recording.exchange import Seen
from mockserver.parity.scripts import at

_ORGANIZATIONS = ("identityDetails.organization.id", "identity.identity.orgId", "identity.orgId", "orgId")
_CREATES = ("createMachineIdentity", "createIdentityTemplate", "createSubOrganization")
_JUDGED = (400, 422, 500)
"""Statuses of requests that were perhaps rejected for the name."""
_ORDINARY = re.compile(r"[\w.-][\w. -]{0,62}[\w.-]")


def organization(steps: Sequence[Seen]) -> str:
    """Return the id of the organization, in small letters; an empty text if nothing tells it."""
    for step in steps:
        if step.worked:
            sent = step.sent.get("organizationId") if step.operation == "createMachineIdentity" else None
            found = [sent, *(at(step.answer, each) for each in _ORGANIZATIONS)]
            for each in found:
                if isinstance(each, str):
                    return each.lower()
    return ""


def hosts(steps: Sequence[Seen]) -> frozenset[str]:
    """Return the hosts of clusters that the tenant has taken."""
    return frozenset(
        each
        for step in steps
        if step.worked
        for each in (step.sent.get("kubernetesHost"), at(step.body, "templateFields.kubernetesHost"))
        if isinstance(each, str) and each
    )


def gateways(steps: Sequence[Seen]) -> frozenset[str]:
    """Return the gateways that the tenant has taken or listed, in small letters."""
    return frozenset(each.lower() for step in steps if step.worked for each in _gateways(step) if isinstance(each, str))


def _gateways(step: Seen) -> Iterator[Any]:
    yield step.sent.get("gatewayId")
    yield at(step.body, "templateFields.gatewayId")
    if step.operation == "listGateways" and isinstance(step.answer, list):
        yield from (at(each, "id") for each in step.answer)


def names(steps: Sequence[Seen]) -> Mapping[str, str]:
    """Return what stands for the names of things that the recording creates: names that the player can find again."""
    found: dict[str, str] = {}
    for step in steps:
        if step.operation in _CREATES and step.status not in _JUDGED:
            for name in (step.sent.get("name"), step.sent.get("slug")):
                if isinstance(name, str) and _ORDINARY.fullmatch(name):
                    found.setdefault(name, f"{{name}}-{len(found) + 1}" if found else "{name}")
    return found
