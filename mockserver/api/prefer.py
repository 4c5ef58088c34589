"""`Prefer: code=404, wait=2` and `?__code=404`: force a status or a delay for a single request (RFC 7240)."""

import re
from typing import NamedTuple

from aiohttp import web
from multidict import istr

from mockserver.faults.apply import MAX_SECONDS

PREFER = istr("Prefer")
CODE = "__code"
_PREFERENCES = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_STATUS = re.compile(r"[1-5][0-9]{2}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)


class Preference(NamedTuple):
    """The status to force, and the delay before it in seconds."""

    code: int | None = None
    wait: float = 0


def preference(request: web.BaseRequest) -> Preference | str:
    """Parse the preferences of a request, or return an error message. Other preferences are ignored."""
    named = _named(",".join(request.headers.getall(PREFER, ())))
    codes = {*request.query.getall(CODE, ())}
    if "code" in named:
        codes.add(named["code"])
    if len(codes) > 1:
        return f"Prefer and {CODE} must name the same status, and {CODE} only one"
    for text in codes:
        if not _STATUS.fullmatch(text):
            return "the code must be an HTTP status from 100 to 599"
    wait = named.get("wait", "0")
    if not _SECONDS.fullmatch(wait) or float(wait) > MAX_SECONDS:
        return f"the wait must be a number of seconds from 0 to {MAX_SECONDS}"
    return Preference(int(codes.pop()) if codes else None, float(wait))


def _named(header: str) -> dict[str, str]:
    """Return the values by name. The first of duplicate names counts."""
    found: dict[str, str] = {}
    for each in _PREFERENCES.findall(header):
        name, _, value = each.partition(";")[0].partition("=")
        value = value.strip()
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        found.setdefault(name.strip().lower(), value[1:-1] if quoted else value)
    return found
