"""The ledger of all rules: searchable, by stage and by generation."""

from typing import Any

from aiohttp import web

from mockserver.inspector.rendering import explain, render
from mockserver.inspector.visit import Visit, of_world
from mockserver.rules.generation import GENERATIONS


async def show(visit: Visit) -> web.Response:
    """The rules that have the words of `q` in id, summary, source or error; of one stage, and of one generation."""
    reply = await visit.get("/_mock/rules")
    if not reply.ok:
        return explain(visit, reply.status, "There is no ledger", reply.message)
    rules, query = reply.value["rules"], visit.query
    words = query.get("q", "").lower().split()
    stage, generation = query.get("stage", ""), query.get("generation", "")
    found = [
        rule
        for rule in rules
        if all(word in _text(rule) for word in words)
        and (not stage or rule["stage"] == stage)
        and (not generation or applies(rule, generation))
    ]
    about = await visit.get(of_world(visit.world))
    return render(
        visit,
        "rules.html",
        rules=found,
        total=len(rules),
        stages=list(dict.fromkeys(rule["stage"] for rule in rules)),
        generations=[each.value for each in GENERATIONS],
        q=query.get("q", "").strip(),
        stage=stage,
        generation=generation,
        about=about.value if about.ok else None,
        tab="rules",
    )


def applies(rule: dict[str, Any], generation: str) -> bool:
    """Whether a rule is checked in a generation: from `since` to `until`, both included."""
    since, until = rule["since"] or "", rule["until"] or "9999"
    return bool(since <= generation <= until)


def _text(rule: dict[str, Any]) -> str:
    answers = " ".join(f"{answer['status']} {answer['error']}" for answer in rule["answers"].values())
    source = rule["source"]
    return f"{rule['id']} {rule['stage']} {rule['says']} {source['where']} {source['kind']} {answers}".lower()
