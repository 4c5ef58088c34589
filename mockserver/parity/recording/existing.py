"""What a recording works on that was there before it: scratch things of the same sort take its place (`given`)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.parity.recording import stored
from mockserver.parity.recording.exchange import Seen
from mockserver.parity.recording.origins import Origins
from mockserver.parity.recording.paths import UUID, of_path
from mockserver.parity.scripts import at

_METHODS = {"kubernetes-auth": "kubernetes", "universal-auth": "universal", "token-auth": "token"}
_TITLES = {"kubernetes": "Kubernetes Auth", "universal": "Universal Auth", "token": "Token Auth"}
_ATTACHED = "identityKubernetesAuth"
_KUBERNETES = ("kubernetes", "verified", "tunnelled")


class Existing:
    """The things that were there, and the scratch things that stand for them, named as they are first used."""

    def __init__(self, steps: Sequence[Seen], origins: Origins) -> None:
        self.given: list[str] = []
        self.notes: list[str] = []
        self._identities = _evidence(steps, origins)
        self._templates = _found((step, each) for step in steps for each in _templates(step))
        self._names: dict[tuple[str, str], str] = {}

    def identity(self, id: str) -> str | None:
        """Return the name of the scratch identity that stands for one; None if there was none."""
        found = self._identities.get(id.lower())
        if found is None:
            return None
        kind, *others = found.kinds() or ["bare"]
        is_new = (kind, id.lower()) not in self._names
        name = self.stand_in(kind, id.lower())
        if others and is_new:
            lacks = " and ".join(_TITLES[each] for each in others)
            self.notes.append(f"The identity that {name} stands for has {lacks} too; {name} has not.")
        return name

    def universal(self, id: str) -> str | None:
        """Return the number behind the placeholders of the scratch identity with Universal Auth that stands for one."""
        return self._suffix("universal", id)

    def token(self, id: str) -> str | None:
        """Return the number behind the placeholders of the scratch identity with Token Auth that stands for one."""
        return self._suffix("token", id)

    def template(self, id: str) -> str | None:
        """Return the name of the auth template that stands for one; None if there was none."""
        return self.stand_in("template", id.lower()) if id.lower() in self._templates else None

    def stand_in(self, kind: str, key: str) -> str:
        """Return the name of a scratch thing of a kind, the same for the same key."""
        if (kind, key) not in self._names:
            count = sum(each == kind for each, _ in self._names) + 1
            self._names[kind, key] = name = kind if count == 1 else f"{kind}{count}"
            self.given.append(name)
        return self._names[kind, key]

    def settings(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield for each scratch identity that has to be changed first the path of its record, and the settings."""
        for (kind, key), name in self._names.items():
            found = self._identities.get(key)
            method = "kubernetes" if kind in _KUBERNETES else kind
            if found is not None and method in _TITLES:
                differing = stored.differing(method, kind, found.settings.get(method, {}))
                if differing:
                    yield f"{stored.path(method)}{{{name}}}", differing

    def _suffix(self, kind: str, id: str) -> str | None:
        found = self._identities.get(id.lower())
        if found is not None and (found.kinds() or [""])[0] != kind:
            return None
        return self.stand_in(kind, id.lower()).removeprefix(kind)


class _Evidence:
    """What the responses tell of an identity."""

    def __init__(self) -> None:
        self.settings: dict[str, dict[str, Any]] = {}
        """Those of each auth method, as the first response shows them."""
        self._had: dict[str, bool] = {}
        self._perhaps: list[str] = []
        self._sort = ""

    def kinds(self) -> list[str]:
        """Return the scratch identities that have its auth methods, the one that stands for it first."""
        found = [each for each in _METHODS.values() if self._had.get(each)]
        found = found or [each for each in self._perhaps if each not in self._had][:1]
        return [self._sort if each == "kubernetes" and self._sort else each for each in found]

    def hear(self, step: Seen) -> None:
        """Take in a request about the identity, and its response."""
        methods = at(step.answer, "identity.identity.authMethods")
        if step.worked and isinstance(methods, list):
            for each, kind in _METHODS.items():
                self._had.setdefault(kind, each in methods)
        method = next((kind for name, kind in _METHODS.items() if f"/auth/{name}/" in step.path), None)
        if method is None or step.status == 404:
            return
        if step.operation.startswith("attach"):
            if step.worked:
                self._had.setdefault(method, False)
        elif step.worked:
            self._had.setdefault(method, True)
            if settings := stored.shown(step, method):
                self.settings.setdefault(method, settings)
            self._sort = self._sort or _sort(step)
        else:
            self._perhaps.append(method)


def _sort(step: Seen) -> str:
    """Return which scratch identity has a record most like the one in the response."""
    record = at(step.answer, _ATTACHED)
    if not isinstance(record, Mapping):
        return ""
    left: dict[str, Any] = {key: each for key, each in record.items() if key not in step.sent}
    if left.get("templateId"):
        return "linked"
    if left.get("tokenReviewMode") == "gateway" and left.get("gatewayId"):
        return "tunnelled"
    return "verified" if left.get("verifyTlsCertificate") and left.get("caCert") else "kubernetes"


def _evidence(steps: Sequence[Seen], origins: Origins) -> Mapping[str, _Evidence]:
    found: dict[str, _Evidence] = defaultdict(_Evidence)
    named = [
        (step, each.lower())
        for number, step in enumerate(steps)
        for each in _identities(step)
        if UUID.fullmatch(each) and origins.of(each, number) is None
    ]
    for step, each in named:
        found[each].hear(step)
    return {each: found[each] for each in _found(named)}


def _found(named: Iterable[tuple[Seen, str]]) -> set[str]:
    """Return the ids of what was there: those of a request that worked, and those that no response calls unknown."""
    statuses: dict[str, set[int]] = defaultdict(set)
    for step, each in named:
        statuses[each].add(step.status)
    return {each for each, heard in statuses.items() if min(heard) < 300 or 404 not in heard}


def _identities(step: Seen) -> Iterator[str]:
    yield from [each for kind, each in of_path(step.path).items() if kind == "identity"]
    if isinstance(step.sent.get("identityId"), str) and step.operation.startswith("loginWith"):
        yield step.sent["identityId"]
    listed = step.sent.get("identityIds")
    yield from (each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()


def _templates(step: Seen) -> Iterator[str]:
    named = (of_path(step.path).get("template"), step.sent.get("templateId"))
    yield from (each.lower() for each in named if isinstance(each, str))
