"""What the requests have met of contract and rules: bars per operation, what is missing, the update's two tables."""

import re
from typing import Any

from aiohttp import web

from mockserver.inspector.rendering import explain, go, page_address, render
from mockserver.inspector.visit import Visit, of_world

UPDATE = "updateKubernetesAuth"
_TLS = re.compile(
    r"tls (?P<number>\d+): stored (?P<flag>on|off) (?P<ca>with|without) CA; "
    r"sent flag (?P<sent_flag>\S+), CA (?P<sent_ca>\S+); gives (?P<gives>.+)"
)
_GATEWAY = re.compile(
    r"gateway (?P<number>\d+): stored (?P<stored>\S+); sent gateway (?P<gateway>\S+), pool (?P<pool>\S+); "
    r"gives (?P<gives>.+)"
)


async def show(visit: Visit) -> web.Response:
    """The report. `operation` opens one operation's items."""
    reply = await visit.get("/_mock/coverage")
    if not reply.ok:
        return explain(visit, reply.status, "There is no report", reply.message)
    report, wanted = reply.value, visit.query.get("operation", "")
    operations = [{**each, "missing": missing_of(each)} for each in report["operations"]]
    update = next((each for each in operations if each["operation"] == UPDATE), None)
    tables = update["items"].get("tables", {}) if update else {}
    about = await visit.get(of_world(visit.world))
    return render(
        visit,
        "coverage.html",
        report=report,
        operations=sorted(operations, key=lambda each: (not each["totals"]["all"]["covered"], each["operation"])),
        sections=[name for name in report["totals"] if name != "all"],
        chosen=next((each for each in operations if each["operation"] == wanted), None),
        tls=_rows(_TLS, tables),
        gateways=_rows(_GATEWAY, tables),
        about=about.value if about.ok else None,
        tab="coverage",
    )


def missing_of(operation: dict[str, Any]) -> dict[str, list[str]]:
    """What counts and has not been met, by section."""
    sections = {
        section: [item for item, state in items.items() if state == "missing"]
        for section, items in operation["items"].items()
    }
    return {section: items for section, items in sections.items() if items}


def _rows(form: re.Pattern[str], items: dict[str, str]) -> list[dict[str, Any]]:
    """The rows of one table, in cells, with what has become of each."""
    matches = ((form.fullmatch(item), state) for item, state in items.items())
    return [{**match.groupdict(), "state": state} for match, state in matches if match is not None]


async def forget(visit: Visit) -> web.Response:
    """Begins the count anew."""
    reply = await visit.send("DELETE", "/_mock/coverage")
    if not reply.ok:
        return explain(visit, reply.status, "The count goes on", reply.message)
    return go(page_address("coverage", done="coverage"))
