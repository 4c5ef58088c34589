"""What the database refuses of the settings of Token Auth."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods.token_settings import past_64_bits
from mockserver.infisical.token_auth.request import SettingsAttempt
from mockserver.rules.rule import Answer, Finding, Rule, parted, rule


def uses_database(id: str, source: str, error: str) -> Rule[SettingsAttempt]:
    """The rule of that id: the service's statement takes the number of uses, or fails with that `error`."""

    @rule(
        id,
        "The database takes the number of uses: an integer of 64 bits.",
        preconditions.from_service(source),
        parted(contract=None, live=Answer(500, error)),
        about=("accessTokenNumUsesLimit",),
    )
    def check(attempt: SettingsAttempt) -> Finding | None:
        refused = past_64_bits(attempt.sent.access_token_num_uses_limit)
        return Finding("The database refuses the number of uses") if refused else None

    return check
