"""Reads the credential and the client address from request headers, as the service does (auth.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

# In order of precedence. `x-cluser-client-ip` is the service's own misspelling. Its list also has `Cf-Pseudo-IPv4`,
# which it never finds: its HTTP server has all names in lower case.
ADDRESS_HEADERS = (
    "cf-connecting-ip",
    "x-client-ip",
    "x-envoy-external-address",
    "x-forwarded-for",
    "fastly-client-ip",
    "true-client-ip",
    "x-real-ip",
    "x-cluser-client-ip",
    "forwarded-for",
    "x-forwarded",
    "forwarded",
    "x-appengine-user-ip",
)
_AUTHORIZATION, _API_KEY = "Authorization", "x-api-key"


@dataclass(slots=True)
class Credential:
    """The credential of a request: its token, and whether it sends an API key.

    `text` is the value of `Authorization` without its first 7 characters, whatever the scheme. It is None if the
    header is missing or empty.
    """

    text: str | None
    api_key: bool = False

    @property
    def is_sent(self) -> bool:
        """Whether the request sends a credential of any kind."""
        return self.text is not None or self.api_key

    @property
    def is_service_token(self) -> bool:
        """Whether the token has the prefix of a service token."""
        return self.text is not None and self.text.startswith("st.")


def credential(headers: Mapping[str, str]) -> Credential:
    """Return the credential in the headers. `headers` must be case-insensitive."""
    header = headers.get(_AUTHORIZATION)
    return Credential(header[7:] if header else None, headers.get(_API_KEY, "") != "")


def address_in(headers: Mapping[str, str]) -> str | None:
    """Return the first entry of the first non-empty address header; None if there is none, so the socket's applies."""
    for name in ADDRESS_HEADERS:
        if headers.get(name):
            return headers[name].partition(",")[0].strip()
    return None
