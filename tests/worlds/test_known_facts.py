"""Facts that were looked up once are looked up again once the world has changed."""

from tests.client import AUDITOR, BARE, PAYMENTS, Client


async def test_a_caller_that_loses_its_role_is_rejected_at_once(server: Client):
    """The facts of the first update are known; the second one must not rest on them."""
    assert (await server.update({"allowedNames": "before"})).status == 200
    state = await server.state()
    facts = server.mock.worlds.default.known_facts
    assert facts is not None
    caller = next(each for each in state["identities"] if each["id"] == "1d000000-0000-4000-8000-000000000001")
    for place in caller.get("organizations", [caller]):
        place["role"] = "no-access"
    made = await server.send("PUT", "/_mock/worlds/default/state", state, token=None)
    assert made.status == 204, made.content
    refused = await server.update({"allowedNames": "after"})
    assert (refused.status, refused.rule) == (403, "permission.edit-auth")


async def test_what_holds_for_one_caller_or_identity_says_nothing_of_another(server: Client):
    assert (await server.update({"allowedNames": "a"})).status == 200
    assert (await server.update({"allowedNames": "a"}, token=AUDITOR)).status == 403
    assert (await server.update({"allowedNames": "a"}, identity=BARE)).rule == "update.not-attached"
    assert (await server.update({"allowedNames": "a"}, identity=PAYMENTS)).status == 200


async def test_an_identity_that_is_deleted_is_known_no_more(server: Client):
    assert (await server.update({"allowedNames": "a"})).status == 200
    gone = await server.send("DELETE", f"/api/v1/identities/{PAYMENTS}")
    assert gone.status == 200, gone.content
    assert (await server.update({"allowedNames": "a"})).rule == "identity.unknown"


async def test_a_reset_forgets_the_facts(server: Client):
    assert (await server.update({"allowedNames": "a"})).status == 200
    server.mock.worlds.default.reset()
    assert server.mock.worlds.default.known_facts is None
    assert (await server.update({"allowedNames": "a"})).status == 200
