"""Links from a rule's id to its entry in the documentation."""

from mockserver.rules.rule import ACCEPTED

IN_THE_REPOSITORY = "docs/reference/rules.md"
_ON_THE_SITE = "/reference/rules/"


def rule_page(rule: str, site: str = "") -> str | None:
    """Return where the rule is documented; None for an accepted request.

    `site` is the URL of the documentation site. Without it, the link is a path in the repository.
    """
    if not rule or rule == ACCEPTED:
        return None
    return f"{site.rstrip('/') + _ON_THE_SITE if site else IN_THE_REPOSITORY}#{rule}"
