"""`Prefer: code=404, wait=2` and `?__code=404`: what one request asks of the mock for itself (RFC 7240)."""

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
    """The status that a request asks for, and how many seconds it is to wait first."""

    code: int | None = None
    wait: float = 0


def preference(request: web.BaseRequest) -> Preference | str:
    """What the request asks for; or, in words, why that cannot be read. Preferences of other names are passed over."""
    named = _named(",".join(request.headers.getall(PREFER, ())))
    codes = {*request.query.getall(CODE, ())}
    if "code" in named:
        codes.add(named["code"])
    if len(codes) > 1:
        return f"two different statuses are asked for, in Prefer and in {CODE}, or in {CODE} twice"
    for text in codes:
        if not _STATUS.fullmatch(text):
            return "the code that is asked for is no HTTP status"
    wait = named.get("wait", "0")
    if not _SECONDS.fullmatch(wait) or float(wait) > MAX_SECONDS:
        return f"wait is a number of seconds, at most {MAX_SECONDS}"
    return Preference(int(codes.pop()) if codes else None, float(wait))


def _named(header: str) -> dict[str, str]:
    """The values by their names; of a name that comes twice the first one counts."""
    found: dict[str, str] = {}
    for each in _PREFERENCES.findall(header):
        name, _, value = each.partition(";")[0].partition("=")
        value = value.strip()
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        found.setdefault(name.strip().lower(), value[1:-1] if quoted else value)
    return found
