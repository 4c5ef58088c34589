"""`GET /_mock/rules`: the ledger of all rules, in the order in which they are asked."""

from typing import Any

from aiohttp import web

from mockserver.control.resource import Asked, json_response
from mockserver.profiles import DIFFERENCES
from mockserver.rules import Rule


async def ledger(asked: Asked) -> web.Response:
    """Every rule with its stage, meaning, source and answers; and the differences between the profiles."""
    differences = [
        {"situation": each.situation, "contract": each.contract, "live": each.live, "rules": list(each.rules)}
        for each in DIFFERENCES
    ]
    return json_response({"rules": [_row(stage, rule) for stage, rule in asked.parts.ledger], "profiles": differences})


def _row(stage: str, rule: Rule[Any]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "stage": stage,
        "says": rule.says,
        "source": {"kind": rule.source.kind, "where": rule.source.where, "date": rule.source.date},
        "answers": {
            profile.value: {"status": answer.status, "error": answer.error} for profile, answer in rule.answers.items()
        },
        "errors": list(rule.errors),
        "refusesValid": rule.refuses_valid,
    }
