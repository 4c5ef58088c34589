"""`infisical_identity`: what others do in the meantime, and refusals."""

import pytest

from tests.client import ADMIN
from tests.wire.identity import HCL, IDENTITY, LEAST, path
from tests.wire.planning import Change
from tests.wire.provider import ApiError, NotFound
from tests.wire.terraform import Terraform


async def test_drift_is_shown_and_mended(terraform: Terraform, elsewhere):
    await terraform.apply({IDENTITY: HCL})
    await elsewhere("PATCH", path(terraform), {"name": "other", "metadata": [], "role": "auditor"})
    drift = frozenset({"name", "metadata", "role"})
    assert await terraform.plan({IDENTITY: HCL}) == {IDENTITY: Change("update", drift)}
    await terraform.apply({IDENTITY: HCL})
    assert await terraform.plan({IDENTITY: HCL}) == {}


async def test_what_was_deleted_elsewhere_leaves_the_state(terraform: Terraform, elsewhere):
    await terraform.apply({IDENTITY: HCL})
    gone = path(terraform)
    await elsewhere("DELETE", gone)
    assert await terraform.plan({IDENTITY: HCL}) == {IDENTITY: Change("create")}
    assert terraform.sent == [("GET", gone, None, 404)]
    assert terraform.state == {}


async def test_404_of_a_delete_is_an_error(terraform: Terraform, elsewhere):
    await terraform.apply({IDENTITY: HCL})
    await elsewhere("DELETE", path(terraform))
    with pytest.raises(ApiError) as raised:
        await terraform.destroy(refresh=False)
    assert raised.value.status == 404
    assert not isinstance(raised.value, NotFound)
    assert IDENTITY in terraform.state


async def test_an_unknown_role_is_refused(terraform: Terraform):
    with pytest.raises(ApiError) as raised:
        await terraform.apply({IDENTITY: {**HCL, "role": "wizard"}})
    assert raised.value.status == 404
    assert terraform.state == {}


async def test_an_empty_metadata_key_is_refused_with_the_raw_body(terraform: Terraform):
    with pytest.raises(ApiError) as raised:
        await terraform.apply({IDENTITY: {**HCL, "metadata": frozenset({(" ", "x")})}})
    assert raised.value.status == 422
    answer = terraform.exchanges[-1].answer
    assert raised.value.message == answer.content.decode()
    assert raised.value.req_id == answer.headers["Mock-Request-Id"]
    assert [issue["path"] for issue in answer.json["message"]] == [["metadata", 0, "key"]]


async def test_two_of_one_name_are_two(terraform: Terraform):
    await terraform.apply({IDENTITY: LEAST, "infisical_identity.twin": LEAST})
    assert terraform.state[IDENTITY]["id"] != terraform.state["infisical_identity.twin"]["id"]
    assert terraform.exchanges[0].headers["Authorization"] == f"Bearer {ADMIN}"
