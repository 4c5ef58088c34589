"""Who sends a step of a recording: the player's caller, a scratch caller, or a token that the recording has issued."""

from collections.abc import Sequence
from typing import NamedTuple

from mockserver.parity.recording.exchange import Seen
from mockserver.parity.recording.existing import Existing
from mockserver.parity.recording.origins import LOGINS, RENEW, REVOKE, Origin, Origins
from mockserver.parity.recording.secrets import Secret
from mockserver.parity.scripts import CALLER

_NO_SIGNATURE = (
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9"
    ".eyJhdXRoVG9rZW5UeXBlIjogImlkZW50aXR5QWNjZXNzVG9rZW4iLCAiaWF0IjogMTc2NzIyNTYwMH0"
    ".zmz9SK01XMmt6AwfIp6quVUSQAaObkELeUIuG_EgLVE"
)
"""A JWT of the right form that nobody has signed."""
_USELESS = {"jwt": _NO_SIGNATURE, "service token": "st.recorded", "text": "recorded"}
_OWN_BUSINESS = {"getMachineIdentityDetails", RENEW, REVOKE, *LOGINS}
OTHERS = "Requests of {} callers are sent with one token."
NO_RIGHTS = (
    "Requests that an identity from before the recording sent with a token of its own login are sent with the token of "
    "the player: the scratch identity in its place has the role no-access."
)


class Sender(NamedTuple):
    """The token of a step as the script has it, its origin if a step saves it, and a note. None: no token is sent."""

    token: str | None
    origin: Origin | None = None
    note: str = ""


class Senders:
    """The senders of a recording's steps. `callers` are the tokens from before it that the player's one stands for."""

    def __init__(self, steps: Sequence[Seen], origins: Origins, existing: Existing) -> None:
        self._steps = steps
        self._origins = origins
        self._existing = existing
        self.callers: set[int] = set()

    def of(self, number: int) -> Sender:
        """Return the sender of a step."""
        step = self._steps[number]
        if not isinstance(step.token, Secret):
            return Sender(None)
        origin = self._origins.of(step.token, number)
        is_rejected = step.status == 401 or step.error == "TokenError"
        if origin is not None:
            owner = self._origins.owner(step.token)
            is_own = self._origins.is_made(owner) or is_rejected or step.status == 403
            if is_own or step.operation in _OWN_BUSINESS:
                return Sender(f"{{{origin.name}}}", origin)
            return Sender(CALLER, None, NO_RIGHTS)
        if is_rejected or step.token.form == "service token":
            return Sender(useless(step.token))
        if step.error == "PermissionDenied":
            return Sender(f"{{{self._existing.stand_in('nobody', '')}Token}}")
        if step.error == "PermissionBoundaryError":
            return Sender(f"{{{self._existing.stand_in('member', '')}Token}}")
        self.callers.add(step.token.number)
        return Sender(CALLER)


def useless(secret: Secret) -> str:
    """Return a text of the same form that is good for nothing."""
    return _USELESS[secret.form]
