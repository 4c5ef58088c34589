"""Exchanges of a recording, as they are kept: without secrets, and with what a step of a script can repeat."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mockserver import masking
from mockserver.api.world_path import named_in
from mockserver.infisical.access_tokens.credentials import ADDRESS_HEADERS
from mockserver.parity.comparison import JSON
from mockserver.parity.recording.secrets import Secret, Secrets
from mockserver.parity.scripts import at

FORM = "application/x-www-form-urlencoded"
_KEPT = frozenset(
    (
        *("content-type", "content-encoding", "x-infisical-org", "origin"),
        *("access-control-request-method", "access-control-request-headers"),
    )
)
"""Headers that decide how the service answers. Others are the client's own business."""
_NOT_FOR_THE_ADDRESS = ("PermissionDenied", "PermissionBoundaryError", "TokenError")
_BEARER = len("Bearer ")
_DEPTH = 30
LONG = 256 * 1024
"""Bytes of the longest body that is recorded. Longer responses are not read."""
_LEAST_STATUS, _WAITING = 200, 429


class Raw(NamedTuple):
    """An exchange as it came in and went out, secrets and all. `body` is None if it was not read to its end."""

    operation: str
    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes | None
    status: int
    response_type: str
    response_body: bytes
    at: int


class Seen(NamedTuple):
    """One exchange. `token` is that of `Authorization`: a text if it is blank, None without the header.

    `body` is a JSON value, `form` are the pairs of a form, `text` is any other body. `answer` is the JSON value of the
    response; None if it is none. `at` is in milliseconds since 1970.
    """

    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    token: Secret | str | None
    status: int
    answer: Any
    media_type: str
    at: int
    body: Any = None
    has_body: bool = False
    form: tuple[tuple[str, Any], ...] | None = None
    text: str | None = None
    charset: str = "utf-8"
    chunked: bool = False
    masked: bool = False

    @property
    def worked(self) -> bool:
        """Whether the request was carried out."""
        return self.status < 300

    @property
    def error(self) -> str | None:
        """The `error` of the response."""
        found = self.answer.get("error") if isinstance(self.answer, dict) else None
        return found if isinstance(found, str) else None

    @property
    def sent(self) -> Mapping[str, Any]:
        """The fields of the body; none if it is no object and no form."""
        if self.form is not None:
            return dict(self.form)
        return self.body if isinstance(self.body, dict) else {}


class LeftOut(Exception):
    """An exchange that a script cannot repeat; the text says why."""


def seen(raw: Raw, secrets: Secrets) -> Seen:
    """Return what is kept of an exchange. Raises LeftOut."""
    if not raw.operation:
        raise LeftOut("requests that are no operation of the mock")
    if raw.status < _LEAST_STATUS:
        raise LeftOut("requests without a response")
    if raw.status == _WAITING:
        raise LeftOut("requests that were answered 429")
    headers = {name.lower(): value for name, value in raw.headers}
    if raw.body is None or len(raw.body) > LONG or (not raw.body and headers.get("content-length", "0") != "0"):
        raise LeftOut(f"requests with a body over {LONG // 1024} KiB")
    path, _, query = named_in(raw.target)[1].partition("?")
    kept = {name: masking.header(name, value) for name, value in headers.items() if name in _KEPT}
    if headers.get("x-api-key"):
        kept["x-api-key"] = "recorded"
    media_type = kept.get("content-type", "").partition(";")[0].strip().lower()
    body = _body(raw.body, media_type, secrets)
    answer = _answer(raw.response_body, secrets)
    if raw.status >= 500 or (raw.status == 403 and at(answer, "error") not in _NOT_FOR_THE_ADDRESS):
        kept |= {name: value for name, value in headers.items() if name in ADDRESS_HEADERS}
    if "body" in body:
        kept.pop("content-type")
    return Seen(
        operation=raw.operation,
        method=raw.method,
        path=masking.text(path),
        query=masking.text(query),
        headers=kept,
        token=_token(headers.get("authorization"), secrets),
        status=raw.status,
        answer=answer,
        media_type=raw.response_type.partition(";")[0].strip().lower(),
        at=raw.at,
        chunked="chunked" in headers.get("transfer-encoding", "").lower(),
        **body,
    )


def _token(header: str | None, secrets: Secrets) -> Secret | str | None:
    """Return the token: as the service does, what follows the first seven characters, whatever the scheme."""
    if header is None or len(header) <= _BEARER:
        return header
    return secrets.secret(header[_BEARER:])


def _body(content: bytes, media_type: str, secrets: Secrets) -> dict[str, Any]:
    """Return the fields of the exchange for its body."""
    if not content:
        return {}
    try:
        text, charset = content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, charset = content.decode("latin-1"), "latin-1"
    if media_type == FORM:
        pairs = parse_qsl(text, keep_blank_values=True)
        return {"form": tuple((name, secrets.taken_out(value, name)) for name, value in pairs)}
    if media_type == JSON and charset == "utf-8":
        try:
            value = json.loads(text, object_pairs_hook=_distinct)
            _check(value, 0)
        except (ValueError, RecursionError):
            pass
        else:
            return {"body": secrets.taken_out(value), "has_body": True}
    shown = masking.raw_text(text)
    return {"text": shown, "charset": charset, "masked": shown != text}


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _check(value: Any, depth: int) -> None:
    """Raise ValueError for a value that YAML does not write, or that is not sent as it came."""
    if depth > _DEPTH or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("not to be written")
    if isinstance(value, str):
        value.encode()
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check(each, depth + 1)
    for key in value if isinstance(value, dict) else ():
        key.encode()


def _answer(content: bytes, secrets: Secrets) -> Any:
    if len(content) > LONG:
        return None
    try:
        value = json.loads(content)
        _check(value, 0)
        return secrets.taken_out(value)
    except (ValueError, RecursionError):
        return None
