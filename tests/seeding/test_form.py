"""Fixtures as text: which scalars they hold, what is refused, and where each error stands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from mockserver.errors import FixtureErrors
from mockserver.seeding import form
from mockserver.seeding import load as loading
from mockserver.seeding.dump import dump
from mockserver.seeding.form import _PATTERNS, schema
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Located, Text
from mockserver.settings import bundled

NOW = 1_800_000_000_000
ACME = "{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }"


def errors(*texts: str) -> list[str]:
    """Every error of the files `a.yaml`, `b.yaml`, …; none if they load."""
    try:
        load([Text(f"{chr(97 + number)}.yaml", text) for number, text in enumerate(texts)], NOW)
    except FixtureErrors as refused:
        return str(refused).splitlines()
    return []


SCALARS: tuple[tuple[str, Any], ...] = (
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("tRUE", "tRUE"),
    ("null", None),
    ("~", None),
    ("NUL", "NUL"),
    ("0123", 123),
    ("0o17", 15),
    ("017", 17),
    ("0x1F", 31),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("12:30:45", "12:30:45"),
    ("1:2", "1:2"),
    ("2026-01-02", "2026-01-02"),
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    ("2026-01-02 03:04:05", "2026-01-02 03:04:05"),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("1.", 1.0),
    ("-7", -7),
    ("+7", 7),
    ("=", "="),
    ("<<", "<<"),
    ("'0123'", "0123"),
    ('"no"', "no"),
    ('"\\ud83d\\ude00"', "😀"),
)


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any):
    found = Located(Text("a.yaml", f"a: {text}")).value["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("key", ["no", "0123", "2026-01-02", "12:30", "null", "true", "1.5"])
def test_keys_are_texts_as_they_are_written(key: str):
    assert Located(Text("a.yaml", f"{key}: 1")).value == {key: 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, -0, 2.5, 1e3, true, null, "no", "", "\\ud83d\\ude00", "\\u00e9", {"b": {}, "c": []}]}',
        '{\n\t"a": "12:30",\n\t"b": "2026-01-02"\n}',
        '[{"<<": "~"}, "1_000", 123456789012345678901234567890]',
    ],
)
def test_a_text_that_is_json_holds_what_it_holds_as_yaml(text: str):
    as_yaml = Located(Text("a.yaml", f"# no JSON\n{text}")).value
    assert Located(Text("a.json", text)).value == as_yaml == json.loads(text)


JSON_ERRORS = {
    "a key twice": ('{"version": 1,\n "version": 1}', "a.yaml:2:2: version: duplicate key"),
    "an unknown key": ('{"version": 1,\n\t"colour": "red"}', "a.yaml:2:2: colour: unknown key"),
    "no number": ('{"version": NaN}', "a.yaml:1:13: version: expected 1"),
    "half a character in an escape": ('{"version": "\\ud800"}', "a.yaml:1:13: version: expected 1"),
    "too deep": ('{"a": ' * 60 + "1" + "}" * 60, "nested deeper than 50 levels"),
    "too many digits": ('{"version": ' + "1" * 5000 + "}", "a.yaml:1:13: version: expected 1"),
    "a comma too many": ('{"version": 1,,}', "a.yaml:1:15: (document): invalid YAML"),
    "a character of JSON that is none of YAML": ('{"version": 2, "a": "\x7f"}', "a.yaml:1:1: version: expected 1"),
}


@pytest.mark.parametrize(("text", "told"), JSON_ERRORS.values(), ids=JSON_ERRORS)
def test_an_error_in_json_has_its_place_too(text: str, told: str):
    assert told in "\n".join(errors(text))


def test_half_a_character_is_told_with_its_place():
    told = ["a.yaml:2:4: (document): invalid YAML: a lone surrogate, or a byte that is not UTF-8"]
    assert errors("version: 1\na: \ud800") == told


def test_keys_that_stand_twice_are_told_of_a_text_that_stops_being_readable_behind_them():
    assert [line.split(": ")[1:] for line in errors("version: 1\nversion: 1\n[")] == [
        ["version", "duplicate key"],
        ["(document)", "invalid YAML", "expected ':' after a key"],
    ]


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _patterns(each)


def test_every_pattern_of_the_schema_has_its_words():
    assert {*_patterns(schema())} == {*_PATTERNS}


def test_a_bad_uuid_is_told_without_a_regular_expression():
    (told,) = errors("version: 1\norganizations: [{id: 12, slug: a, name: a}, {id: '12', slug: a, name: a}]")[1:]
    assert told == "a.yaml:2:50: organizations[1].id: not a UUID"


def test_a_merge_key_is_an_unknown_key_with_a_word_on_it():
    (told,) = errors(
        "version: 1\norganizations:\n- {<<: {}, id: 0a000000-0000-4000-8000-000000000001, slug: a, name: b}"
    )
    assert told.startswith("a.yaml:3:4: organizations[0].<<: merge keys are not part of YAML 1.2")


def test_a_merge_key_is_a_key_like_any_other():
    assert Located(Text("a.yaml", "a: &a {b: 1}\nc: {<<: *a}")).value["c"] == {"<<": {"b": 1}}


PLACES = {
    "an unknown key": ("version: 1\ncolour: red", ["a.yaml:2:1: colour: unknown key"]),
    "an unknown key in an entry": (
        f"version: 1\norganizations:\n  - {ACME[:-1]}, plan: {{ sso: true }} }}",
        ["a.yaml:3:82: organizations[0].plan.sso: unknown key"],
    ),
    "a duplicate key": ("version: 1\nversion: 1", ["a.yaml:2:1: version: duplicate key"]),
    "a duplicate key in an entry": (
        f"version: 1\norganizations:\n  - {ACME[:-1]}, name: Acme }}",
        ["a.yaml:3:74: organizations[0].name: duplicate key"],
    ),
    "a missing key": (
        "version: 1\norganizations:\n  - { name: Acme, slug: acme }",
        ["a.yaml:3:5: organizations[0]: 'id' is missing"],
    ),
    "a wrong type": ("version: 1\nidentities: {}", ["a.yaml:2:13: identities: expected array"]),
    "a version that is none": ("version: 2", ["a.yaml:1:10: version: expected 1"]),
    "no version": ("organizations: []", ["a.yaml:1:1: (document): 'version' is missing"]),
    "nothing": ("", ["a.yaml:1:1: (document): the document is empty: add at least 'version: 1'"]),
    "a comment alone": (
        "# nothing\n",
        ["a.yaml:1:1: (document): the document is empty: add at least 'version: 1'"],
    ),
    "an organization that is not there": (
        "version: 1\nidentities:\n  - { id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops }",
        ["a.yaml:3:63: identities[0].organization: there is no such organization"],
    ),
    "a role that is not there": (
        f"version: 1\norganizations: [{ACME}]\nidentities:\n"
        "  - { id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: chief }",
        ["a.yaml:4:86: identities[0].role: the organization has no such role"],
    ),
    "an id that stands twice": (
        f"version: 1\norganizations:\n  - {ACME}\n  - {ACME.replace('slug: acme', 'slug: other')}",
        ["a.yaml:4:11: organizations[1].id: another organization has the same id"],
    ),
    "a time that the calendar does not have": (
        f"version: 1\norganizations: [{ACME}]\nidentities:\n"
        "  - id: 1d000000-0000-4000-8000-000000000001\n    organization: acme\n    name: ops\n"
        "    kubernetesAuth: { createdAt: 2026-02-30T00:00:00Z }",
        ["a.yaml:7:34: identities[0].kubernetesAuth.createdAt: not a valid date and time"],
    ),
}


@pytest.mark.parametrize(("text", "told"), PLACES.values(), ids=PLACES)
def test_an_error_is_told_as_file_line_column_path_and_reason(text: str, told: list[str]):
    assert errors(text) == told


def test_all_errors_of_all_files_are_told_at_once_in_their_order():
    first = f"version: 1\nversion: 1\ncolour: red\norganizations: [{ACME}, {{ name: x }}]\ngateways: 7"
    second = "version: 3\nidentities:\n  - { id: x, organization: acme, name: ops, role: [] }\nclusters: [{ name: '' }]"
    found = errors(first, second)
    assert [line.split(":")[:2] for line in found] == [
        ["a.yaml", "2"],
        ["a.yaml", "3"],
        ["a.yaml", "4"],
        ["a.yaml", "4"],
        ["a.yaml", "5"],
        ["b.yaml", "1"],
        ["b.yaml", "3"],
        ["b.yaml", "3"],
        ["b.yaml", "4"],
    ]


def test_several_files_are_one_world():
    first = f"version: 1\norganizations: [{ACME}]"
    second = "version: 1\nidentities: [{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops }]"
    for texts in ((first, second), (second, first)):
        state = load([Text(str(number), text) for number, text in enumerate(texts)], NOW)
        assert [each.name for each in state.identities.values()] == ["ops"]


def test_an_id_in_two_files_is_an_error_in_the_second():
    text = f"version: 1\norganizations: [{ACME}]"
    found = errors(text, text)
    assert found[0] == "b.yaml:2:23: organizations[0].id: another organization has the same id"
    assert all(line.startswith("b.yaml") for line in found)


def test_two_files_that_disagree_about_unknown_hosts_are_an_error():
    told = errors("version: 1\nunknownHosts: ok", "version: 1\nunknownHosts: refused")
    assert told == ["b.yaml:2:15: unknownHosts: another file says otherwise"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("10.0.0.0/8", ["a.yaml:2:17: trustedProxies: expected array"]),
        ("null", ["a.yaml:2:17: trustedProxies: expected array"]),
        ("[10]", ["a.yaml:2:18: trustedProxies[0]: expected string"]),
        ("[fd00::/8, proxy]", ["a.yaml:2:28: trustedProxies[1]: 'proxy' is not a CIDR block such as 10.0.0.0/8"]),
        (
            "[10.0.0.1/8]",
            ["a.yaml:2:18: trustedProxies[0]: '10.0.0.1/8' has host bits behind its prefix: did you mean 10.0.0.0/8?"],
        ),
        (
            "[10, x]",
            ["a.yaml:2:18: trustedProxies[0]: expected string", "a.yaml:2:22: trustedProxies[1]: 'x' is not"],
        ),
        ("[]", []),
        ("[10.0.0.0/8, 10.0.0.1, fd00::/8]", []),
    ],
)
def test_trusted_proxies_are_a_list_of_blocks(value: str, told: list[str]):
    found = errors(f"version: 1\ntrustedProxies: {value}")
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True)), found


def test_two_files_that_disagree_about_trusted_proxies_are_an_error():
    texts = [f"version: 1\ntrustedProxies: {value}" for value in ("[10.0.0.0/8]", "['10.0.0.0/8']", "[]")]
    assert errors(*texts[:2]) == []
    assert errors(*texts) == ["c.yaml:2:17: trustedProxies: another file says otherwise"]


@pytest.mark.parametrize("value", [None, [], ["10.0.0.0/8", "::1/128"]])
def test_a_dump_has_the_trusted_proxies_that_the_fixtures_had(value: list[str] | None):
    given = {"version": 1} if value is None else {"version": 1, "trustedProxies": value}
    state = load([Text("a.yaml", json.dumps(given))], NOW)
    shown = dump(state)
    assert shown.get("trustedProxies") == value
    assert load([Text("b.yaml", json.dumps(shown))], NOW).trusted_proxies == state.trusted_proxies


def test_a_folder_stands_for_its_files_in_the_order_of_their_names(tmp_path: Path):
    for name in ("b.yml", "a.yaml", "c.json", "notes.txt"):
        (tmp_path / name).write_text('{"version": 1}')
    assert [Path(each.name).name for each in loading.texts([tmp_path])] == ["a.yaml", "b.yml", "c.json"]


def test_paths_that_cannot_be_read_are_all_told(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"version: 1 # caf\xe9")
    with pytest.raises(FixtureErrors) as refused:
        loading.texts([tmp_path / "none.yaml", tmp_path / "empty", tmp_path / "latin.yaml"])
    told = str(refused.value)
    assert "none.yaml:1:1: (document): cannot be read: No such file or directory" in told
    assert "the folder has no .yaml, .yml or .json file" in told
    assert "latin.yaml:1:1: (document): cannot be read: not UTF-8" in told


LAUGHS = "version: 1\na0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
HOSTILE = {
    "a bomb of aliases": (LAUGHS, "aliases expand to more than"),
    "an alias to itself": ("a: &a [*a]", "alias"),
    "an alias to nothing": ("a: *b", "alias"),
    "arrays in arrays": ("[" * 10_000, "nested deeper than 50 levels"),
    "objects in objects": ("{a: " * 10_000, "nested deeper than 50 levels"),
    "blocks in blocks": ("".join(" " * n + "- \n" for n in range(2000)), "nested deeper"),
    "a Python object": ("version: !!python/object/apply:os.system [true]", "version"),
    "a tag of one's own": ("!world\nversion: 2", "version"),
    "an object as key": ("{a: 1}: 2", "a key must be a scalar"),
    "two documents": ("version: 1\n---\nversion: 1", "more than one document in the file"),
    "an unfinished quote": ("version: '1", "invalid YAML"),
    "a tab where a blank belongs": ("version:\n\t- 1", "invalid YAML"),
    "a control character": ("version: \x07", "invalid YAML"),
    "a lone surrogate": ('version: "\\ud800"', "version"),
    "ten thousand digits": ("version: " + "9" * 10_000, "version"),
    "a directive of another YAML": ("%YAML 3.0\n---\nversion: 1", "invalid YAML"),
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize(("text", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_soon_and_in_words(text: str, told: str):
    found = errors(text)
    assert found
    assert told in "\n".join(found)


def test_a_tag_makes_no_object():
    located = Located(
        Text("a.yaml", "a: !!python/object/apply:os.getcwd []\nb: !!set {x, y}\nc: !!timestamp 2026-01-02")
    )
    assert located.value == {"a": [], "b": {"x": None, "y": None}, "c": "2026-01-02"}


def test_the_schema_of_the_format_is_a_schema_itself():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert jsonschema_rs.meta.is_valid(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


BUNDLED = loading.texts([bundled("fixtures"), Path(__file__).with_name("example-world.yaml")])


@pytest.mark.parametrize("text", BUNDLED, ids=lambda text: Path(text.name).name)
def test_the_schema_takes_the_worlds_that_load_and_what_is_dumped_of_them(text: Text):
    validator = jsonschema_rs.Draft202012Validator(schema())
    assert validator.is_valid(Located(text).value)
    assert validator.is_valid(dump(load([text], NOW)))


def test_a_pointer_names_keys_of_any_characters():
    with pytest.raises(FixtureErrors) as refused:
        load([Text("sent", '{"version": 1, "a.b": 1, "c/d~e[0]": 2, "": 3}')], 0)
    assert {each.pointer for each in refused.value.errors} == {"/a.b", "/c~1d~0e[0]", "/"}


def test_long_lists_are_validated_in_pieces_with_the_same_errors(monkeypatch: pytest.MonkeyPatch):
    organizations = [
        {"id": f"0a000000-0000-4000-8000-{number:012}", "name": "A", "slug": f"a-{number}"} for number in range(40)
    ]
    organizations[7] |= {"slug": "A B", "unheard-of": 1, "name": 3}
    organizations[33].pop("slug")
    document = {"version": 2, "organizations": organizations, "identities": [{}] * 12, "clusters": {}}
    whole = errors(json.dumps(document))
    assert len(whole) > 10
    monkeypatch.setattr(form, "_AT_ONCE", 5)
    assert errors(json.dumps(document)) == whole
    assert any("organizations[33]" in each for each in whole)
