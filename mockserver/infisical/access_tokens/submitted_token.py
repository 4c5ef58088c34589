"""A token that a body hands in, to be renewed or revoked: what both ask of it first."""

from dataclasses import dataclass, replace

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect
from mockserver.infisical.access_tokens.rules import DEFECTS, claims
from mockserver.infisical.javascript import trim
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Finding, Source, answers, rule


@dataclass(slots=True)
class SubmittedToken:
    """One such token at `now` (milliseconds), or why it is none, and how its owner stands in the world."""

    token: AccessToken | Defect
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    now: int = 0
    revoked: str | None = None
    member: bool = True
    inactive: bool = False
    uses_left: bool = True

    def __post_init__(self) -> None:
        # The moment of issue is one of the claims that the service asks for. A fixed token has, and needs, none.
        if isinstance(self.token, AccessToken) and self.token.issued_at == 0:
            self.token = replace(self.token, complete=False)

    @property
    def access_token(self) -> AccessToken:
        """The token; for whoever stands behind the rules that refuse what is none."""
        assert isinstance(self.token, AccessToken), "asked for the token before the rules that make sure there is one"
        return self.token


def submitted_text(body: object) -> str:
    """The text of the token that a body hands in, trimmed. One of a wrong type reads as empty: it is refused anyway."""
    text = body.get("accessToken") if isinstance(body, dict) else None
    return trim(text) if isinstance(text, str) else ""


@rule(
    "token.other-kind",
    "The token that is handed in is a machine identity's.",
    Source("service", "renew and revoke, order of checks", "2026-08-28"),
    answers(400, "BadRequest"),
)
def other_kind(request: SubmittedToken) -> Finding | None:
    return None if request.access_token.kind == "identity" else Finding("Not the access token of a machine identity")


SUBMITTED_TOKEN_RULES = (*DEFECTS, other_kind, claims)
