"""The life of Kubernetes Auth against an independent model: random histories, time moving, no difference."""

import asyncio
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from mockserver import Settings, create_app
from mockserver.app import Core
from mockserver.clock import iso
from mockserver.logs import Log
from mockserver.rules.profile import Profile
from mockserver.serving.server import Server
from tests.api.life_model import ELSEWHERE, EVERYWHERE, HERE, Identity, Model, Token
from tests.client import ADMIN, IDENTITIES, Answer, Client

START = 1_800_000_000_250
ACME = "0a000000-0000-4000-8000-000000000001"
LOGIN = "/api/v1/auth/kubernetes-auth/login"
RENEW, REVOKE = "/api/v1/auth/token/renew", "/api/v1/auth/token/revoke"
EXAMPLES, STEPS = 60, 50

TTLS = st.sampled_from([0, 1, 2, 60, 3600, 7200, 2_592_000, 10_000_000])
LIMITS = st.sampled_from([0, 0, 1, 2, 3])
NAMESPACES = st.sampled_from(["", "payments", " payments ,default", "default"])
TRUSTED = st.sampled_from([EVERYWHERE, EVERYWHERE, HERE, ELSEWHERE])
SETTINGS = {
    "accessTokenTTL": TTLS,
    "accessTokenMaxTTL": TTLS,
    "accessTokenNumUsesLimit": LIMITS,
    "trusted": TRUSTED,
}
MOMENTS = st.sampled_from(
    [1, 250, 1000, 1999, 2000, 59_000, 3_600_000, 7_200_000, 86_400_000, CEILING := 7_776_000_000]
)
steps = {"taken": 0}


class Moving:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int) -> None:
        self.moment = now

    def now(self) -> int:
        return self.moment


def body_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What is sent over the wire for the settings of the model."""
    body = {key: value for key, value in sent.items() if key != "trusted"}
    if "trusted" in sent:
        body["accessTokenTrustedIps"] = [{"ipAddress": each} for each in sent["trusted"]]
    return body


class Life(RuleBasedStateMachine):
    """Identities, their records and tokens; every answer is compared with the model's."""

    profile = Profile.CONTRACT

    @initialize()
    def start(self) -> None:
        self.clock = Moving(START)
        self.model = Model(START)
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.runner = asyncio.Runner()
        self.server, self.client = self.runner.run(self._serve())

    async def _serve(self) -> tuple[Server, Client]:
        mock = Core(Settings(port=0, profile=self.profile), log=Log("error"))
        mock.worlds.default.clock = self.clock
        server = Server(create_app(mock=mock), "127.0.0.1", 0)
        await server.start()
        return server, Client(aiohttp.ClientSession(), server.url, mock)

    def teardown(self) -> None:
        self.runner.run(self.client.close())
        self.runner.run(self.server.stop())
        self.runner.close()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = ADMIN) -> Answer:
        steps["taken"] += 1
        sending = {} if body is None else {"json": body}
        return self.runner.run(self.client.send(method, path, token=token, **sending))

    def compare(self, answer: Answer, verdict: tuple[int, dict[str, Any]], key: str | None = None) -> None:
        status, expected = verdict
        assert answer.status == status, (answer.content, verdict)
        shown = answer.json[key] if key and status == 200 else answer.json
        assert {name: shown[name] for name in expected} == expected

    def compare_record(self, answer: Answer, verdict: tuple[int, dict[str, Any]], who: int) -> None:
        self.compare(answer, verdict, "identityKubernetesAuth")
        record = self.model.identities[who].record
        if answer.status == 200 and record is not None:
            shown = answer.json["identityKubernetesAuth"]
            assert (shown["createdAt"], shown["updatedAt"]) == (iso(record["created"]), iso(record["updated"]))
            assert len(shown["accessTokenTrustedIps"]) == len(record["trusted"])

    @rule()
    def create(self) -> None:
        body = {"name": "made", "organizationId": ACME, "role": "admin"}
        answer = self.ask("POST", "/api/v1/identities", body)
        assert answer.status == 200
        self.ids.append(answer.json["identity"]["id"])
        self.model.identities.append(Identity())

    some_identity = precondition(lambda self: bool(self.ids))
    some_token = precondition(lambda self: bool(self.texts))

    def identity(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(range(len(self.ids))))

    def token(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(range(len(self.texts))))

    @some_identity
    @rule(data=st.data(), sent=st.fixed_dictionaries({"allowedNamespaces": NAMESPACES}, optional=SETTINGS))
    def attach(self, data: st.DataObject, sent: dict[str, Any]) -> None:
        who = self.identity(data)
        body = {"kubernetesHost": "https://prod.k8s.example:6443", "allowedNames": "", **body_of(sent)}
        answer = self.ask("POST", IDENTITIES + self.ids[who], body)
        self.compare_record(answer, self.model.attach(who, sent), who)

    @some_identity
    @rule(data=st.data(), sent=st.fixed_dictionaries({}, optional={"allowedNamespaces": NAMESPACES, **SETTINGS}))
    def update(self, data: st.DataObject, sent: dict[str, Any]) -> None:
        who = self.identity(data)
        answer = self.ask("PATCH", IDENTITIES + self.ids[who], body_of(sent))
        self.compare_record(answer, self.model.update(who, sent), who)

    @some_identity
    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        who = self.identity(data)
        self.compare_record(self.ask("GET", IDENTITIES + self.ids[who]), self.model.get(who), who)

    @some_identity
    @rule(data=st.data())
    def login(self, data: st.DataObject) -> None:
        who = self.identity(data)
        body = {"identityId": self.ids[who], "jwt": "sa-payments-api"}
        answer = self.ask("POST", LOGIN, body, token=None)
        verdict, token = self.model.login(who)
        self.compare(answer, verdict)
        self.keep(answer, token)

    def keep(self, answer: Answer, token: Token | None) -> None:
        if token is not None:
            self.texts.append(answer.json["accessToken"])

    @some_token
    @rule(data=st.data())
    def read_with_a_token(self, data: st.DataObject) -> None:
        which = self.token(data)
        token = self.model.tokens[which]
        answer = self.ask("GET", IDENTITIES + self.ids[token.identity], token=self.texts[which])
        self.compare_record(answer, self.model.read_with(token), token.identity)

    @some_token
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        which = self.token(data)
        answer = self.ask("POST", RENEW, {"accessToken": self.texts[which]}, token=None)
        verdict, again = self.model.renew(self.model.tokens[which])
        self.compare(answer, verdict)
        self.keep(answer, again)

    @some_token
    @rule(data=st.data())
    def revoke_token(self, data: st.DataObject) -> None:
        which = self.token(data)
        answer = self.ask("POST", REVOKE, {"accessToken": self.texts[which]}, token=None)
        self.compare(answer, self.model.revoke_token(self.model.tokens[which]))

    @some_identity
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        who = self.identity(data)
        answer = self.ask("DELETE", IDENTITIES + self.ids[who])
        self.compare(answer, self.model.revoke(who), "identityKubernetesAuth")

    @some_identity
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        who = self.identity(data)
        self.compare(self.ask("DELETE", f"/api/v1/identities/{self.ids[who]}"), self.model.delete(who))

    @rule(moment=MOMENTS)
    def time_passes(self, moment: int) -> None:
        steps["taken"] += 1
        self.clock.moment += moment
        self.model.now += moment


class LiveLife(Life):
    """The same in the profile of the running service, where an update of nothing fails."""

    profile = Profile.LIVE

    def compare_record(self, answer: Answer, verdict: tuple[int, dict[str, Any]], who: int) -> None:
        if answer.status == 500:
            assert (answer.error, verdict[0]) == ("Update by id", 200)
            return
        super().compare_record(answer, verdict, who)


@pytest.mark.extensive
@pytest.mark.timeout(300)
@pytest.mark.parametrize("machine", [Life, LiveLife])
def test_no_history_of_2000_steps_differs_from_the_model(machine: type[Life]):
    steps["taken"] = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert steps["taken"] >= 2000  # requests, and moves of the clock
