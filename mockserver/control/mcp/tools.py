"""The tools for coding agents. Each one calls handlers of the control API, and keeps the result short."""

from typing import Any

from mockserver.control import clock, coverage, faults, identities, requests, worlds
from mockserver.control.mcp.tool import WORLD, Asked, Result, Tool, failed, of_value, shown
from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.faults.plan import KINDS
from mockserver.journal import critic

_SUMMARY = ("covered", "of", "percent")


def _text(description: str, most: int = 200) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": most, "description": description}


def _integer(least: int, most: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "description": description}


async def _list_worlds(asked: Asked) -> Result:
    reply = await asked.get(worlds.listing)
    wanted, limit = asked.arguments.get("search", "").lower(), asked.value("limit", 50)
    found = [each for each in reply.value["worlds"] if wanted in each["id"].lower()]
    return of_value({"total": len(reply.value["worlds"]), "found": len(found), "worlds": found[:limit]})


async def _show_state(asked: Asked) -> Result:
    limit = asked.value("limit", 20)
    reply = await asked.get(identities.listing, **asked.given("identity", "search", "start"), limit=limit)
    if reply.ok and "identity" in asked.arguments:
        kept = {name: reply.value["state"][name] for name in ("identities", "accessTokens")}
        return of_value({**reply.value, "state": kept})
    return shown(reply)


async def _latest_rejections(asked: Asked) -> Result:
    reply = await asked.get(requests.listing, **asked.given("world", "operation"), limit=requests.MAX_LIMIT)
    if not reply.ok:
        return failed(reply)
    lines = reply.value["requests"]
    found = [each["id"] for each in lines if not 200 <= each["status"] < 400]
    if not found:
        value = {"rejections": [], "found": 0, "searched": len(lines)}
        return Result(f"No rejected request among the latest {len(lines)} requests.", value)
    pages, values = [], []
    for each in found[: asked.value("limit", 3)]:
        explained = await _explained(asked, each)
        pages.append(explained.text)
        values.append(explained.value)
    head = f"{len(found)} rejected among the latest {len(lines)} requests; the latest {len(pages)}, newest first:"
    return Result("\n\n".join([head, *pages]), {"rejections": values, "found": len(found), "searched": len(lines)})


async def _search_journal(asked: Asked) -> Result:
    filters = asked.given("world", "operation", "status", "rule", "warning", "warnings", "since")
    return shown(await asked.get(requests.listing, **filters, limit=asked.value("limit", 20)))


async def _explain(asked: Asked) -> Result:
    return await _explained(asked, asked.arguments.get("request", requests.LATEST))


async def _explained(asked: Asked, id: str) -> Result:
    """Return the explanation as the page for a terminal, and as JSON without the rules that did not decide."""
    page = await asked.get(requests.explain, "text/plain", id=id)
    reply = await asked.get(requests.explain, id=id)
    if not reply.ok:
        return failed(reply)
    decided = [each for each in reply.value["rules"] if each["verdict"] == "refused"]
    return Result(str(page.value), {**reply.value, "rules": decided})


async def _add_fault(asked: Asked) -> Result:
    body = {name: value for name, value in asked.arguments.items() if name != "world"}
    return shown(await asked.send(faults.add, "POST", body))


async def _set_clock(asked: Asked) -> Result:
    moves = asked.given("now", "advance")
    runs = asked.arguments.get("run", False)
    if bool(moves) == runs:
        return Result("(arguments): send now, advance or both, or run alone", None, True)
    return shown(await (asked.send(clock.run, "DELETE") if runs else asked.send(clock.put, "PUT", moves)))


async def _coverage(asked: Asked) -> Result:
    report = (await asked.get(coverage.show)).value
    operations = {each["operation"]: each for each in report["operations"]}
    wanted = asked.arguments.get("operation")
    if wanted is None:
        rows = {name: _figures(each["totals"]["all"]) for name, each in operations.items()}
        totals = {kind: _figures(each) for kind, each in report["totals"].items()}
        return of_value({"totals": totals, "operations": rows})
    if wanted not in operations:
        near = did_you_mean(nearest(wanted, operations))
        listed = "The operations: " + ", ".join(operations)
        return Result(f"/operation: there is no operation {quoted(wanted)}.{near} {listed}", None, True)
    found = operations[wanted]
    missing = {
        kind: [name for name, state in items.items() if state == "missing"] for kind, items in found["items"].items()
    }
    return of_value({"operation": wanted, "totals": found["totals"], "missing": missing})


def _figures(total: dict[str, Any]) -> dict[str, Any]:
    return {name: total[name] for name in _SUMMARY}


_ANY_WORLD = {**WORLD, "description": "Only requests to this world; those to all worlds if left out."}
_OPERATION = _text("An operationId of /openapi.yaml, such as updateKubernetesAuth.", 100)

TOOLS = (
    Tool(
        "list_worlds",
        "List worlds",
        "Lists the worlds: isolated states with a clock, a profile and a generation of the service. A client uses "
        "`baseUrl` in place of the vendor's address.",
        {
            "search": _text("Only worlds whose id contains this text."),
            "limit": _integer(1, 1000, "The largest number of worlds to return; 50 by default."),
        },
        _list_worlds,
    ),
    Tool(
        "show_state",
        "Show the state of a world",
        "Returns identities with their auth methods and tokens, organizations, gateways and clusters, in the fixture "
        "format. Secrets are masked. `found` counts all matching identities. With `identity`, only it and its tokens.",
        {
            "world": WORLD,
            "identity": _text("Only the identity with this name or id."),
            "search": _text("Only identities whose name or id contains this text."),
            "start": _integer(0, identities.MAX_START, "How many matching identities to leave out; 0 by default."),
            "limit": _integer(0, 100, "The largest number of identities to return; 20 by default."),
        },
        _show_state,
        needs="identities.listing",
    ),
    Tool(
        "latest_rejections",
        "Explain the latest rejected requests",
        "Explains the latest requests that were not accepted, newest first: the rule that decided and its source, the "
        "fields it read with stored and sent values, and the facts. Begin here when a client fails.",
        {
            "world": _ANY_WORLD,
            "operation": _OPERATION,
            "limit": _integer(1, 20, "The largest number of explanations; 3 by default."),
        },
        _latest_rejections,
    ),
    Tool(
        "search_journal",
        "Search the request journal",
        "Lists requests with time, operation, path, status and deciding rule, newest first. All filters must match. "
        "`explain` takes the `id` of a line.",
        {
            "world": _ANY_WORLD,
            "operation": _OPERATION,
            "status": _integer(0, 599, "The status of the response."),
            "rule": _text("The id of the rule that decided, such as update.tls.ca-required; `accepted` if none."),
            "warning": {
                "type": "string",
                "enum": [each.code for each in critic.WARNINGS],
                "description": "Only requests with this warning of the client critic.",
            },
            "warnings": {"type": "boolean", "description": "Only requests with warnings (true) or without (false)."},
            "since": _text("Only requests from this time on, in ISO 8601 with a zone.", 64),
            "limit": _integer(1, 200, "The largest number of requests; 20 by default."),
        },
        _search_journal,
    ),
    Tool(
        "explain",
        "Explain a request",
        "Explains why a request was answered as it was: the rules in order, the rule that decided, its fields and "
        "facts, contract breaches and warnings.",
        {"request": _text("The id of the request, such as req-2f304fc373bd96; `latest` by default.", 64)},
        _explain,
    ),
    Tool(
        "add_fault",
        "Inject a fault",
        "Makes matching requests of a world fail or wait: `delay` needs seconds, `status` a status, `drop` where; "
        "`rate-limit` and `stale` need nothing. At most one fault is injected into a request.",
        {
            "world": WORLD,
            "kind": {"type": "string", "enum": list(KINDS.values()), "description": "What happens."},
            "operation": {**_OPERATION, "description": "Only requests of this operationId; of all if left out."},
            "identityId": _text("Only requests about the identity with this name or id.", 100),
            "times": _integer(1, 1_000_000, "How often the fault is injected at most."),
            "every": _integer(1, 1_000_000, "Inject it into every n-th matching request only."),
            "probability": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 1,
                "description": "Inject it with this probability.",
            },
            "seed": _integer(0, 2**32 - 1, "Seed of the probability."),
            "seconds": {"type": "number", "minimum": 0, "maximum": 300, "description": "Length of a delay."},
            "status": _integer(100, 599, "Status of the response, of kind `status`."),
            "retryAfter": _integer(0, 86_400, "Seconds in Retry-After, of kind `rate-limit`."),
            "where": {
                "type": "string",
                "enum": ["before-write", "after-write", "mid-body"],
                "description": "When the connection is closed, of kind `drop`.",
            },
        },
        _add_fault,
        required=("kind",),
        changes=True,
        needs="faults.add",
    ),
    Tool(
        "set_clock",
        "Set the clock of a world",
        "Freezes the clock of a world at `now`, moves it forward by `advance` seconds, or lets it `run`. Time cannot "
        "go back after the first change of the world. Tokens expire by this clock.",
        {
            "world": WORLD,
            "now": _text("Freeze the clock at this time, in ISO 8601 with a zone.", 64),
            "advance": {
                "type": "number",
                "minimum": 0,
                "maximum": 253_402_300_799,
                "description": "Move the clock forward by this number of seconds.",
            },
            "run": {"type": "boolean", "description": "Let the clock run on from its current time."},
        },
        _set_clock,
        changes=True,
        needs="clock.put",
    ),
    Tool(
        "coverage",
        "Show contract coverage",
        "Returns what requests have covered of statuses, rules, body fields and decision tables: figures for each "
        "operation or, with `operation`, the items that are missing.",
        {"operation": _text("List what is missing of this operation; (request) stands for what precedes one.", 100)},
        _coverage,
    ),
)

BY_NAME = {each.name: each for each in TOOLS}
