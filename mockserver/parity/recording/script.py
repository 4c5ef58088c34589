"""A recording as a script of `infisical-mock parity`, and the script as YAML."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from mockserver.infisical.access_tokens.credentials import ADDRESS_HEADERS
from mockserver.parity.comparison import JSON, Answer, normalised
from mockserver.parity.look import KUBERNETES
from mockserver.parity.recording.exchange import Seen
from mockserver.parity.recording.existing import Existing
from mockserver.parity.recording.origins import RENEW, Origins
from mockserver.parity.recording.secrets import Secret, Secrets
from mockserver.parity.recording.tokens import OTHERS, Senders
from mockserver.parity.recording.values import Values
from mockserver.parity.scripts import CALLER, MOST_SECONDS
from mockserver.rules.rule import ACCEPTED

_SHOWN = 2000
_LEAST_WAIT = 500
_VARIES = {
    RENEW: ("expiresIn",),
    "listGateways": ("0.connectedResourcesCount",),
    "countMachineIdentitiesV2": ("counts",),
    "getInstanceStatus": (
        *("date", "emailConfigured", "inviteOnlySignup", "redisConfigured", "secretScanningConfigured"),
        *("auditLogStorageDisabled", "maxIdentityAccessTokenTTL"),
    ),
}
"""Fields of responses that differ between any two tenants; the scripts of the package leave them out too."""
_MASKED = "Bodies that are no JSON, and have a secret, are sent without it."
_OPENED = "Before a login, an identity from before the recording is opened to all service accounts."
_LATE = f"A token had expired after more than {MOST_SECONDS} seconds: the script waits no longer than that."
_SEVERAL = "The recording names {} hosts: all are played as one."


class Recording(NamedTuple):
    """Exchanges in their order. `head` says where they are from; `left_out` counts those that are not among them."""

    head: str
    steps: Sequence[Seen]
    secrets: Secrets
    left_out: Mapping[str, int] = {}


Texts = dict[int, tuple[dict[str, Any], str]]
"""Steps of the script by their number, each with its YAML text."""


def written(recording: Recording, texts: Texts | None = None) -> str:
    """Return the YAML text of the script. Without a step, only its head as a comment.

    `texts` keeps the texts of steps for the next time: most steps stay as they are when others follow.
    """
    if not recording.steps:
        lines = (recording.head, "Nothing has been recorded yet.", *_missing(recording))
        return "".join(f"# {line}\n" for line in lines)
    found = document(recording)
    steps, kept = found.pop("steps"), {} if texts is None else texts
    for number, step in enumerate(steps):
        if number not in kept or kept[number][0] != step:
            kept[number] = (step, _dumped([step]))
    return f"{_dumped(found)}steps:\n{''.join(kept[number][1] for number in range(len(steps)))}"


def _dumped(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def document(recording: Recording) -> dict[str, Any]:
    """Return the script of a recording that has steps."""
    steps = recording.steps
    origins = Origins(steps, recording.secrets)
    existing = Existing(steps, origins)
    builder = _Builder(steps, origins, existing)
    built = [builder.step(number) for number in range(len(steps))]
    for number, each in enumerate(built):
        if number in builder.values.saves:
            each["save"] = builder.values.saves[number]
        each["answered"] = builder.answered(number)
    notes = [*builder.notes(), *existing.notes]
    found: dict[str, Any] = {"description": _Block(_description(recording, notes)), "rule": ACCEPTED}
    if builder.values.needs:
        found["needs"] = list(builder.values.needs)
    if existing.given:
        found["given"] = existing.given
    first = [
        {"request": f"PATCH {path}", "body": builder.values.value(settings, "", 0)}
        for path, settings in existing.settings()
    ]
    steps_of = [first] + [[*builder.before.get(number, ()), each] for number, each in enumerate(built)]
    return {**found, "steps": [_ordered(each) for group in steps_of for each in group]}


class _Builder:
    """Makes the steps of a script, one after the other."""

    def __init__(self, steps: Sequence[Seen], origins: Origins, existing: Existing) -> None:
        self._steps = steps
        self._origins = origins
        self._existing = existing
        self._senders = Senders(steps, origins, existing)
        self._opened: set[str] = set()
        self.before: dict[int, list[dict[str, Any]]] = {}
        """Steps that have to come before one of the recording."""
        self.values = Values(steps, origins, existing)

    def step(self, number: int) -> dict[str, Any]:
        """Return a step without what later steps want from it."""
        seen = self._steps[number]
        self._needs(seen)
        self._open(number)
        made: dict[str, Any] = {"request": f"{seen.method} {self.values.path(number)}"}
        if seen.has_body:
            made["body"] = self.values.value(seen.body, "", number)
        elif seen.form is not None:
            made["text"] = self.values.form(number)
        elif seen.text is not None:
            made["text"] = self.values.text(seen.text, "", number)
        headers = {name.title(): self.values.text(value, "", number) for name, value in seen.headers.items()}
        sender = self._senders.of(number)
        if isinstance(seen.token, str):
            headers["Authorization"] = seen.token
        if sender.token != CALLER:
            made["token"] = sender.token
        if sender.origin is not None:
            self.values.saved(sender.origin)
        if headers:
            made["headers"] = headers
        if seen.charset != "utf-8":
            made["charset"] = seen.charset
        if seen.chunked:
            made["chunked"] = True
        if seen.operation in _VARIES and seen.worked:
            made["varies"] = list(_VARIES[seen.operation])
        if (wait := self._wait(number)) > 0:
            made["wait"] = wait
        self.values.notes.update({sender.note: None} if sender.note else {})
        self.values.notes.update({_MASKED: None} if seen.masked else {})
        return made

    def answered(self, number: int) -> dict[str, Any]:
        """Return the outcome of a step, with the body where it is short."""
        seen = self._steps[number]
        found: dict[str, Any] = {"status": seen.status}
        if seen.error is not None:
            found["error"] = seen.error
        if seen.answer is not None and seen.media_type == JSON:
            body = normalised(Answer(seen.status, self.values.answer(seen.answer), JSON), {}).body
            if len(json.dumps(body)) <= _SHOWN:
                found["body"] = body
        return found

    def notes(self) -> list[str]:
        """Return why the script is not the recording."""
        found = list(self.values.notes)
        if len(self._senders.callers) > 1:
            found.append(OTHERS.format(len(self._senders.callers)))
        if len(self.values.hosts) > 1:
            found.append(_SEVERAL.format(len(self.values.hosts)))
        return found

    def _needs(self, seen: Seen) -> None:
        if "IdentityTemplate" in seen.operation:
            self.values.needs["templates" if seen.worked else "template-operations"] = None
        if any(name in ADDRESS_HEADERS for name in seen.headers):
            self.values.needs["client-address"] = None
        if "SubOrganization" in seen.operation and seen.worked:
            self.values.needs["sub-organizations"] = None

    def _open(self, number: int) -> None:
        """Let any service account log in to an identity that was there: nobody knows which one the player has."""
        seen = self._steps[number]
        identity = seen.sent.get("identityId")
        if seen.operation != "loginWithKubernetesAuth" or not seen.worked or not isinstance(identity, str):
            return
        name = None if self._origins.of(identity, number) else self._existing.identity(identity)
        if name is not None and name not in self._opened:
            self._opened.add(name)
            body = {"allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
            self.before[number] = [{"request": f"PATCH {KUBERNETES}{{{name}}}", "body": body}]
            self.values.notes[_OPENED] = None

    def _wait(self, number: int) -> int:
        """Return how long a step has to wait so that its token has expired, in seconds."""
        seen = self._steps[number]
        if not isinstance(seen.token, Secret) or (seen.status != 401 and seen.error != "TokenError"):
            return 0
        origin = self._origins.of(seen.token, number)
        passed = seen.at - self._steps[number - 1].at if number else 0
        if origin is None or passed < _LEAST_WAIT:
            return 0
        if passed > MOST_SECONDS * 1000:
            self.values.notes[_LATE] = None
        return min(math.ceil(passed / 1000), MOST_SECONDS)


_ORDER = ("request", "body", "text", "token", "headers", "charset", "chunked", "wait", "save", "varies", "answered")


def _ordered(step: dict[str, Any]) -> dict[str, Any]:
    return {key: step[key] for key in _ORDER if key in step}


def _description(recording: Recording, notes: Sequence[str]) -> str:
    missing = _missing(recording)
    lines = [recording.head]
    if notes:
        lines += ["It cannot be played exactly as it was recorded:", *(f"- {each}" for each in notes)]
    return "\n".join([*lines, *missing]) + "\n"


def _missing(recording: Recording) -> list[str]:
    if not recording.left_out:
        return []
    return ["Left out:", *(f"- {count} {reason}" for reason, count in Counter(recording.left_out).most_common())]


class _Block(str):
    """A text that is written in lines."""


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


_Dumper: Any = type(
    "_Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {"ignore_aliases": lambda _self, _data: True}
)
"""Writes texts in quotes wherever a reader of YAML could take them for something else."""


def _text(dumper: Any, text: str) -> Any:
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


def _block(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Block, _block)
