"""Secrets of a recording: each is replaced by a number before anything is kept, and recognised by its digest."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mockserver import masking

_JWT = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*")
_OPEN = frozenset(
    (
        *("clientSecretTrustedIps", "clientSecretData", "clientSecretId", "clientSecretTTL"),
        *("clientSecretNumUses", "clientSecretNumUsesLimit", "isTokenReviewerJwtTemplateSourced"),
    )
)
"""Fields that are named like a secret, and hold none."""


class Secret(NamedTuple):
    """Stands for a secret: the same number for the same text. `form` is what it looks like."""

    number: int
    form: Literal["jwt", "service token", "text"]


class Secrets:
    """The secrets of a recording. `identities` maps the numbers of access tokens to the identity that they name."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self.identities: dict[int, str] = {}

    def secret(self, text: str) -> Secret:
        """Return what stands for the text."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        number = self._numbers.setdefault(digest, len(self._numbers))
        if not _JWT.fullmatch(text):
            return Secret(number, "service token" if text.startswith("st.") else "text")
        identity = _claims(text).get("identityId")
        if isinstance(identity, str):
            self.identities[number] = identity.lower()
        return Secret(number, "jwt")

    def taken_out(self, value: Any, name: str = "") -> Any:
        """Return a JSON value with its secrets replaced. `name` is that of the field."""
        if isinstance(value, Mapping):
            inherits = name not in _OPEN and masking.is_secret_name(name)
            return {masking.text(key): self.taken_out(each, name if inherits else key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.taken_out(each, name) for each in value]
        is_secret = name not in _OPEN and masking.is_secret_name(name)
        if isinstance(value, str) and value and (is_secret or masking.text(value) != value):
            return self.secret(value)
        return 0 if is_secret and type(value) in (int, float) else value


def _claims(token: str) -> Mapping[str, Any]:
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, Mapping) else {}
