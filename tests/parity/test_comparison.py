"""The comparison of two answers: what counts as the same, and how a difference is named."""

from typing import Any

import pytest

from mockserver.parity.comparison import ABSENT, JSON, NO_ANSWER, Answer, Difference, differences, normalised

ID, OTHER = "1d000000-0000-4000-8000-000000000001", "1d000000-0000-4000-8000-000000000002"


def answer(status: int, body: Any, names: dict[str, str] | None = None) -> Answer:
    return normalised(Answer(status, body, JSON), names or {})


def refused(status: int, error: str, message: Any = "words", **more: Any) -> Answer:
    return answer(status, {"reqId": "req-abc", "statusCode": status, "error": error, "message": message, **more})


SAME = [
    ({"id": ID}, {"id": OTHER}),
    ({"createdAt": "2026-01-02T03:04:05.678Z"}, {"createdAt": "2027-01-02T03:04:05.000Z"}),
    ({"accessToken": "a.b.c"}, {"accessToken": "x"}),
    (
        {"clientSecret": "0" * 64, "clientSecretPrefix": "0000"},
        {"clientSecret": "f" * 64, "clientSecretPrefix": "ffff"},
    ),
    ({"message": "one text"}, {"message": "another"}),
    ({"accessTokenTTL": 3600.0}, {"accessTokenTTL": 3600}),
    ({"totalCount": 4}, {"totalCount": 9}),
    ({"identities": [{"id": ID}]}, {"identities": []}),
]


@pytest.mark.parametrize(("tenant", "mock"), SAME, ids=[str(list(each[0])) for each in SAME])
def test_what_differs_between_any_two_servers_is_the_same(tenant, mock):
    assert differences(answer(200, tenant), answer(200, mock)) == []


DIFFERENT = [
    ({"a": None}, {"a": ID}, "a"),
    ({"a": {"b": 1}}, {"a": {}}, "a.b"),
    ({"a": [1]}, {"a": [1, 2]}, "a"),
    ({"a": [1, 3]}, {"a": [1, 2]}, "a.1"),
    ({"a": True}, {"a": 1}, "a"),
    ({"a": "1"}, {"a": 1}, "a"),
    ([1], {"a": 1}, "body"),
    ({"message": "text"}, {"message": ""}, "message"),
    ({"expiresIn": 1}, {"expiresIn": 2}, "expiresIn"),
]


@pytest.mark.parametrize(("tenant", "mock", "field"), DIFFERENT, ids=[str(each[:2]) for each in DIFFERENT])
def test_a_field_that_differs_is_named(tenant, mock, field):
    found = differences(answer(200, tenant), answer(200, mock))
    assert [(each.field, each.kind) for each in found] == [(field, "body")]
    assert differences(answer(200, tenant), answer(200, mock), [field]) == []


def test_a_field_that_one_lacks_is_absent():
    assert differences(answer(200, {"a": None}), answer(200, {})) == [Difference("a", None, ABSENT, "body")]


def test_after_another_status_nothing_else_is_compared():
    found = differences(refused(400, "BadRequest"), refused(403, "PermissionDenied"))
    assert found == [Difference("status", 400, 403, "outcome")]


def test_after_another_error_nothing_else_is_compared():
    found = differences(refused(400, "BadRequest", details=[]), refused(400, "Other"))
    assert found == [Difference("error", "BadRequest", "Other", "outcome")]


def test_an_answer_that_did_not_come_says_why():
    found = differences(normalised(Answer(NO_ANSWER, "no answer within 10 s"), {}), refused(400, "BadRequest"))
    assert found == [Difference("status", "no answer within 10 s", 400, "outcome")]


def issue(code: str, *path: Any, **more: Any) -> dict[str, Any]:
    return {"code": code, "path": list(path), "message": f"words {code}", **more}


def test_issues_of_another_path_or_code_are_another_outcome():
    one = refused(422, "ValidationFailure", [issue("too_small", "a")])
    for other in ([issue("too_small", "b")], [issue("custom", "a")], []):
        assert [each.kind for each in differences(one, refused(422, "ValidationFailure", other))] == ["outcome"]


def test_issues_that_differ_in_their_shape_alone_are_told_apart():
    one = refused(422, "ValidationFailure", [issue("invalid_string", "a", validation="uuid")])
    other = refused(422, "ValidationFailure", [issue("invalid_format", "a", format="guid")])
    found = differences(one, other)
    assert {each.field for each in found} == {"message.0.code", "message.0.validation", "message.0.format"}
    assert {each.kind for each in found} == {"issues"}


def test_values_that_the_script_knows_stay_told_apart():
    names, others = {ID: "{bare}"}, {OTHER: "{bare}"}
    assert differences(answer(200, {"id": ID}, names), answer(200, {"id": OTHER}, others)) == []
    assert differences(answer(200, {"id": ID}, names), answer(200, {"id": OTHER}, {})) != []
    kept = answer(200, {"identities": [{"id": ID}, {"id": OTHER}]}, names)
    assert kept.body == {"identities": [{"id": "{bare}"}]}


def test_the_path_of_the_servers_url_is_taken_out():
    error = {"error": "Forbidden access to /w/x/api/v1/identities", "message": "m"}
    assert normalised(Answer(403, error, JSON), {}, "/w/x").error == "Forbidden access to /api/v1/identities"


def test_of_a_page_only_its_media_type_counts():
    one, other = (normalised(Answer(200, each, "text/html"), {}) for each in ("<p>a", "<p>b"))
    assert differences(one, other) == []
    assert [each.field for each in differences(one, answer(200, {}))] == ["content-type"]
