"""What an accepted request broke: the violations that the profile lets through."""

from mockserver.contract.operation import Described
from mockserver.contract.violation import Violation


def let_through(violations: list[Violation], contract: Described, media_type: str) -> list[Violation]:
    """What an accepted request broke nevertheless."""
    if not media_type or media_type in contract.request_media_types:
        return violations
    found = list(violations)
    if contract.request_media_types:
        note = f"the contract takes {', '.join(contract.request_media_types)}, not {media_type}"
        found.append(Violation((), "content", note=note))
    return found
