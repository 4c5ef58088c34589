"""Formats for openapi-core, as the RFCs have them and the compiled checks read them: its own are looser or stricter."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from mockserver.infisical.javascript import is_number, is_uuid

INTEGERS = {"int32": 2**31, "int64": 2**63}
"""By the format of integers, the first one past its range."""
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|(?P<sign>[+-])(?P<hours>[01]\d|2[0-3]):(?P<minutes>[0-5]\d))"
_FULL_DATE = re.compile(_DATE, re.ASCII)
_DATE_TIME = re.compile(f"{_DATE}T{_TIME}{_ZONE}", re.ASCII | re.IGNORECASE)
_LEAP_YEAR = 2000  # stands in for year 0, which Python's calendar does not have


def is_date(text: str) -> bool:
    """Whether `text` is a full-date of RFC 3339."""
    match = _FULL_DATE.fullmatch(text)
    return match is not None and _is_in_the_calendar(match)


def is_date_time(text: str) -> bool:
    """Whether `text` is a date-time of RFC 3339; a leap second ends a day of UTC."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or not _is_in_the_calendar(match):
        return False
    ahead = int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)
    minute = int(match["hour"]) * 60 + int(match["minute"]) - (-ahead if match["sign"] == "-" else ahead)
    return match["second"] != "60" or minute % 1440 == 1439


def is_ipv4(text: str) -> bool:
    """Whether `text` is a dotted quad."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """Whether `text` is an address of RFC 4291, without a zone."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def _is_in_the_calendar(match: re.Match[str]) -> bool:
    try:
        date(int(match["year"]) or _LEAP_YEAR, int(match["month"]), int(match["day"]))
    except ValueError:
        return False
    return True


def _of_texts(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)


def _of_numbers(past: int) -> Callable[[object], bool]:
    return lambda value: not is_number(value) or -past <= value < past  # type: ignore[operator]


_TEXTS = {"uuid": is_uuid, "date-time": is_date_time, "date": is_date, "ipv4": is_ipv4, "ipv6": is_ipv6}
_NOTES = ("byte", "binary", "password", "float", "double")
CHECKS: Mapping[str, Callable[[object], bool]] = {
    **{name: _of_texts(check) for name, check in _TEXTS.items()},
    **{name: _of_numbers(past) for name, past in INTEGERS.items()},
    **dict.fromkeys(_NOTES, lambda _: True),
}
"""By the name of the format. Those that only annotate hold for every value."""
APART = frozenset(("email", "idn-email", "hostname", "idn-hostname", "uri", "uri-reference", "iri", "iri-reference"))
APART |= {"uri-template", "time", "duration", "regex", "json-pointer", "relative-json-pointer"}
"""Formats that only the compiled checks know well."""
