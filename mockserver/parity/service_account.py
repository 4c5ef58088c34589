"""The service account of a JWT, as its claims name it, and a JWT of the same account for the mock's cluster."""

import base64
import json

from mockserver.clock import IdSource, machine_seconds
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY, service_account_token
from mockserver.parity.scripts import at

_LIFETIME = 86_400


class NoServiceAccount(ValueError):
    """The text is not the JWT of a service account; the text of the error says why."""


def service_account(token: str) -> dict[str, str]:
    """Return the `token`, and one of the same account that the mock has `signed`. Raises NoServiceAccount.

    Both have to have the audience of their cluster itself.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise NoServiceAccount("it is not a JWT of three parts")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        raise NoServiceAccount("the claims of the JWT cannot be read") from None
    subject = str(at(claims, "sub")).split(":")
    if len(subject) != 4 or subject[:2] != ["system", "serviceaccount"]:
        raise NoServiceAccount("the subject of the JWT is not system:serviceaccount:<namespace>:<name>")
    now = machine_seconds()
    signed = service_account_token(
        subject[2], subject[3], (), DEFAULT_TOKEN_KEY, now, now + _LIFETIME, IdSource().uuid()
    )
    return {"token": token, "signed": signed}
