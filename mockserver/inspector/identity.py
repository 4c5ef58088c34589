"""One identity: its record as it stands, its tokens, and its revisions as differences of fields."""

from typing import Any

from aiohttp import web

from mockserver.inspector.rendering import explain, of_the_world
from mockserver.inspector.state import METHODS, rows_of
from mockserver.inspector.visit import Visit, of_world

_REVISIONS = 1000
SHOWN = 100


async def show(visit: Visit) -> web.Response:
    """The page of an identity; a page that explains where the world has none of that id."""
    wanted = visit.parameters["id"].lower()
    reply = await visit.get(of_world(visit.world, "identities"), search=wanted)
    if not reply.ok:
        return await of_the_world(visit, "identity.html")
    document = reply.value["state"]
    identity = next((each for each in document["identities"] if each["id"] == wanted), None)
    listed = await visit.get(of_world(visit.world, "revisions"), identity=wanted, limit=_REVISIONS)
    revisions = revisions_of(wanted, listed.value["revisions"]) if listed.ok else []
    if identity is None and not revisions:
        return explain(
            visit,
            404,
            "This identity is not there",
            f"The world '{visit.world}' has no identity {wanted}, and had none.",
        )
    tokens = await visit.get(of_world(visit.world, "tokens"), identity=wanted)
    rows = tokens.value["tokens"] if tokens.ok else []
    return await of_the_world(
        visit,
        "identity.html",
        id=wanted,
        identity=identity,
        row=rows_of([identity], document, rows)[0] if identity else None,
        methods=[(METHODS[key], identity[key]) for key in METHODS if key in identity] if identity else [],
        plain=_plain(identity) if identity else {},
        tokens=rows,
        revisions=revisions[:SHOWN],
        more=max(0, len(revisions) - SHOWN),
        evicted=listed.value["evicted"] if listed.ok else 0,
        tab="state",
    )


def _plain(identity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in identity.items() if name not in METHODS}


def revisions_of(id: str, revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The revisions that changed the identity, newest first: of each the fields, by their place in the identity."""
    prefix = f"/identities/{id}"
    found = []
    for revision in revisions:
        changes = [
            {**change, "field": change["pointer"][len(prefix) :].lstrip("/") or "(identity)"}
            for change in revision["changes"]
            if change["pointer"] == prefix or change["pointer"].startswith(f"{prefix}/")
        ]
        if changes:
            found.append({**revision, "changes": changes})
    return found
