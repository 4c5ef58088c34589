"""The critic of clients: what the service lets pass, and what will hurt them all the same.

Every warning is a row of WARNINGS: a pure question about one entry, asked when the entry is read. So it costs nothing
while requests are answered, and stays true when the exchanges before it are evicted. What a row has to know of others
was noted in `entry.habits` when it happened (`journal.habits`). No warning is in an answer.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from mockserver import masking
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.journal.client_history import POLLS
from mockserver.journal.entry import Entry

WHOLE_PROPERTIES = 4
"""From how many properties on that are sent as they are stored a body is suspected to be a whole object."""
_PUBLIC_STATUS = "getInstanceStatus"
_LISTS = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_REVIEWER = "tokenReviewerJwt"
Sent = Mapping[str, Any]


class CriticCheck(NamedTuple):
    """One habit to warn of: what is wrong with it, and why an entry shows it (None: it does not).

    The check is given the properties that an accepted update has sent; none for any other exchange.
    """

    code: str
    says: str
    check: Callable[[Entry, Sent], str | None]


def warnings(entry: Entry) -> list[dict[str, str]]:
    """What there is to say about the request of an entry: the code of each warning, and the reason."""
    sent = _sent(entry)
    found = ((each.code, each.check(entry, sent)) for each in WARNINGS)
    return [{"code": code, "reason": masking.text(reason)} for code, reason in found if reason is not None]


def _unknown_properties(entry: Entry, _: Sent) -> str | None:
    names = [f"{_place(path)}{key}" for path, keys in _unrecognized(entry) for key in keys]
    if not names:
        return None
    return f"The contract names no {', '.join(names[:20])}: the running service drops it without a word"


def _place(path: list[Any]) -> str:
    return "".join(f"{step}/" for step in path)


def _unrecognized(entry: Entry) -> Iterator[tuple[list[Any], list[str]]]:
    """The path of each object and its keys: from the issues of a 422, or from what was let through."""
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
    return f"{unchanged} of the {len(sent)} properties sent are as they were stored: send what is to change"


def _bare_address(entry: Entry, sent: Sent) -> str | None:
    names = entry.names or {}
    lists = ((sent[name], getattr(entry.stored, names[name])) for name in _LISTS if name in sent and name in names)
    narrowed = [block for items, stored in lists for block in _narrowed(items, stored)]
    if not narrowed:
        return None
    return (
        f"{', '.join(narrowed[:20])} was stored, and its address came back without the prefix: one host is left of it"
    )


def _narrowed(sent: list[dict[str, Any]], stored: tuple[TrustedIp, ...]) -> Iterator[str]:
    """The stored blocks whose address is sent alone."""
    texts = {each["ipAddress"].strip() for each in sent if "/" not in each["ipAddress"]}
    for block in sorted(stored, key=TrustedIp.text):
        if block.address in texts and block.prefix not in (None, 32 if block.kind == "ipv4" else 128):
            yield block.text()


def _erased_jwt(entry: Entry, sent: Sent) -> str | None:
    erased = sent.get(_REVIEWER, "") is None and _REVIEWER in (entry.names or ())
    if not erased or not entry.stored.token_reviewer_jwt:
        return None
    return "A null took the stored reviewer JWT away: leave the property out to keep it"


def _sent(entry: Entry) -> Sent:
    """The body of an accepted update; empty where there was none, or where it cannot be read again."""
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
    return f"Sent again {_noted(entry, 'waited'):.3g} s after a 429 that asked to wait {asked:g} s"


def _expired(entry: Entry, _: Sent) -> str | None:
    return "The token had expired: renew it in time, or log in again" if entry.rule == "token.expired" else None


def _poll(entry: Entry, _: Sent) -> str | None:
    seconds = _noted(entry, "pollSeconds")
    if seconds is None or entry.operation == _PUBLIC_STATUS:
        return None
    return f"The same GET {POLLS} times in a row within {seconds:.3g} s"


def _noted(entry: Entry, name: str) -> Any:
    return None if entry.habits is None else entry.habits.get(name)


WARNINGS: tuple[CriticCheck, ...] = (
    CriticCheck("unknown-properties", "Properties are sent that the contract does not name.", _unknown_properties),
    CriticCheck("whole-object", "A PATCH sends most of the object as it is stored.", _whole_object),
    CriticCheck("trusted-ip-prefix", "A trusted IP that was read is written back without its prefix.", _bare_address),
    CriticCheck("reviewer-jwt-erased", "A null has erased the stored reviewer JWT.", _erased_jwt),
    CriticCheck("hasty-retry", "A request comes again before the time that a 429 asked to wait.", _hasty_retry),
    CriticCheck("expired-token", "A token is used after it has expired.", _expired),
    CriticCheck("polling", f"The same GET comes {POLLS} times in a row within seconds.", _poll),
)
