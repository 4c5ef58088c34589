"""The identities of a world as a table: auth methods, lifetimes, mode, gateway, TLS, template, tokens in force."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from mockserver.inspector.rendering import of_the_world
from mockserver.inspector.visit import Visit, of_world

ROWS = 100
LIVE = 1000
"""Up to how many identities the page follows the changes by itself: its whole state is read each time."""
METHODS = {"kubernetesAuth": "Kubernetes", "universalAuth": "Universal", "tokenAuth": "Token"}
MARK = "isTokenReviewerJwtTemplateSourced"


async def show(visit: Visit) -> web.Response:
    """The identities whose name or id has the text of `q` in it, a page of them."""
    reply = await visit.get(of_world(visit.world, "state"))
    if not reply.ok:
        return await of_the_world(visit, "state.html")
    document, wanted = reply.value, visit.query.get("q", "").strip().lower()
    found = [each for each in document["identities"] if wanted in each["name"].lower() or wanted in each["id"]]
    start = visit.query.get("start", "0")
    first = int(start) if start.isascii() and start.isdecimal() and len(start) < 9 else 0
    tokens = await visit.get(of_world(visit.world, "tokens"))
    rows = rows_of(found[first : first + ROWS], document, tokens.value["tokens"] if tokens.ok else [])
    return await of_the_world(
        visit,
        "state.html",
        rows=rows,
        found=len(found),
        total=len(document["identities"]),
        start=first,
        step=ROWS,
        q=visit.query.get("q", "").strip(),
        live=len(document["identities"]) <= LIVE,
        has_templates=any(row["template"] or row["sourced"] for row in rows),
        organizations=document["organizations"],
        gateways=document["gateways"],
        pools=document["gatewayPools"],
        clusters=document["clusters"],
        tab="state",
    )


def rows_of(
    identities: Iterable[dict[str, Any]], document: dict[str, Any], tokens: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the table shows of each identity; names stand for the ids of organization, gateway, pool and template."""
    sections = ("organizations", "gateways", "gatewayPools", "identityAuthTemplates", "templates")
    names = {each["id"]: each["name"] for section in sections for each in document.get(section, ())}
    by_identity: dict[str, list[dict[str, Any]]] = {}
    for token in tokens:
        if token["inForce"]:
            by_identity.setdefault(token["identityId"], []).append(token)
    return [_row(each, names, by_identity.get(each["id"], [])) for each in identities]


def _row(identity: dict[str, Any], names: dict[str, str], tokens: list[dict[str, Any]]) -> dict[str, Any]:
    record = identity.get("kubernetesAuth", {})
    gateway, pool, template = (record.get(key) for key in ("gatewayId", "gatewayPoolId", "templateId"))
    return {
        "id": identity["id"],
        "name": identity["name"],
        "role": identity["role"],
        "isActive": identity["isActive"],
        "organization": names.get(identity["organization"], identity["organization"]),
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
