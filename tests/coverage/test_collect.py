"""What a request counts for, over HTTP; and what no request is counted twice, lost or kept for."""

from collections.abc import Mapping

import pytest

from mockserver.coverage import collect
from mockserver.coverage.report import from_json
from tests.client import BARE, IDENTITIES, PAYMENTS, Client

UPDATE = "updateKubernetesAuth"


async def operations(server: Client) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return from_json((await server.get("/_mock/coverage")).json).operations


async def covered(server: Client, operation: str, section: str) -> set[str]:
    items = (await operations(server))[operation][section]
    return {item for item, state in items.items() if state == "covered"}


async def test_an_unused_server_has_covered_nothing(server: Client):
    report = (await server.get("/_mock/coverage")).json
    assert report["totals"]["all"]["percent"] == 0
    assert all(each["covered"] == 0 < each["of"] for each in report["totals"].values())
    assert {each["operation"] for each in report["operations"]} == {"(request)", *server.mock.contract.operations}


@pytest.mark.parametrize(
    ("identity", "body", "classes"),
    [
        pytest.param(PAYMENTS, {"allowedNames": "new"}, {"allowedNames": "changed"}, id="changed"),
        pytest.param(PAYMENTS, {"allowedNames": "api"}, {"allowedNames": "unchanged"}, id="unchanged"),
        pytest.param(
            PAYMENTS, {"allowedNames": "", "caCert": ""}, {"allowedNames": "empty", "caCert": "empty"}, id="empty"
        ),
        pytest.param(PAYMENTS, {"gatewayId": None}, {"gatewayId": "null"}, id="null"),
        pytest.param(
            PAYMENTS, {"accessTokenTTL": 3600.0}, {"accessTokenTTL": "unchanged"}, id="a number in another form"
        ),
        pytest.param(
            PAYMENTS,
            {"accessTokenTrustedIps": [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}]},
            {"accessTokenTrustedIps": "unchanged"},
            id="addresses as texts",
        ),
        pytest.param(PAYMENTS, {"verifyTlsCertificate": False}, {"verifyTlsCertificate": "unchanged"}, id="a flag"),
        pytest.param(PAYMENTS, {}, {}, id="nothing"),
    ],
)
async def test_an_accepted_update_counts_a_class_for_each_field(server: Client, identity, body, classes):
    assert (await server.update(body, identity)).status == 200
    fields = server.mock.contract.operations[UPDATE].ranks
    expected = {f"{name} {classes.get(name, 'absent')}" for name in fields}
    assert await covered(server, UPDATE, "fields") == expected


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"caCert": None, "accessTokenTTL": -1, "allowedNames": "x"}, {"caCert", "accessTokenTTL"}),
        ({"kubernetesHost": " "}, {"kubernetesHost"}),
        ({"accessTokenTrustedIps": [{"ipAddress": "::/0", "prefix": 0}]}, {"accessTokenTrustedIps"}),
        ({"identityId": "x", "__class__": 1}, set()),
    ],
    ids=["schema", "a rule behind it", "a property inside", "unknown properties"],
)
async def test_a_422_counts_the_fields_that_it_names_as_invalid_and_no_others(server: Client, body, named):
    assert (await server.update(body)).status == 422
    assert await covered(server, UPDATE, "fields") == {f"{name} invalid" for name in named}


async def test_a_refusal_behind_the_schema_counts_no_field(server: Client):
    assert (await server.update({"allowedNames": "x"}, token="acme-auditor-token")).status == 403
    assert await covered(server, UPDATE, "fields") == set()
    assert await covered(server, UPDATE, "statuses") == {"403"}


async def test_what_writes_no_record_counts_what_is_sent(server: Client):
    await server.send("POST", IDENTITIES + BARE, {"kubernetesHost": "k", "allowedNamespaces": "", "allowedNames": "a"})
    found = await covered(server, "attachKubernetesAuth", "fields")
    assert {"kubernetesHost sent", "allowedNamespaces empty", "allowedNames sent", "caCert absent"} < found
    items = (await operations(server))["attachKubernetesAuth"]["fields"]
    assert "kubernetesHost null" in items
    assert "kubernetesHost absent" not in items  # it is required
    assert "kubernetesHost empty" not in items  # it is invalid
    assert "kubernetesHost changed" not in items


@pytest.mark.parametrize(
    ("method", "path", "first", "second", "fields"),
    [
        ("PATCH", "/api/v1/identities/{bare}", {"name": "n", "role": "admin"}, {}, {"name", "role"}),
        ("PATCH", "/api/v1/identities/{bare}", {"metadata": [{"key": "a", "value": "b"}]}, {}, {"metadata"}),
        ("PATCH", "/api/v1/auth/universal-auth/identities/{ops}", {"accessTokenTTL": 60}, {}, {"accessTokenTTL"}),
        ("PATCH", "/api/v1/auth/token-auth/identities/{static}", {"accessTokenTTL": 60}, {}, {"accessTokenTTL"}),
    ],
    ids=["identity", "metadata", "universal auth", "token auth"],
)
async def test_every_update_tells_changed_from_unchanged(server: Client, method, path, first, second, fields):
    path = path.format(
        bare=BARE, ops="1d000000-0000-4000-8000-000000000001", static="1d000000-0000-4000-8000-000000000030"
    )
    for expected in ("changed", "unchanged"):
        await server.send("DELETE", "/_mock/coverage", token=None)
        assert (await server.send(method, path, first)).status == 200
        (found,) = [each["items"]["fields"] for each in await called(server)]
        told = {item for item, state in found.items() if state == "covered" and not item.endswith(" absent")}
        assert told == {f"{name} {expected}" for name in fields}


async def called(server: Client):
    report = (await server.get("/_mock/coverage")).json
    return [each for each in report["operations"] if each["totals"]["all"]["covered"]]


async def test_a_rule_has_held_only_if_it_was_asked_about_what_is_sent(server: Client):
    await server.update({"allowedNames": "x"})
    rules = await covered(server, UPDATE, "rules")
    assert {"column.length held", "update.tls.ca-required held", "permission.edit-auth held"} < rules
    assert not {"gateway.unknown held", "host.blank held"} & rules
    await server.update({"kubernetesHost": "k.example"})
    assert "host.blank held" in await covered(server, UPDATE, "rules")


async def test_what_stands_behind_the_rule_that_refused_has_not_held(server: Client):
    await server.update({"allowedNames": "x"}, token="acme-auditor-token")
    rules = await covered(server, UPDATE, "rules")
    assert {"permission.edit-auth refused", "caller.member held", "contract.body held"} < rules
    assert not {"permission.edit-auth held", "identity.instance-admin held"} & rules


async def test_every_issue_of_a_422_counts_its_rule_and_nothing_behind_the_schema(server: Client):
    await server.update({"caCert": 7, "kubernetesHost": " ", "x": 1})
    rules = await covered(server, UPDATE, "rules")
    assert {each for each in rules if each.endswith(" refused")} == {
        "contract.body refused",
        "contract.unrecognized-keys refused",
        "host.blank refused",
    }
    assert "host.characters held" in rules
    assert "identity.uuid held" not in rules


async def test_what_is_asked_before_an_operation_counts_by_itself(server: Client):
    await server.update({"allowedNames": "x"}, token="acme-expired-token")
    await server.get("/nowhere")
    await server.get("/w/nowhere/api/status")
    await server.update(data=b"{", headers={"Content-Type": "application/json"})
    expected = {"token.expired", "route.unknown", "world.unknown", "body.syntax"}
    assert await covered(server, "(request)", "rules") == {f"{rule} refused" for rule in expected}
    assert await covered(server, UPDATE, "statuses") == {"403", "400"}
    assert await covered(server, UPDATE, "rules") == set()


async def test_a_rule_counts_before_an_operation_or_in_it_but_not_for_both(server: Client):
    await server.send("POST", "/api/v1/auth/token/renew", {"accessToken": "a.b"}, token=None)
    assert "token.malformed refused" in await covered(server, "renewIdentityAccessToken", "rules")
    assert await covered(server, "(request)", "rules") == set()


async def test_what_a_profile_does_not_know_counts_once_a_world_of_the_other_is_asked(server: Client):
    states = (await operations(server))[UPDATE]["rules"]
    assert states["update.database refused"] == states["update.nothing-to-write held"] == "not counted"
    assert states["column.length refused"] == "missing"
    await server.send("POST", "/_mock/worlds", {"id": "of-live", "profile": "live"}, token=None)
    await server.send("PATCH", f"/w/of-live{IDENTITIES}{PAYMENTS}", {})
    report = from_json((await server.get("/_mock/coverage")).json)
    assert report.profiles == ("contract", "live")
    states = report.operations[UPDATE]["rules"]
    assert states["update.nothing-to-write refused"] == "covered"
    assert states["update.database refused"] == "missing"


async def test_all_worlds_count_together(server: Client):
    for world in ("one", "two"):
        await server.send("POST", "/_mock/worlds", {"id": world}, token=None)
    await server.send("GET", f"/w/one{IDENTITIES}{PAYMENTS}")
    await server.send("GET", f"/w/two{IDENTITIES}{BARE}")
    assert await covered(server, "getKubernetesAuth", "statuses") == {"200", "404"}


async def test_resets_take_nothing_away_and_a_delete_takes_all(server: Client):
    await server.update({"allowedNames": "x"})
    before = await operations(server)
    assert (await server.send("POST", "/_mock/reset", token=None)).status == 204
    assert (await server.send("POST", "/_mock/worlds/default/reset", token=None)).status == 204
    assert await operations(server) == before
    assert (await server.send("DELETE", "/_mock/coverage", token=None)).status == 204
    assert await called(server) == []
    await server.update({"allowedNames": "x"})
    assert "allowedNames changed" in await covered(server, UPDATE, "fields")


async def test_a_request_that_is_known_by_its_hash_counts_for_what_is_stored_now(server: Client):
    for _ in range(2):
        await server.update({"allowedNames": "x"})
    assert {"allowedNames changed", "allowedNames unchanged"} < await covered(server, UPDATE, "fields")


async def test_only_so_many_hashes_are_kept_and_nothing_is_lost_with_them(server: Client, monkeypatch):
    monkeypatch.setattr(collect, "KEPT_HASHES", 3)
    for name in ("a", "b", "", "c", "d"):
        await server.update({"allowedNames": name})
        await server.update({"accessTokenTTL": len(name)})
        assert len(server.mock.coverage._seen) <= 3
    assert {"allowedNames changed", "allowedNames empty"} < await covered(server, UPDATE, "fields")


async def test_a_filter_that_there_is_not_is_refused(server: Client):
    answer = await server.get("/_mock/coverage?world=default")
    assert (answer.status, answer.error) == (400, "BadQuery")
