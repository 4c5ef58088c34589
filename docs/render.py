"""Prints what the code holds as data into the documents: the rule ledger, and the table of the profiles.

make docs     brings docs/rules.md and the README's table up to date; a test compares
"""

import inspect
import re
import sys
from pathlib import Path
from typing import Any

from mockserver.api.operations import OPERATIONS
from mockserver.app import ledger
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import DIFFERENCES, Profile
from mockserver.rules.rule import Rule

ROOT = Path(__file__).parent.parent


def profiles_table() -> str:
    """The table of the situations in which the profiles part."""
    lines = ["| Situation | `contract` (default) | `live` |", "| --- | --- | --- |"]
    lines += [f"| {each.situation} | {each.contract} | {each.live} |" for each in DIFFERENCES]
    return "\n".join(lines)


def rules_document() -> str:
    """docs/rules.md."""
    lines = [
        "# Rules",
        "",
        "Every rule; `Mock-Rule` names the one that decided. The same list is at `GET /_mock/rules`. *Stage* says who",
        "asks it (`shared`: several operations), *Valid* whether a request that the contract accepts can be refused by",
        "it. Below the table stands the order in which each operation asks. Printed from the code by `make docs`.",
        "",
        "| Stage | Rule | Summary | `contract` | `live` | Valid | Source | Code |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for stage, rule in ledger(OPERATIONS):
        answers = [_answers(rule, profile) for profile in Profile]
        source = f"{rule.source.kind}: {rule.source.where} ({rule.source.date})"
        says = rule.summary.replace("|", "\\|")
        lines.append(
            f"| {stage} | `{rule.id}` | {says} | {' | '.join(answers)} | {'yes' if rule.refuses_valid else 'no'} |"
            f" {source} | {_home(rule.check)} |"
        )
    lines += ["", "## The order of each operation", ""]
    lines += ["Behind route, token, header and body, in which every operation is alike.", ""]
    for operation in OPERATIONS:
        ids = " → ".join(f"`{rule.id}`" for rule in operation.rules.rules)
        lines += [f"- **{operation.id}**: {ids}"]
    return "\n".join(lines) + "\n"


def _answers(rule: Rule[Any], profile: Profile) -> str:
    """What the rule answers in the profile; from which generation on, where generations differ."""
    texts: list[tuple[str, str]] = []
    for each in GENERATIONS:
        answer = rule.answers.get(edition(profile, each))
        text = "none" if answer is None else f"{answer.status} `{answer.error}`"
        if not texts or texts[-1][1] != text:
            texts.append((each, text))
    return texts[0][1] if len(texts) == 1 else "; ".join(f"{since}: {text}" for since, text in texts)


def _home(check: object) -> str:
    """The file that holds the check."""
    file = Path(inspect.getsourcefile(inspect.unwrap(check)) or "").resolve()  # type: ignore[arg-type]
    return f"[{file.name}](../{file.relative_to(ROOT)})"


def readme(text: str) -> str:
    """The README with its table up to date."""
    pattern = re.compile(r"(?<=<!-- profiles -->\n).*?(?=<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda _: f"{profiles_table()}\n", text)


def main() -> None:
    """Writes both."""
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text("utf-8")), "utf-8")
    (ROOT / "docs" / "rules.md").write_text(rules_document(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
