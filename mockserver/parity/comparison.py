"""Compares two answers to the same request, after ids, times, tokens and message texts are normalised.

What remains is what a client can rely on: status, `error`, the fields of the body with their types and values, and
the issues of a 422 with their codes and paths.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, NamedTuple

ABSENT = "(absent)"
"""Stands in a report for a field that one of the answers does not have."""
NO_ANSWER = 0
"""The status of an answer that did not come; the body says why."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_SECRET = re.compile(r"[0-9a-f]{64}")
_REQUEST_ID = re.compile(r"req-\w+")
_NAMED = {"accessToken": "(token)", "clientSecret": "(secret)", "clientSecretPrefix": "(secret)", "message": "(text)"}
"""What stands for the text of a field of that name."""
_LISTS = frozenset(("identities", "templates", "gateways", "organizations"))
"""Lists that hold what others have made too."""
_SAME_CODES = {
    "invalid_string": "invalid_format",
    "invalid_enum_value": "invalid_type",
    "invalid_value": "invalid_type",
}
"""Codes of issues that the generations of the service's schema library use for the same violation."""


class Answer(NamedTuple):
    """A response. `body` is its JSON value, or its text; `rule` is the rule behind the answer of a mock.

    `retry_after` is the header of that name.
    """

    status: int
    body: Any = None
    media_type: str = ""
    rule: str = ""
    retry_after: str = ""

    @property
    def error(self) -> Any:
        """The `error` of the body; ABSENT if it has none."""
        return self.body.get("error", ABSENT) if isinstance(self.body, dict) else ABSENT

    @property
    def issues(self) -> list[dict[str, Any]] | None:
        """The issues of a 422; None if the answer lists none."""
        found = self.body.get("message") if isinstance(self.body, dict) else None
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            return None
        return found


class Difference(NamedTuple):
    """A field in which two answers differ, with its value in each.

    `kind` says what sort of field: the outcome (status, `error`, which issues), the shape of the issues, or a field of
    a body whose outcome is the same.
    """

    field: str
    tenant: Any
    mock: Any
    kind: Literal["outcome", "issues", "body"]


def differences(tenant: Answer, mock: Answer, varies: Collection[str] = ()) -> list[Difference]:
    """Return the fields in which two normalised answers differ; after another status or `error`, that one alone."""
    if tenant.status != mock.status:
        return [Difference("status", tenant.status or tenant.body, mock.status or mock.body, "outcome")]
    if tenant.media_type != mock.media_type:
        return [Difference("content-type", tenant.media_type, mock.media_type, "outcome")]
    if tenant.media_type != JSON:
        return []
    if tenant.error != mock.error:
        return [Difference("error", tenant.error, mock.error, "outcome")]
    theirs, ours = tenant.issues, mock.issues
    if theirs is not None and ours is not None and list(map(_place, theirs)) != list(map(_place, ours)):
        return [Difference("message", theirs, ours, "outcome")]
    kind: Literal["issues", "body"] = "body" if theirs is None else "issues"
    found = _fields(tenant.body, mock.body, "")
    return [Difference(*each, kind) for each in found if not _is_among(each[0], varies)]


JSON = "application/json"


def _place(issue: Mapping[str, Any]) -> tuple[str, Any]:
    code = str(issue.get("code"))
    return _SAME_CODES.get(code, code), issue.get("path")


def _fields(tenant: Any, mock: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(tenant, dict) and isinstance(mock, dict):
        for key in {**mock, **tenant}:
            yield from _fields(tenant.get(key, ABSENT), mock.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(tenant, list) and isinstance(mock, list) and len(tenant) == len(mock):
        for number, pair in enumerate(zip(tenant, mock, strict=True)):
            yield from _fields(*pair, f"{path}.{number}" if path else str(number))
    elif type(tenant) is not type(mock) or tenant != mock:
        yield path or "body", tenant, mock


def _is_among(path: str, varies: Collection[str]) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in varies)


def normalised(answer: Answer, names: Mapping[str, str], base: str = "") -> Answer:
    """Return the answer with its ids, times, tokens and texts replaced by words for them.

    `names` maps values that the script knows to their placeholders: they stay told apart. Other ids become `(id)`.
    Lists that hold what others have made are cut to the items that have such a value. `base` is the path of the
    server's URL, which is taken out of texts.
    """
    if answer.media_type != JSON:
        return answer._replace(body=None if answer.status else answer.body)
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True)))) if names else None
    return answer._replace(body=_Normaliser(names, pattern, base).value(answer.body, ""))


class _Normaliser:
    def __init__(self, names: Mapping[str, str], pattern: re.Pattern[str] | None, base: str) -> None:
        self._names = names
        self._pattern = pattern
        self._base = base

    def value(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: self.value(each, key) for key, each in value.items()}
        if isinstance(value, list):
            found = [self.value(each, "") for each in value]
            return (
                [each for each in found if _is_own(each)]
                if name in _LISTS or _is_list_of_records(name, found)
                else found
            )
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return "(count)" if name == "totalCount" and isinstance(value, int) else value

    def _text(self, text: str, name: str) -> str:
        if name in _NAMED and text:
            return _NAMED[name]
        text = text.replace(self._base, "") if self._base else text
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._names[found[0]], text)
        text = _TOKEN.sub("(token)", _TIME.sub("(time)", _ID.sub("(id)", text)))
        return _REQUEST_ID.sub("(request)", _SECRET.sub("(secret)", text))


def _is_list_of_records(name: str, items: list[Any]) -> bool:
    """Whether the list is the whole body, and holds records."""
    return name == "" and bool(items) and all(isinstance(each, dict) and "id" in each for each in items)


def _is_own(item: Any) -> bool:
    if isinstance(item, dict):
        return any(map(_is_own, item.values()))
    return isinstance(item, str) and "{" in item and item != "{organization}"
