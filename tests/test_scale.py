"""What many identities cost, counted in calls and not in seconds: loading grows with them, no request does."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.http import response
from mockserver.infisical.state import State
from mockserver.seeding.load import load, texts
from mockserver.seeding.yaml_reader import Text
from mockserver.settings import bundled
from tests.client import PAYMENTS, Client
from tests.conftest import Serve

OURS = str(Path(mockserver.__file__).parent)
CROWD = {"id": "0f000000-0000-4000-8000-000000000001", "name": "ConnectionLimits", "slug": "limits"}
RECORD = {"kubernetesHost": "https://prod.k8s.example:6443", "allowedNamespaces": "payments"}


class Calls:
    """Counts the calls of and from our own functions, those into C among them."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Calls":
        sys.setprofile(self._met)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _met(self, frame: Any, event: str, _: Any) -> None:
        if event in ("call", "c_call") and frame.f_code.co_filename.startswith(OURS):
            self.count += 1


def limits(count: int) -> dict[str, Any]:
    """A world of so many identities beside the bundled one, each with Kubernetes Auth."""
    identities = [
        {"id": f"2d000000-0000-4000-8000-{number:012x}", "organization": "limits", "name": f"load-{number}"}
        for number in range(count)
    ]
    return {
        "version": 1,
        "organizations": [CROWD],
        "identities": [{**each, "kubernetesAuth": RECORD} for each in identities],
    }


def as_yaml(world: dict[str, Any]) -> str:
    """The same in blocks: its entries as JSON, which YAML knows as flow."""
    entries = "".join(f"  - {json.dumps(each)}\n" for each in world["identities"])
    return f"version: 1\norganizations: [{json.dumps(CROWD)}]\nidentities:\n{entries}"


FORMS: dict[str, Callable[[dict[str, Any]], str]] = {"YAML": as_yaml, "JSON": json.dumps}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_loading_is_linear(form: Callable[[dict[str, Any]], str]):
    def calls(count: int) -> int:
        source = Text("limits", form(limits(count)))
        with Calls() as counted:
            state = load([source], 0)
        assert len(state.identities) == len(state.kubernetes_auths) == count
        return counted.count

    calls(1)  # what is computed once is computed now
    few, twice, thrice = calls(200), calls(400), calls(600)
    # Texts are read, and identities added, in pieces, of which the last is shorter: a piece has one to three calls.
    assert abs((thrice - twice) - (twice - few)) <= 8
    assert (twice - few) / 200 < 200  # calls for an identity and its record


REQUESTS: dict[str, tuple[str, str, Any]] = {
    "get a record": ("GET", f"/api/v1/auth/kubernetes-auth/identities/{PAYMENTS}", None),
    "update a record": ("PATCH", f"/api/v1/auth/kubernetes-auth/identities/{PAYMENTS}", {"allowedNames": "api"}),
    "get an identity": ("GET", f"/api/v1/identities/{PAYMENTS}", None),
    "update an identity": ("PATCH", f"/api/v1/identities/{PAYMENTS}", {"name": "payments"}),
    "details": ("GET", "/api/v1/identities/details", None),
    "list": ("GET", "/api/v1/identities?orgId=0a000000-0000-4000-8000-000000000001", None),
    "search": ("POST", "/api/v1/identities/search", {"search": {"name": {"$contains": "pay"}}}),
    "list gateways": ("GET", "/api/v2/gateways", None),
    "the revisions": ("GET", "/_mock/worlds/default/revisions?limit=1", None),
    "a new world": ("POST", "/_mock/worlds", {}),
    "a reset": ("POST", "/_mock/worlds/default/reset", {}),
    "a snapshot": ("POST", "/_mock/worlds/default/snapshots", {"name": "one"}),
}


@pytest.fixture
async def sizes(serve: Serve, tmp_path: Path) -> list[Client]:
    """Servers with few and with many identities."""
    clients = []
    for count in (1_000, 20_000):
        path = tmp_path / f"{count}.json"
        path.write_text(json.dumps(limits(count)))
        clients.append(await serve(fixtures=(bundled("fixtures"), path), clock=1_800_000_000_000))
    return clients


async def test_a_request_costs_the_same_among_many(sizes: list[Client], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(response, "machine_seconds", lambda: 1_800_000_000)  # the head is made anew every second
    for name, (method, path, body) in REQUESTS.items():
        counted = []
        for client in sizes:
            sending = {} if body is None else {"json": body}
            await client.send(method, path, **sending)  # what is computed once is computed now
            client.mock.worlds.default.snapshots.clear()
            several = []
            for _ in range(3):  # the server's look at its connections may fall into one of them
                with Calls() as calls:
                    answer = await client.send(method, path, **sending)
                assert answer.status < 300, (name, answer.content)
                several.append(calls.count)
            counted.append(min(several))
        assert counted[0] == counted[1] > 0, name


def test_the_state_shares_what_a_change_leaves_alone():
    state: State = load(texts([bundled("fixtures")]), 0)
    record = state.kubernetes_auths[PAYMENTS]
    after = state.with_kubernetes_auth(record._replace(allowed_names="api"))
    changed = {name for name in State._fields if getattr(state, name) is not getattr(after, name)}
    assert changed == {"kubernetes_auths"}
    others = set(state.kubernetes_auths) - {PAYMENTS}
    assert all(after.kubernetes_auths[each] is state.kubernetes_auths[each] for each in others)
