"""OpenAPI Overlays: what a target selects, what an action does, and that each later document is a valid one."""

from pathlib import Path

import pytest

from mockserver.contract import document, overlay
from mockserver.contract.document import Document
from mockserver.contract.overlay import Action, actions, applied, selected
from mockserver.errors import SpecError
from mockserver.settings import bundled

OVERLAYS = sorted(Path(overlay.__file__).with_name("overlays").glob("*.yaml"))
TREE = {"a": {"b": [{"c": 1}, {"c": 2}], "x/y": {"c": 3}}, "c": 4}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [TREE]),
        ("$.c", [4]),
        ("$['c']", [4]),
        ("$.a['x/y'].c", [3]),
        ("$.a.b[*].c", [1, 2]),
        ("$.a.*.c", [3]),
        ("$..c", [1, 2, 3, 4]),
        ("$.a..c", [1, 2, 3]),
        ("$.nowhere.c", []),
        ("$.c.deeper", []),
    ],
)
def test_target(path: str, found: list[object]) -> None:
    assert [each.value for each in selected(TREE, path)] == found


@pytest.mark.parametrize("path", ["", "a.b", "$.a[0]", "$.a[?(@.b)]", "$.a[", "$x", "$.a['b", "$.['a']"])
def test_target_that_is_not_supported_is_rejected(path: str) -> None:
    with pytest.raises(SpecError):
        actions("o.yaml", f'overlay: 1.0.0\nactions: [{{target: "{path}", remove: true}}]')


def test_update_merges_objects_joins_lists_and_replaces_the_rest() -> None:
    before = {"o": {"kept": 1, "replaced": 2, "list": [1], "inner": {"a": 1}}}
    update = {"replaced": 3, "list": [2], "inner": {"b": 2}, "new": None}
    after = applied(before, [Action("$.o", update, remove=False)])
    assert after == {"o": {"kept": 1, "replaced": 3, "list": [1, 2], "inner": {"a": 1, "b": 2}, "new": None}}
    assert before == {"o": {"kept": 1, "replaced": 2, "list": [1], "inner": {"a": 1}}}


def test_update_of_a_list_appends_and_remove_takes_away() -> None:
    after = applied({"l": [1], "m": [{"a": 1}, {"b": 2}]}, [Action("$.l", 2, False), Action("$.m[*].a", None, True)])
    assert after == {"l": [1, 2], "m": [{}, {"b": 2}]}
    assert applied(after, [Action("$.m", None, True)]) == {"l": [1, 2]}


def test_a_part_that_stands_twice_is_changed_in_one_place_only() -> None:
    shared = {"x": 1}
    assert applied({"a": shared, "b": shared}, [Action("$.a", {"x": 2}, False)]) == {"a": {"x": 2}, "b": {"x": 1}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not readable"),
        ("[]", "not an overlay"),
        ("overlay: 2.0.0\nactions: []", "not an overlay"),
        ("overlay: 1.0.0", "not an overlay"),
        ("overlay: 1.0.0\nactions: [1]", "'target'"),
        ("overlay: 1.0.0\nactions: [{target: $}]", "'update'"),
        ("overlay: 1.0.0\nactions: [{target: $, updat: {}}]", "unknown key 'updat'"),
        ("overlay: 1.0.0\nactions: []\nactions: []", "stands twice"),
    ],
)
def test_a_text_that_is_no_overlay_is_rejected(text: str, reason: str) -> None:
    with pytest.raises(SpecError, match=reason):
        actions("o.yaml", text)


def test_the_whole_document_is_not_removed() -> None:
    with pytest.raises(SpecError, match="whole document"):
        applied({}, [Action("$", None, remove=True)])


def test_each_later_document_is_a_valid_one_and_every_target_selects_something() -> None:
    value = document.read(bundled("openapi.yaml")).value
    for path in OVERLAYS:
        for action in actions(path.name, path.read_text("utf-8")):
            assert list(selected(value, action.target)), action.target
            value = applied(value, [action])
        document.prove(Document(path.name, "", value))
    assert OVERLAYS
