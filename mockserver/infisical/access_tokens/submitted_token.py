"""Tokens submitted in a request body for renewal or revocation, and the rules shared by both operations."""

from dataclasses import dataclass

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.rules import DEFECTS, claims
from mockserver.infisical.javascript import trim
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Finding, Rule, Source, answers, rule


@dataclass(slots=True)
class SubmittedToken:
    """A submitted token or its defect at `now` (milliseconds), with the status of token and identity in the world."""

    token: AccessToken | Defect
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    now: int = 0
    revoked: str | None = None
    member: bool = True
    inactive: bool = False
    uses_left: bool = True
    expiry_status: int = 403

    @property
    def access_token(self) -> AccessToken:
        """The valid token; only for rules after those that reject a defect."""
        assert isinstance(self.token, AccessToken), "rules that read the token must follow those that reject a defect"
        return self.token


def submitted_text(body: object) -> str:
    """Return the body's `accessToken`, trimmed; empty if it is not a string, which the contract check rejects."""
    text = body.get("accessToken") if isinstance(body, dict) else None
    return trim(text) if isinstance(text, str) else ""


@rule(
    "token.other-kind",
    "Rejected if `accessToken` is not the token of a machine identity.",
    Source("service", "renew and revoke, order of checks", "2026-08-20"),
    answers(400, "BadRequest"),
)
def other_kind(request: SubmittedToken) -> Finding | None:
    return (
        None
        if request.access_token.kind == "identity"
        else Finding("accessToken must be the token of a machine identity")
    )


SUBMITTED_TOKEN_RULES: tuple[Rule[SubmittedToken], ...] = (*DEFECTS, other_kind, claims)
