"""One exchange: both messages, the rules in order with their verdicts, and what became of each field."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from mockserver.control.inner_request import Reply
from mockserver.inspector.rendering import explain, render
from mockserver.inspector.visit import Visit, of_world

SIDES = ("stored", "sent", "resulting")
_REVISIONS = 1000


async def show(visit: Visit) -> web.Response:
    """The page of an exchange; a page that explains where the journal does not have it any more."""
    path = f"/_mock/requests/{quote(visit.parameters['id'], safe='')}"
    whole = await visit.get(path)
    said = await visit.get(f"{path}/explain") if whole.ok else whole
    if not said.ok:
        return explain(
            visit,
            whole.status if not whole.ok else said.status,
            "This exchange is not in the journal",
            f"{said.message}. The journal keeps the latest exchanges only, and a reset empties it: "
            "start the server with --journal-size to keep more.",
        )
    entry, explanation = whole.value, said.value
    about = await visit.get(of_world(entry["world"]))
    changes = await _changes(visit, entry)
    return render(
        visit,
        "exchange.html",
        entry=entry,
        said=explanation,
        world=entry["world"],
        about=about.value if about.ok else {"id": entry["world"], "gone": True},
        fields=fields_of(explanation, entry, changes),
        changes=changes,
        stages=stages_of(explanation["rules"]),
        sides=SIDES,
        curl=await visit.text(f"{path}/curl"),
        test=await visit.text(f"{path}/test"),
        tab="journal",
    )


async def _changes(visit: Visit, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that the exchange has changed in its world."""
    if entry["rule"] != "accepted":
        return []
    reply: Reply = await visit.get(of_world(entry["world"], "revisions"), since=entry["revision"], limit=_REVISIONS)
    rows = reply.value["revisions"] if reply.ok else []
    return next((row["changes"] for row in rows if row["requestId"] == entry["id"]), [])


def fields_of(said: dict[str, Any], entry: dict[str, Any], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each field that a rule looked at or that was sent or changed: its values by side, and whether it changed."""
    found: dict[str, dict[str, Any]] = {}
    for rule in said["rules"]:
        for field in rule.get("fields", ()):
            row = found.setdefault(field["field"], {"field": field["field"], "deciding": False})
            row.update({side: field[side] for side in SIDES if side in field})
            row["deciding"] |= rule["rule"] == entry["rule"]
    body = entry["request"]["body"]
    for name, value in body.items() if isinstance(body, dict) else ():
        found.setdefault(name, {"field": name, "deciding": False}).setdefault("sent", value)
    for change in changes:
        name = change["pointer"].rpartition("/")[2]
        row = found.setdefault(name, {"field": name, "deciding": False})
        row["stored"], row["resulting"] = change["before"], change["after"]
        row["changed"] = True
    for row in found.values():
        differs = "stored" in row and "resulting" in row and row["stored"] != row["resulting"]
        row["changed"] = row.get("changed", False) or differs
    return sorted(found.values(), key=lambda row: (not row["deciding"], not row["changed"], "sent" not in row))


def stages_of(rules: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rules by the stage that asks them, in order."""
    stages: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        stages.setdefault(rule["stage"], []).append(rule)
    return list(stages.items())
