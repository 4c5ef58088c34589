"""What the ids in the path of a request name."""

import re
from collections.abc import Mapping
from itertools import pairwise

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KINDS = {
    "identities": "identity",
    "client-secrets": "secret",
    "tokens": "token",
    "identity-templates": "template",
    "sub-organizations": "organization",
}
KINDS = {
    "identityId": "identity",
    "identityIds": "identity",
    "templateId": "template",
    "gatewayId": "gateway",
    "gatewayPoolId": "pool",
    "organizationId": "organization",
    "orgId": "organization",
    "clientId": "client",
}
"""What the ids in fields and parameters of these names are of."""


def of_path(path: str) -> Mapping[str, str]:
    """Return the ids in a path by what they are of."""
    segments = path.split("/")
    return {_KINDS[name]: segment for name, segment in pairwise(segments) if name in _KINDS and UUID.fullmatch(segment)}


def kind_of_segment(before: str) -> str:
    """Return what an id in a path is of; `before` is the segment before it."""
    return _KINDS.get(before, "")
