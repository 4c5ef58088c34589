"""What the database refuses of the settings of Token Auth."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods.token_settings import past_64_bits
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.rules.rule import Answer, Finding, Rule, answers, rule


def uses_database(id: str, source: str, error: str) -> Rule[SettingsRequest]:
    """The rule of that id: the service's statement takes the number of uses, or fails with that `error`."""

    @rule(
        id,
        "The database takes the number of uses: an integer of 64 bits.",
        preconditions.from_service(source),
        answers(contract=None, live=Answer(500, error)),
        about=("accessTokenNumUsesLimit",),
    )
    def check(request: SettingsRequest) -> Finding | None:
        refused = past_64_bits(request.sent.access_token_num_uses_limit)
        return Finding("The database refuses the number of uses") if refused else None

    return check
