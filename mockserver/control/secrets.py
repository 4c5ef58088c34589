"""Masks secrets in a dumped state with fingerprints, and restores them when the state is uploaded again."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from hashlib import blake2b
from typing import Any

from mockserver.errors import FixtureError
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY

_MARK = "[REDACTED "
"""Begins a placeholder; a search for it takes a tenth of the time."""
_PLACEHOLDER = re.compile(r"""(?P<quote>["'])\[REDACTED (?P<fingerprint>[0-9a-f]{16})\](?P=quote)""")


def masked(document: dict[str, Any], key: str) -> dict[str, Any]:
    """Replace each secret of a fixture document by its fingerprint, in place, and return the document."""
    _each_secret(document, lambda secret: f"[REDACTED {_fingerprint(secret, key)}]")
    return document


def restored(text: str, documents: Iterator[dict[str, Any]], key: str) -> str:
    """Return the text with the fingerprints of the secrets of `documents` replaced; other fingerprints stay."""
    if _MARK not in text or not _PLACEHOLDER.search(text):
        return text
    known: dict[str, str] = {}

    def remember(secret: str) -> str:
        known[_fingerprint(secret, key)] = secret
        return secret

    for document in documents:
        _each_secret(document, remember)
    return _PLACEHOLDER.sub(
        lambda match: json.dumps(known[match["fingerprint"]]) if match["fingerprint"] in known else match.group(), text
    )


def fingerprints(text: str) -> set[str]:
    """Return the fingerprints that stand in the text."""
    return {match["fingerprint"] for match in _PLACEHOLDER.finditer(text)} if _MARK in text else set()


def replaced(text: str, known: Collection[str], stand_in: str) -> str:
    """The text with `stand_in` in place of the masks whose fingerprints are not among the known ones."""
    return _PLACEHOLDER.sub(
        lambda match: match.group() if match["fingerprint"] in known else json.dumps(stand_in), text
    )


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
        for match in (_PLACEHOLDER.finditer(text) if _MARK in text else ())
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
    for identity in document.get("identities", ()):
        if "universalAuth" in identity:
            for each in identity["universalAuth"]["clientSecrets"]:
                each["secret"] = change(each["secret"])
        record = identity.get("kubernetesAuth")
        if record is not None and record["tokenReviewerJwt"]:
            record["tokenReviewerJwt"] = change(record["tokenReviewerJwt"])
    for token in document.get("accessTokens", ()):
        token["token"] = change(token["token"])
