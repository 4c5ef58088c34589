"""Warnings about requests that the service accepts although they will cause trouble for the client.

Each warning is a row of WARNINGS: a pure function of one journal entry that runs when the entry is read. Warnings cost
nothing while requests are answered, and stay correct after earlier entries are evicted. Facts about earlier requests
are noted in `entry.habits` (see `client_history`). Warnings never appear in a response to the client.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from mockserver import masking
from mockserver.infisical.rate_limits.rules import exceeded
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.journal.client_history import POLL_SECONDS, POLLS
from mockserver.journal.entry import Entry

WHOLE_PROPERTIES = 4
"""Number of unchanged properties from which a body is taken for the whole object."""
_PUBLIC_STATUS = "getInstanceStatus"
_LISTS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_REVIEWER = "tokenReviewerJwt"
Sent = Mapping[str, Any]


class CriticCheck(NamedTuple):
    """A warning: its code, its summary, and a check that returns the reason why an entry has it, or None.

    The check receives the properties of an accepted update's body; an empty mapping for any other exchange.
    """

    code: str
    says: str
    check: Callable[[Entry, Sent], str | None]


def warnings(entry: Entry) -> list[dict[str, str]]:
    """Return the warnings about the request of an entry, each with its `code` and `reason`; secrets are masked."""
    sent = _sent(entry)
    found = ((each.code, each.check(entry, sent)) for each in WARNINGS)
    return [{"code": code, "reason": masking.text(reason)} for code, reason in found if reason is not None]


def _unknown_properties(entry: Entry, _: Sent) -> str | None:
    names = [f"{_place(path)}{key}" for path, keys in _unrecognized(entry) for key in keys]
    if not names:
        return None
    return f"The contract does not define {', '.join(names[:20])}: the running service ignores it silently"


def _place(path: list[Any]) -> str:
    return "".join(f"{step}/" for step in path)


def _unrecognized(entry: Entry) -> Iterator[tuple[list[Any], list[str]]]:
    """Yield each object's path and its unknown keys, from the issues of a 422 or from the tolerated breaches."""
    if "contract.unrecognized-keys" in entry.refused_by:
        message = orjson.loads(entry.response_body).get("message")
        for issue in message if isinstance(message, list) else ():
            if issue["code"] == "unrecognized_keys":
                yield issue["path"], issue["keys"]
    for breach in entry.request_breaches:
        if breach["keyword"] == "additionalProperties":
            keys = breach["reason"].removeprefix("does not allow ").split(", ")
            yield [step for step in breach["pointer"].split("/") if step], keys


def _whole_object(entry: Entry, sent: Sent) -> str | None:
    names = entry.names or {}
    fields = [names[name] for name in sent if name in names]
    unchanged = sum(getattr(entry.stored, each) == getattr(entry.resulting, each) for each in fields)
    if unchanged < WHOLE_PROPERTIES or 4 * unchanged < 3 * len(sent):
        return None
    return f"{unchanged} of the {len(sent)} properties sent equal the stored ones: send only those that change"


def _bare_address(entry: Entry, sent: Sent) -> str | None:
    names = entry.names or {}
    lists = ((sent[name], getattr(entry.stored, names[name])) for name in _LISTS if name in sent and name in names)
    narrowed = [block for items, stored in lists for block in _narrowed(items, stored)]
    if not narrowed:
        return None
    return (
        f"{', '.join(narrowed[:20])} was stored, and its address was sent without the prefix: only one host is trusted"
    )


def _narrowed(sent: list[dict[str, Any]], stored: tuple[TrustedIp, ...]) -> Iterator[str]:
    """Yield the stored blocks whose address is sent without a prefix."""
    texts = {each["ipAddress"].strip() for each in sent if "/" not in each["ipAddress"]}
    for block in sorted(stored, key=TrustedIp.text):
        if block.address in texts and block.prefix not in (None, 32 if block.kind == "ipv4" else 128):
            yield block.text()


def _erased_jwt(entry: Entry, sent: Sent) -> str | None:
    erased = sent.get(_REVIEWER, "") is None and _REVIEWER in (entry.names or ())
    if not erased or not entry.stored.token_reviewer_jwt:
        return None
    return "The null erased the stored reviewer JWT: omit the property to keep it"


def _sent(entry: Entry) -> Sent:
    """Return the body of an accepted update; an empty mapping if there is none or the journal cut it off."""
    if not entry.names or not entry.is_whole:
        return {}
    try:
        body = orjson.loads(entry.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _hasty_retry(entry: Entry, _: Sent) -> str | None:
    asked = _noted(entry, "asked")
    if asked is None:
        return None
    return f"Retried {_noted(entry, 'waited'):.3g} s after a 429 that asked to wait {asked:g} s"


_EXPIRED = frozenset(("token.expired", "token.expired-unauthorized"))


def _expired(entry: Entry, _: Sent) -> str | None:
    return "The token had expired: renew it before it expires, or log in again" if entry.rule in _EXPIRED else None


def _rate_limited(entry: Entry, _: Sent) -> str | None:
    if entry.counted is None or entry.rule != exceeded.id:
        return None
    return f"Too many requests: {entry.counted.says}"


def _poll(entry: Entry, _: Sent) -> str | None:
    seconds = _noted(entry, "pollSeconds")
    if seconds is None or entry.operation == _PUBLIC_STATUS:
        return None
    return f"The same GET {POLLS} times in a row within {seconds:.3g} s"


def _noted(entry: Entry, name: str) -> Any:
    return None if entry.habits is None else entry.habits.get(name)


WARNINGS: tuple[CriticCheck, ...] = (
    CriticCheck(
        "unknown-properties", "The request sends properties that the contract does not define.", _unknown_properties
    ),
    CriticCheck("whole-object", "The PATCH sends mostly unchanged properties.", _whole_object),
    CriticCheck("trusted-ip-prefix", "The request writes a stored trusted IP back without its prefix.", _bare_address),
    CriticCheck("reviewer-jwt-erased", "The request erases the stored reviewer JWT with null.", _erased_jwt),
    CriticCheck("hasty-retry", "The client retries before the wait time of a 429 is over.", _hasty_retry),
    CriticCheck("rate-limit", "The client exceeds a rate limit of the world.", _rate_limited),
    CriticCheck("expired-token", "The client uses an expired token.", _expired),
    CriticCheck("polling", f"The client sends the same GET {POLLS} times in a row within {POLL_SECONDS} s.", _poll),
)
