"""Questions about names in large worlds have the same answers, though a thread looks them up."""

import threading
from typing import Any

import pytest

from mockserver.control import background, names
from tests.client import PAYMENTS, Answer, Client

QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "a name": ("requests/verify", {"identity": "payments", "count": 1}),
    "a name in a world": ("requests/count", {"identity": "payments", "world": "default"}),
    "an id": ("requests/find", {"identity": PAYMENTS}),
    "an unknown name": ("requests/verify", {"identity": "paymants"}),
    "names in order": ("requests/verify", {"order": [{"identity": "payments"}, {"identity": "payments"}]}),
    "an unknown name in order": ("requests/verify", {"order": [{"identity": "payments"}, {"identity": "paymants"}]}),
    "an unknown world": ("requests/verify", {"identity": "payments", "world": "nowhere"}),
    "a fault": ("worlds/default/faults", {"kind": "delay", "seconds": 0, "identityId": "payments"}),
    "a fault of an unknown name": ("worlds/default/faults", {"kind": "delay", "seconds": 0, "identityId": "paymants"}),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_names_are_looked_up_in_a_thread(server: Client, question: str, monkeypatch: pytest.MonkeyPatch):
    path, body = QUESTIONS[question]

    async def asked() -> tuple[int, Any]:
        answer: Answer = await server.send("POST", f"/_mock/{path}", body, token=None)
        await server.send("DELETE", "/_mock/worlds/default/faults", token=None)
        told = answer.json
        if "requests" in told:
            told["requests"] = [each["id"] for each in told["requests"]]
        return answer.status, {key: value for key, value in told.items() if key != "id"}

    await server.update({"allowedNames": "a"})
    renamed = await server.send("PATCH", f"/api/v1/identities/{PAYMENTS}", {"name": "renamed"})
    assert renamed.status == 200, "the world has other identities than its seed"
    at_once = await asked()
    threads: list[bool] = []
    ids_of = names._ids_of

    def noted(*arguments: Any) -> frozenset[str]:
        threads.append(threading.current_thread() is threading.main_thread())
        return ids_of(*arguments)

    monkeypatch.setattr(names, "_ids_of", noted)
    monkeypatch.setattr(background, "LARGE_STATE", 1)
    assert await asked() == at_once
    assert not any(threads)
    assert threads or body.get("world") == "nowhere"
