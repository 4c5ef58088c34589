"""The setting `trustedProxies`."""

from mockserver.infisical.access_tokens.client_address import TrustedProxies, trusted_proxy
from mockserver.seeding.merge import Entries


def trusted_proxies(entries: Entries) -> TrustedProxies | None:
    """Return the blocks that the fixtures name, in their canonical form; None if they do not name any list.

    Errors are added to `entries`: a text that is no CIDR block, and two files with different lists.
    """
    found: TrustedProxies | None = None
    for source, texts in entries.setting("trustedProxies"):
        given: list[str] = []
        for index, text in enumerate(texts):
            if not isinstance(text, str):
                continue  # the schema has reported it
            try:
                given.append(trusted_proxy(text))
            except ValueError as error:
                entries.errors.append(source.error(("trustedProxies", index), str(error)))
        blocks = tuple(dict.fromkeys(given))
        if found not in (None, blocks):
            entries.errors.append(source.error(("trustedProxies",), "another file says otherwise"))
        found = blocks
    return found
