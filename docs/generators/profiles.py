"""The page of profiles: the situations in which `contract` and `live` differ."""

from docs.generators import NOTICE
from docs.generators.table import table
from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS
from mockserver.rules.profile import DIFFERENCES

INTRODUCTION = """\
The published contract and the running service differ in places. The profile decides which of the two the mock follows.

- `contract`, the default, holds callers to the document. It is stricter, and the right target for fuzzers.
- `live` does what the running service does. The response header `Mock-Breach` counts the breaches of the contract that
  it let through; the journal lists them.

The official Terraform provider sends `identityId` in the body of an update. The document forbids it, and the service
drops it. The provider therefore needs `live`.

`--profile live` selects the profile of a server, `"profile": "live"` that of a world, and
`@pytest.mark.infisical_mock(profile="live")` that of a test. Whatever this table does not list is the same in both
profiles. The days of the service are a second setting: see [generations](generations.md).
"""


def page() -> str:
    """Return docs/reference/profiles.md."""
    known = {rule.id for _, rule in ledger(OPERATIONS)}
    rows = [
        [
            each.situation,
            each.contract,
            each.live,
            ", ".join(f"[`{name}`](rules.md#{name})" for name in each.rules if name in known),
        ]
        for each in DIFFERENCES
    ]
    lines = table(["Situation", "`contract`", "`live`", "Rules"], rows)
    return "\n".join([NOTICE, "", "# Profiles", "", *INTRODUCTION.splitlines(), "", *lines]) + "\n"
