"""The format of scripts: what is read, what is refused with its reason, and how placeholders are filled."""

import pytest

from mockserver.parity.scripts import Outcome, ScriptError, Unfilled, at, filled, given, read

GOOD = """
description: An identity without the method.
rule: identity.unknown
operation: getKubernetesAuth
needs: [cluster]
given: [bare]
steps:
  - request: GET /api/v1/auth/kubernetes-auth/identities/{bare}
    token: null
    headers: { Accept: text/html }
    save: { id: identityKubernetesAuth.id }
    varies: [identityKubernetesAuth.updatedAt]
  - request: PATCH /api/v1/auth/kubernetes-auth/identities/{bare}
    text: "{"
    chunked: true
    answered: { status: 400, error: BadRequest, body: { message: whatever } }
"""


def test_a_script_is_read(tmp_path):
    file = tmp_path / "identity.unknown.yaml"
    file.write_text(GOOD)
    script = read(file)
    assert (script.name, script.rule, script.operation) == ("identity.unknown", "identity.unknown", "getKubernetesAuth")
    assert (script.needs, script.given, script.only_reads) == (("cluster",), ("bare",), False)
    first, second = script.steps
    assert (first.method, first.token, first.has_body, first.varies) == (
        "GET",
        None,
        False,
        ("identityKubernetesAuth.updatedAt",),
    )
    assert first.save == {"id": "identityKubernetesAuth.id"}
    assert script.description == "An identity without the method."
    assert (first.answered, second.answered) == (None, Outcome(400, "BadRequest"))
    assert (second.text, second.chunked, second.token) == ("{", True, "{caller}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "a script is a mapping"),
        ("rule: a\nsteps: []", "at least one request"),
        ("steps: [{request: GET /}]", "rule must be"),
        ("rule: a\nstep: []", "no such key: 'step'. Did you mean 'steps'?"),
        ("rule: a\nsteps: [{request: get /}]", "a method and a path"),
        ("rule: a\nsteps: [{request: GET /, boddy: 1}]", "Did you mean 'body'?"),
        ("rule: a\nsteps: [{request: GET /, body: 1, text: a}]", "exclude each other"),
        ("rule: a\nneeds: cluster\nsteps: [{request: GET /}]", "a list of texts"),
        ("rule: a\nrule: b\nsteps: [{request: GET /}]", "stands twice"),
        ("rule: [", ":1:"),
        ("rule: a\nsteps: [{request: GET /, answered: 200}]", "answered: must be a mapping"),
        ("rule: a\nsteps: [{request: GET /, answered: {stauts: 1}}]", "no such key: 'stauts'. Did you mean 'status'?"),
        ("rule: a\nsteps: [{request: GET /, answered: {status: true}}]", "an integer from 100 to 599"),
        ("rule: a\nsteps: [{request: GET /, answered: {status: 200, error: 1}}]", "error must be a text"),
        ("rule: a\ndescription: [a]\nsteps: [{request: GET /}]", "description must be a text"),
    ],
)
def test_a_bad_script_is_refused_with_its_file_and_the_reason(tmp_path, text, reason):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScriptError, match=r"bad\.yaml") as raised:
        read(file)
    assert reason in str(raised.value)


def test_placeholders_are_filled_wherever_they_stand():
    known = {"identity": "i-1", "limit": 7}
    assert filled("/a/{identity}/b", known) == "/a/i-1/b"
    assert filled({"ids": ["{identity}"], "{identity}": "{limit}"}, known) == {"ids": ["i-1"], "i-1": 7}
    assert filled("{a*3}-", known) == "aaa-"
    assert filled('{"__proto__": {}}', known) == '{"__proto__": {}}'
    with pytest.raises(Unfilled, match="secret"):
        filled("{secret}", known)


def test_a_value_is_found_at_its_path():
    assert at({"a": [{"b": 1}]}, "a.0.b") == 1
    assert at({"a": []}, "a.0.b") is None
    assert at("text", "a") is None


def test_a_number_makes_a_further_scratch_thing_with_placeholders_of_its_own():
    first, second = given("universal"), given("universal12")
    assert first is not None
    assert second is not None
    assert second.steps[1].path == "/api/v1/auth/universal-auth/identities/{universal12}"
    assert second.steps[0].body == first.steps[0].body
    assert [tuple(each.save) for each in second.steps] == [
        ("universal12",),
        ("clientId12",),
        ("clientSecret12", "clientSecretId12"),
    ]
    assert [given(each) for each in ("universal1", "universal02", "universe2", "universal100")] == [None] * 4


def test_a_brace_before_a_text_that_would_be_a_placeholder():
    assert filled("{brace}name}, {brace}a*3}", {}) == "{name}, {a*3}"
