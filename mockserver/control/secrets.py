"""Masks secrets in a dumped state with fingerprints, and restores them when the state is uploaded again."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Any

from mockserver.errors import FixtureError
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY
from mockserver.pauses import between

_MARK = "[REDACTED "
"""Begins a placeholder, after its quote."""
_WINDOW = 256 * 1024
"""Characters that one search looks through: no other thread goes on meanwhile."""
_PLACEHOLDER = re.compile(r"""(?P<quote>["'])\[REDACTED (?P<fingerprint>[0-9a-f]{16})\](?P=quote)""")


def masked(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Replace each secret of a fixture document by its fingerprint, in place, and return the document."""
    _each_secret(document, lambda secret: f"[REDACTED {_fingerprint(secret, key)}]")
    return document


def restored(text: str, documents: Iterator[dict[str, Any]], key: str) -> str:
    """Return the text with the fingerprints of the secrets of `documents` replaced; other fingerprints stay."""
    masks = list(_masks(text))
    if not masks:
        return text
    known: dict[str, str] = {}

    def remember(secret: str) -> str:
        known[_fingerprint(secret, key)] = secret
        return secret

    for document in between(documents):
        _each_secret(document, remember)
    return _with_instead(text, masks, known.get)


def _with_instead(text: str, masks: Iterable[re.Match[str]], instead: Callable[[str], str | None]) -> str:
    """Return the text with other texts instead of the masks; None leaves the mask of that fingerprint."""
    pieces, last = list[str](), 0
    for match in between(masks):
        found = instead(match["fingerprint"])
        if found is not None:
            pieces += (text[last : match.start()], json.dumps(found))
            last = match.end()
    return "".join((*pieces, text[last:]))


def _masks(text: str) -> Iterator[re.Match[str]]:
    """Yield the masks in the text. A search for how they begin takes a tenth of the time that the pattern takes."""
    last = 0
    for window in between(range(0, len(text), _WINDOW)):
        at = window - 1
        while (at := text.find(_MARK, at + 1, window + _WINDOW + len(_MARK) - 1)) >= 0:
            match = _PLACEHOLDER.match(text, at - 1) if at > last else None
            if match:
                yield match
                last = match.end()


def fingerprints(text: str) -> set[str]:
    """Return the fingerprints that stand in the text."""
    return {match["fingerprint"] for match in _masks(text)}


def replaced(text: str, known: Collection[str], stand_in: str) -> str:
    """The text with `stand_in` in place of the masks whose fingerprints are not among the known ones."""
    return _with_instead(text, _masks(text), lambda fingerprint: None if fingerprint in known else stand_in)


def unknown(text: str) -> list[FixtureError]:
    """Return an error for each fingerprint that is left: it would be stored as the secret."""
    return [
        FixtureError(
            "body",
            text.count("\n", 0, match.start()) + 1,
            match.start() - text.rfind("\n", 0, match.start()),
            "",
            "masks a secret that this world does not have: write the secret itself",
        )
        for match in _masks(text)
    ]


def _fingerprint(secret: str, key: str) -> str:
    return blake2b(secret.encode(), digest_size=8, key=key.encode()[:64]).hexdigest()


def _each_secret(document: dict[str, Any], change: Callable[[str], str]) -> None:
    """Replace every secret of a fixture document, or of some of its sections, by `change(secret)`."""
    for cluster in document.get("clusters", ()):
        if cluster["tokenKey"] != DEFAULT_TOKEN_KEY:  # the default key is public
            cluster["tokenKey"] = change(cluster["tokenKey"])
        for reviewer in cluster["reviewers"]:
            reviewer["jwt"] = change(reviewer["jwt"])
        for account in cluster["serviceAccounts"]:
            account["token"] = change(account["token"])
    for organization in document.get("organizations", ()):
        for template in organization.get("templates", ()):
            if template.get("tokenReviewerJwt"):
                template["tokenReviewerJwt"] = change(template["tokenReviewerJwt"])
    for identity in between(document.get("identities", ())):
        if "universalAuth" in identity:
            for each in identity["universalAuth"]["clientSecrets"]:
                each["secret"] = change(each["secret"])
        record = identity.get("kubernetesAuth")
        if record is not None and record["tokenReviewerJwt"]:
            record["tokenReviewerJwt"] = change(record["tokenReviewerJwt"])
    for token in between(document.get("accessTokens", ())):
        token["token"] = change(token["token"])
