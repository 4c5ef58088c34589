"""`GET /_mock/rules`: all rules, and the order in which each operation checks them."""

from typing import Any

from aiohttp import web

from mockserver.control.resource import Call, json_response
from mockserver.control.unscripted import UNSCRIPTED
from mockserver.journal.rule_pages import rule_page
from mockserver.rules.edition import edition
from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import DIFFERENCES, Profile
from mockserver.rules.rule import Answer, Rule
from mockserver.rules.sources import source_counts, source_date


async def ledger(call: Call) -> web.Response:
    """Return all rules with stage, summary, source and answers, their order, and the differences of the profiles."""
    differences = [
        {"situation": each.situation, "contract": each.contract, "live": each.live, "rules": list(each.rules)}
        for each in DIFFERENCES
    ]
    operations = {name: [rule.id for rule in book.rules] for name, book in call.parts.rulebooks.items()}
    rules = [_row(stage, rule, call.parts.docs_url) for stage, rule in call.parts.ledger]
    sources = {name: source_counts(book) for name, book in call.parts.rulebooks.items()}
    return json_response({"rules": rules, "operations": operations, "sources": sources, "profiles": differences})


def _row(stage: str, rule: Rule[Any], docs_url: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "stage": stage,
        "says": rule.summary,
        "source": {"kind": rule.source.kind, "where": rule.source.where, "date": source_date(rule)},
        "since": rule.since,
        "until": rule.until,
        "answers": {
            profile.value: {"status": answer.status, "error": answer.error}
            for profile in Profile
            for answer in [newest_answer(rule, profile)]
            if answer is not None
        },
        "answersByGeneration": {
            profile.value: {
                generation.value: {"status": answer.status, "error": answer.error}
                for generation in GENERATIONS
                for answer in [rule.answers.get(edition(profile, generation))]
                if answer is not None
            }
            for profile in Profile
        },
        "errors": list(rule.errors),
        "refusesValid": rule.refuses_valid,
        "parity": {"script": None if rule.id in UNSCRIPTED else rule.id, "reason": UNSCRIPTED.get(rule.id)},
        "docs": rule_page(rule.id, docs_url),
    }


def newest_answer(rule: Rule[Any], profile: Profile) -> Answer | None:
    """Return the rule's answer in the newest generation in which the profile has it; None if there is none."""
    found = [edition for edition in rule.answers if edition.profile is profile]
    return rule.answers[max(found, key=lambda each: each.generation)] if found else None
