"""Where the ids, tokens and secrets of a recording come from: the response that has them first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mockserver.parity.recording.exchange import Seen
from mockserver.parity.recording.paths import of_path
from mockserver.parity.recording.secrets import Secret, Secrets
from mockserver.parity.scripts import at

LOGINS = {"loginWithKubernetesAuth", "loginWithUniversalAuth"}
RENEW, REVOKE = "renewIdentityAccessToken", "revokeIdentityAccessToken"
_CLIENT = {"identityUniversalAuth.clientId": "client"}
_TOKEN = {"accessToken": "accessToken"}
_MADE: Mapping[str, Mapping[str, str]] = {
    "createMachineIdentity": {"identity.id": "identity"},
    "createIdentityTemplate": {"id": "authTemplate"},
    "createSubOrganization": {"organization.id": "subOrganization"},
    "attachUniversalAuth": _CLIENT,
    "getUniversalAuth": _CLIENT,
    "updateUniversalAuth": _CLIENT,
    "createUniversalAuthClientSecret": {"clientSecretData.id": "secretId", "clientSecret": "secret"},
    "createTokenAuthToken": {"tokenData.id": "tokenId", **_TOKEN},
    "loginWithKubernetesAuth": _TOKEN,
    "loginWithUniversalAuth": _TOKEN,
    RENEW: _TOKEN,
}
"""Operations, the paths of values in their responses, and how the placeholders of these values are called."""

Key = str | int
"""An id in small letters, or the number of a secret."""


class Origin(NamedTuple):
    """The step whose response has a value first, the value's path there, and the name of its placeholder."""

    step: int
    path: str
    name: str


class Origins:
    """The values that a recording can save from its own responses, and the identities that tokens belong to."""

    def __init__(self, steps: Sequence[Seen], secrets: Secrets) -> None:
        self._secrets = secrets
        self._steps = steps
        self._found: dict[Key, Origin] = {}
        self._identities: dict[int, str] = {}
        self._clients: dict[str, str] = {}
        used: dict[str, int] = {}
        for number, step in enumerate(steps):
            for path, value in _new(step):
                key = key_of(value)
                base = _MADE[step.operation][path]
                if key not in self._found:
                    used[base] = count = used.get(base, 0) + 1
                    self._found[key] = Origin(number, path, base if count == 1 else f"{base}{count}")
            self._note(step)

    def of(self, value: str | Secret, before: int) -> Origin | None:
        """Return where a value comes from that a step before this one has in its response."""
        found = self._found.get(key_of(value))
        return found if found is not None and found.step < before else None

    def is_made(self, identity: str) -> bool:
        """Whether the recording creates the identity."""
        found = self._found.get(identity.lower())
        return found is not None and found.name.startswith("identity")

    def owner(self, token: Secret) -> str:
        """Return the identity that a token is of; an empty text if nothing tells it."""
        return self._identities.get(token.number) or self._secrets.identities.get(token.number, "")

    def client_owner(self, client: str) -> str:
        """Return the identity that a client id is of; an empty text if nothing tells it."""
        return self._clients.get(client.lower(), "")

    def _note(self, step: Seen) -> None:
        """Keep to whom tokens and client ids belong, as far as the step tells it."""
        if not step.worked:
            return
        identity = str(of_path(step.path).get("identity") or step.sent.get("identityId") or "").lower()
        client = step.sent.get("clientId") or at(step.answer, "identityUniversalAuth.clientId")
        token = at(step.answer, "accessToken")
        if step.operation == RENEW and isinstance(step.sent.get("accessToken"), Secret):
            identity = self.owner(step.sent["accessToken"])
        if isinstance(client, str):
            told = self._secrets.identities.get(token.number, "") if isinstance(token, Secret) else ""
            identity = identity or self._clients.get(client.lower(), "") or told
            if identity:
                self._clients.setdefault(client.lower(), identity)
        if isinstance(token, Secret) and identity:
            self._identities.setdefault(token.number, identity)


def _new(step: Seen) -> Iterator[tuple[str, str | Secret]]:
    for path in _MADE.get(step.operation, {}) if step.worked else ():
        value = at(step.answer, path)
        if isinstance(value, str | Secret) and value:
            yield path, value


def key_of(value: str | Secret) -> Key:
    """Return what tells a value from others."""
    return value.number if isinstance(value, Secret) else value.lower()
