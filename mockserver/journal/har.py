"""Journal entries as an HTTP Archive (HAR 1.2), the format of browsers and proxies; secrets are masked."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mockserver import masking
from mockserver.clock import iso
from mockserver.http.json_encoding import encoded
from mockserver.http.reason_phrases import reason_phrase
from mockserver.journal import critic
from mockserver.journal.entry import Entry

_VERSION = "HTTP/1.1"


def archive(entries: list[dict[str, Any]], version: str) -> dict[str, Any]:
    """Return the archive of entries made by `shown`, in their order."""
    creator = {"name": "infisical-mockserver", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def shown(entry: Entry, scheme: str = "http") -> dict[str, Any]:
    """Return one entry of the archive. Names that begin with `_` are extensions of this mock.

    `scheme` is that of the server: `https` if it speaks TLS.
    """
    milliseconds = round(entry.seconds * 1000, 3)
    headers = masking.headers(orjson.loads(entry.headers))
    return {
        "startedDateTime": iso(entry.at),
        "time": milliseconds,
        "request": _request(entry, headers, scheme),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_id": entry.id,
        "_world": entry.world,
        "_operation": entry.operation or None,
        "_rule": entry.rule,
        "_reason": masking.text(entry.reason),
        "_fault": entry.fault or None,
        "_warnings": critic.warnings(entry),
        **({} if entry.mock_answer is None else {"_differs": entry.mock_answer.differs}),
    }


def _request(entry: Entry, headers: list[list[str]], scheme: str) -> dict[str, Any]:
    named = {name.lower(): value for name, value in headers}
    target = entry.target if entry.target.startswith("/") else f"/{entry.target}"
    request = {
        "method": entry.method,
        "url": masking.text(f"{scheme}://{named.get('host') or 'localhost'}{target}"),
        "httpVersion": _VERSION,
        "cookies": _cookies(orjson.loads(entry.headers)),
        "headers": _pairs(headers),
        "queryString": [
            {"name": masking.text(name), "value": str(masking.json_value(value, name))}
            for name, value in parse_qsl(entry.target.partition("?")[2], keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": entry.body_size,
    }
    if entry.body:
        request["postData"] = {"mimeType": named.get("content-type", ""), "params": [], "text": _text(entry.body)}
    return request


def _response(entry: Entry) -> dict[str, Any]:
    headers = [
        ["Content-Type", entry.response_type],
        ["Mock-Request-Id", entry.id],
        ["Mock-World", entry.world],
        ["Mock-Rule", entry.rule],
        *([] if entry.counted is None else map(list, entry.counted.headers.items())),
    ]
    text, size = _text(entry.response_body), entry.response_size or len(entry.response_body)
    return {
        "status": entry.status,
        "statusText": reason_phrase(entry.status, ""),
        "httpVersion": _VERSION,
        "cookies": [],
        "headers": _pairs(headers),
        "content": {"size": size, "mimeType": entry.response_type, "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }


def _pairs(headers: Iterable[Iterable[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _cookies(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the names of the cookies; values are masked, as they may be secrets."""
    try:
        sent = [SimpleCookie(value) for name, value in headers if name.lower() == "cookie"]
    except CookieError:
        return []
    return [{"name": masking.text(name), "value": masking.MASK} for each in sent for name in each]


def _text(content: bytes) -> str:
    """Return a masked body as text."""
    if not content:
        return ""
    masked = masking.body(content)
    return masked if isinstance(masked, str) else encoded(masked).decode()
