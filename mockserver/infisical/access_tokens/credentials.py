"""What a request presents, read from its headers as the service reads them (auth.md): credential and client address."""

from collections.abc import Mapping
from dataclasses import dataclass

# The first one present wins; names as the service has them, its misspelling included.
_ADDRESS_HEADERS = (
    "cf-connecting-ip",
    "Cf-Pseudo-IPv4",
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
    """`text` is what follows the first 7 characters of `Authorization`, whatever the scheme.

    None: there is no header, or an empty one, which the service takes for none.
    """

    text: str | None
    api_key: bool = False

    @property
    def is_service_token(self) -> bool:
        """Whether it is a service token by its prefix."""
        return self.text is not None and self.text.startswith("st.")


def credential(headers: Mapping[str, str]) -> Credential:
    """What the request presents. `headers` is case-insensitive."""
    header = headers.get(_AUTHORIZATION)
    return Credential(header[7:] if header else None, _API_KEY in headers)


def address_in(headers: Mapping[str, str]) -> str | None:
    """The text of the client's address: the first entry of the first present header; None leaves it to the socket."""
    for name in _ADDRESS_HEADERS:
        if headers.get(name):
            return headers[name].partition(",")[0].strip()
    return None
