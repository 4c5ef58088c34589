"""Values of a recording's requests as a script has them: with placeholders for what belongs to one tenant."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from mockserver.parity.recording import tenant
from mockserver.parity.recording.exchange import Seen
from mockserver.parity.recording.existing import Existing
from mockserver.parity.recording.origins import RENEW, REVOKE, Origin, Origins
from mockserver.parity.recording.paths import KINDS, UUID, kind_of_segment, of_path
from mockserver.parity.recording.secrets import Secret
from mockserver.parity.recording.texts import escaped
from mockserver.parity.recording.tokens import useless
from mockserver.parity.world import REFUSED_REVIEWER

UNKNOWN, ORGANIZATION, HOST, GATEWAY, JWT = "{unknown}", "{organization}", "{host}", "{gateway}", "{loginJwt}"
NOWHERE = "HTTPS://infisical-mock-parity.invalid"
"""A host that nobody reaches, as the service looks for one that is called `HTTPS`."""
_NAMING = frozenset(("name", "slug", "search", "$eq", "$contains"))
ELSEWHERE = "Ids that the recording does not explain are sent as the id of nothing."
SECRETS = "Secrets that the recording does not explain are sent as a text that is none."
OUT_OF_REACH = "Hosts that the tenant did not reach are played as one that nobody reaches."
REVIEWER = "The JWT of --login-jwt is sent in place of the token reviewer JWT."


class Values:
    """The values of a recording, and what they need: `needs`, `notes`, and for each step what it has to save."""

    def __init__(self, steps: Sequence[Seen], origins: Origins, existing: Existing) -> None:
        self._steps = steps
        self._origins = origins
        self._existing = existing
        self._organization = tenant.organization(steps)
        self.hosts = tenant.hosts(steps)
        self._gateways = tenant.gateways(steps)
        self._good = {each for step in steps if step.worked for each in step.sent.values() if isinstance(each, Secret)}
        self._clients = {str(step.sent.get("clientId")).lower() for step in steps if step.worked}
        self.names = tenant.names(steps)
        self.needs: dict[str, None] = {}
        self.notes: dict[str, None] = {}
        self.saves: dict[int, dict[str, str]] = defaultdict(dict)
        self.shown: dict[str, str] = {self._organization: ORGANIZATION} if self._organization else {}
        """Ids, in small letters, and the placeholders that stand for them."""

    def path(self, number: int) -> str:
        """Return the path and query of a step."""
        step = self._steps[number]
        before, segments = "", []
        for each in step.path.split("/"):
            segments.append(self.text(each, kind_of_segment(before), number))
            before = each
        pairs = [each.partition("=") for each in step.query.split("&")] if step.query else []
        query = [f"{escaped(name)}{sign}{self._field(value, name, number)}" for name, sign, value in pairs]
        return "/".join(segments) + (f"?{'&'.join(query)}" if query else "")

    def form(self, number: int) -> str:
        """Return the body of a step that sends a form."""
        pairs = self._steps[number].form or ()
        values = [(name, self.value(value, name, number)) for name, value in pairs]
        return "&".join(f"{quote(name)}={value if '{' in value else quote(value)}" for name, value in values)

    def value(self, value: Any, name: str, number: int) -> Any:
        """Return a JSON value. `name` is that of the field."""
        if isinstance(value, Secret):
            return self._secret(value, name, number)
        if isinstance(value, dict):
            return {self.text(key, "", number): self.value(each, key, number) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, name, number) for each in value]
        return self._field(value, name, number) if isinstance(value, str) else value

    def _field(self, text: str, name: str, number: int) -> str:
        if name == "kubernetesHost" and text in self.hosts:
            self.needs["cluster"] = None
            return HOST
        if name == "kubernetesHost" and (self._steps[number].error or "").startswith("KubernetesHostConnection"):
            self.notes[OUT_OF_REACH] = None
            return NOWHERE
        if name in _NAMING and text in self.names:
            return self.names[text]
        return self.text(text, KINDS.get(name, ""), number)

    def text(self, text: str, kind: str, number: int) -> str:
        """Return a text with placeholders for its ids. `kind` says what an id is of that is the whole text."""
        if UUID.fullmatch(text):
            return self._named(text, kind, number)
        return UUID.sub(lambda found: self._named(found[0], "", number), escaped(text))

    def answer(self, value: Any, name: str = "") -> Any:
        """Return the JSON value of a response, for reading."""
        if isinstance(value, Secret):
            return "(secret)"
        if isinstance(value, dict):
            return {key: self.answer(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.answer(each, name) for each in value]
        if isinstance(value, str):
            value = HOST if value in self.hosts else self.names.get(value, value) if name == "name" else value
            return UUID.sub(lambda found: self.shown.get(found[0].lower(), "(id)"), value)
        return value

    def saved(self, origin: Origin) -> str:
        """Return the placeholder of a value, and have its step save it."""
        self.saves[origin.step][origin.name] = origin.path
        return f"{{{origin.name}}}"

    def _named(self, id: str, kind: str, number: int) -> str:
        found = self._placeholder(id, kind, number)
        if found != UNKNOWN:
            self.shown[id.lower()] = found
        return found

    def _placeholder(self, id: str, kind: str, number: int) -> str:
        step, existing = self._steps[number], self._existing
        origin = self._origins.of(id, number)
        if origin is not None:
            return self.saved(origin)
        if id.lower() == self._organization or (kind == "organization" and not self._organization):
            return ORGANIZATION
        if id.lower() in self._gateways:
            self.needs["gateway"] = None
            return GATEWAY
        name: str | None = None
        match kind:
            case "identity":
                name = existing.identity(id)
            case "template":
                name = existing.template(id)
            case "client":
                name = self._of_universal("clientId", self._client(id))
            case "secret" if step.status != 404:
                owner = of_path(step.path).get("identity", "")
                is_made = self._origins.is_made(owner)
                name = None if is_made else self._of_universal("clientSecretId", existing.universal(owner))
            case "token" if step.status != 404:
                name = f"issuedId{existing.stand_in('token', id.lower()).removeprefix('token')}"
        if name is None and step.worked:
            self.notes[ELSEWHERE] = None
        return UNKNOWN if name is None else f"{{{name}}}"

    def _of_universal(self, name: str, suffix: str | None) -> str | None:
        return None if suffix is None else f"{name}{suffix}"

    def _client(self, id: str) -> str | None:
        """Return the number of the scratch identity that has taken the place of the one with this client id."""
        owner = self._origins.client_owner(id)
        if owner:
            return self._existing.universal(owner)
        if id.lower() not in self._clients:
            return None
        return self._existing.stand_in("universal", id.lower()).removeprefix("universal")

    def _secret(self, secret: Secret, name: str, number: int) -> str:
        step = self._steps[number]
        origin = self._origins.of(secret, number)
        if origin is not None:
            return self.saved(origin)
        if name == "clientSecret" and secret in self._good:
            suffix = self._client(str(step.sent.get("clientId")))
            return useless(secret) if suffix is None else f"{{clientSecret{suffix}}}"
        if name == "accessToken" and step.operation in (RENEW, REVOKE) and step.worked:
            return f"{{issued{self._existing.stand_in('token', f'#{secret.number}').removeprefix('token')}}}"
        is_reviewer = name == "tokenReviewerJwt"
        if (is_reviewer and step.worked) or (name == "jwt" and step.status in (200, 403)):
            self.needs["login-jwt"] = None
            self.notes.update({REVIEWER: None} if is_reviewer else {})
            return JWT
        if step.worked:
            self.notes[SECRETS] = None
        return REFUSED_REVIEWER if is_reviewer else useless(secret)
