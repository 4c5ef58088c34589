"""The identities of a world as a table: auth methods, lifetimes, mode, gateway, TLS, template, tokens in force."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from mockserver.inspector.rendering import of_the_world
from mockserver.inspector.visit import Visit, of_world

ROWS = 100
MOST = 50
"""How many rows the tables of organizations, gateways and clusters have at most."""
LIVE = 10_000
"""Up to how many identities the page follows the changes by itself: all of them are searched each time."""
METHODS = {"kubernetesAuth": "Kubernetes", "universalAuth": "Universal", "tokenAuth": "Token"}
MARK = "isTokenReviewerJwtTemplateSourced"


async def show(visit: Visit) -> web.Response:
    """The identities whose name or id has the text of `q` in it, a page of them."""
    wanted, start = visit.query.get("q", "").strip(), visit.query.get("start", "0")
    first = int(start) if start.isascii() and start.isdecimal() and len(start) < 9 else 0
    reply = await visit.get(of_world(visit.world, "identities"), search=wanted, start=first, limit=ROWS)
    if not reply.ok:
        return await of_the_world(visit, "state.html")
    page, document = reply.value, reply.value["state"]
    rows = rows_of(document["identities"], document, await _tokens(visit, document["identities"]))
    return await of_the_world(
        visit,
        "state.html",
        rows=rows,
        found=page["found"],
        total=page["total"],
        start=first,
        step=ROWS,
        q=wanted,
        live=page["total"] <= LIVE,
        has_templates=any(row["template"] or row["sourced"] for row in rows),
        most=MOST,
        organizations=_organizations(document["organizations"]),
        gateways=document["gateways"],
        pools=document["gatewayPools"],
        clusters=document["clusters"],
        templates=templates_of(document),
        tab="state",
    )


async def _tokens(visit: Visit, identities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tokens of these identities, and of no others: a large world has more than one answer lists."""
    if not identities:
        return []
    query = urlencode([("identity", each["id"]) for each in identities])
    reply = await visit.get(f"{of_world(visit.world, 'tokens')}?{query}")
    return list(reply.value["tokens"]) if reply.ok else []


def rows_of(
    identities: Iterable[dict[str, Any]], document: dict[str, Any], tokens: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the table shows of each identity; names stand for the ids of organization, gateway, pool and template."""
    named = [document[section] for section in ("organizations", "gateways", "gatewayPools")]
    names = {each["id"]: each["name"] for section in (*named, templates_of(document)) for each in section}
    retired = {each["id"] for each in document["gateways"] if each.get("retired")}
    for organization in document["organizations"]:
        names.update({each["id"]: each["name"] for each in organization.get("projects", ())})
    by_identity: dict[str, list[dict[str, Any]]] = {}
    for token in tokens:
        if token["inForce"]:
            by_identity.setdefault(token["identityId"], []).append(token)
    rows = [_row(each, names, by_identity.get(each["id"], [])) for each in identities]
    return [{**row, "retired": row["record"].get("gatewayId") in retired} for row in rows]


def templates_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The auth templates of all organizations, each with the name of its organization."""
    return [
        {**each, "organization": organization["name"]}
        for organization in document["organizations"]
        for each in organization.get("templates", ())
    ]


def _organizations(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page shows of each organization: also the name of the one above it, and its projects."""
    names = {each["id"]: each["name"] for each in entries}
    return [{"projects": [], **each, "below": names.get(each["parent"], "")} for each in entries]


def _row(identity: dict[str, Any], names: dict[str, str], tokens: list[dict[str, Any]]) -> dict[str, Any]:
    record = identity.get("kubernetesAuth", {})
    gateway, pool, template = (record.get(key) for key in ("gatewayId", "gatewayPoolId", "templateId"))
    return {
        "id": identity["id"],
        "name": identity["name"],
        "role": identity["role"],
        "isActive": identity["isActive"],
        "organization": names.get(identity["organization"], identity["organization"]),
        "project": names.get(identity["projectId"], identity["projectId"]),
        "methods": [(METHODS[key], identity[key]) for key in METHODS if key in identity],
        "record": record,
        "mode": record.get("tokenReviewMode"),
        "gateway": names.get(gateway, gateway),
        "pool": names.get(pool, pool),
        "verify": record.get("verifyTlsCertificate"),
        "ca": bool(record.get("caCert")),
        "reviewer": bool(record.get("tokenReviewerJwt")),
        "template": names.get(template, template),
        "sourced": record.get(MARK),
        "tokens": tokens,
        "left": min((each["secondsLeft"] for each in tokens if each["secondsLeft"] is not None), default=None),
        "uses": min((each["usesLeft"] for each in tokens if each["usesLeft"] is not None), default=None),
        "updatedAt": identity["updatedAt"],
    }
