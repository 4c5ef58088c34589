"""One look at a tenant: requests of its own on scratch things, and what their answers tell the tenant has."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.clock import IdSource
from mockserver.parity.client import Sent, Tenant, prepared
from mockserver.parity.comparison import Answer
from mockserver.parity.scratch import Scratch
from mockserver.parity.scripts import CALLER, Step, at

KUBERNETES, UNIVERSAL, TOKEN = (
    f"/api/v1/auth/{each}/identities/" for each in ("kubernetes-auth", "universal-auth", "token-auth")
)
NOWHERE = "https://infisical-mock-parity.invalid"


class Refused(Exception):
    """The run cannot begin with this token or organization; the text says why, and what to do."""


class Found(NamedTuple):
    """What the tenant has. `lacks` maps a need, or a permission such as `identity edit`, to the reason.

    `plan` has the flags that could be told. `host` is reached by the tenant, and so is the gateway's cluster.
    """

    organization: Mapping[str, str]
    plan: Mapping[str, bool]
    lacks: Mapping[str, str]
    host: str | None = None
    gateway: Mapping[str, str] | None = None
    has_old_privileges: bool = False


class Look:
    """The requests, and what they have told: `lacks` and `plan` are those of Found. `unknown` is the id of nothing."""

    def __init__(self, tenant: Tenant, token: str, scratch: Scratch) -> None:
        self._tenant = tenant
        self._token = token
        self.scratch = scratch
        self.lacks: dict[str, str] = {}
        self.plan: dict[str, bool] = {}
        self.unknown = IdSource().uuid()

    async def remove(self, scratch: str) -> None:
        """Remove a scratch thing. Raises Refused if the tenant does not."""
        left = len(self.scratch.left)
        await self.scratch.remove(scratch)
        if len(self.scratch.left) > left:
            where = self.scratch.left[-1]
            raise Refused(
                f"the tenant creates, but does not delete {where}: the run would leave much behind. Remove it, and give"
                " a token that may delete"
            )

    def permission(self, name: str, answer: Answer) -> None:
        """Keep that the caller lacks a permission, if the answer says so."""
        if answer.error == "PermissionDenied":
            self.lacks[name] = short(answer)

    def flag(self, name: str, answer: Answer, has: tuple[int, ...]) -> None:
        """Keep a flag of the plan: one of the statuses says that it has it, a 400 about the plan that it has not."""
        if answer.status in has:
            self.plan[name] = True
        elif answer.status == 400 and "plan" in str(at(answer.body, "message")).lower():
            self.plan[name] = False

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = CALLER, counted: bool = True
    ) -> Answer:
        """Return the answer to a request. Raises Unreachable."""
        step = Step(method, path, body, has_body=body is not None, token=token)
        return await self.send(step, counted=counted)

    async def send(self, step: Step, *, counted: bool = True) -> Answer:
        """Return the answer to a step. `counted`: whether silence counts. Raises Unreachable."""
        sent: Sent = prepared(step, {"caller": self._token})
        self.scratch.sending(step.method, step.path)
        answer = await self._tenant.send(sent)
        self.scratch.heard(sent, answer)
        if counted:
            self._tenant.heard(answer, expected=False)
        return answer


def short(answer: Answer) -> str:
    """Return status and `error` of an answer, or why there is none."""
    return f"{answer.status} {answer.error}" if answer.status else str(answer.body)
