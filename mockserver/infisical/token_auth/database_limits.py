"""Column limits of the settings of Token Auth."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods.token_settings import past_64_bits
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.rules.rule import Answer, Finding, Rule, answers, rule


def uses_database(id: str, source: str, error: str) -> Rule[SettingsRequest]:
    """Return the rule that rejects a number of uses that the INSERT or UPDATE fails on; `error` names the statement."""

    @rule(
        id,
        "Rejected if the database cannot store `accessTokenNumUsesLimit`: the column holds whole numbers of 64 bits.",
        preconditions.from_service(source),
        answers(contract=None, live=Answer(500, error)),
        about=("accessTokenNumUsesLimit",),
    )
    def check(request: SettingsRequest) -> Finding | None:
        if not past_64_bits(request.sent.access_token_num_uses_limit):
            return None
        return Finding("The database cannot store accessTokenNumUsesLimit: its column holds whole numbers of 64 bits")

    return check
