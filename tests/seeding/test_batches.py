"""A long file is read in batches: the same state as when it is read as a whole, the same errors, and less memory."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import FixtureErrors
from mockserver.seeding import batches, cut_files
from mockserver.seeding.batches import CannotCut
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load, load_in_batches, load_whole, texts
from mockserver.seeding.merge import Entry
from mockserver.seeding.yaml_reader import Text
from mockserver.settings import bundled
from tests.test_scale import RECORD, limits

EXAMPLE = Path(__file__).with_name("example-world.yaml")
ODD = ['}, {"id": 1', "]", "[[", '"', "\\", '\\"', "\\\\", "a\nb", "ü", "\u2028", "𝄞", "null", "1.0", "x,*", "- id: 1"]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch):
    """Every text is long, and a batch has but a few entries."""
    monkeypatch.setattr(cut_files, "LONG_TEXT", 1)
    monkeypatch.setattr("mockserver.seeding.load.LONG_TEXT", 1)
    monkeypatch.setattr(batches, "BATCH", 900)


def odd_world() -> dict[str, Any]:
    """Entries with everything that may mislead a guess where one of them ends."""
    world = limits(60)
    for number, (entry, text) in enumerate(zip(world["identities"], ODD * 4, strict=False)):
        entry["name"] = f"{text}{number}"
        entry["metadata"] = [{"key": text or "k", "value": '}, {"id": "'}, {"key": "id", "value": text or "v"}]
        entry["tokenAuth"] = {}
        entry["universalAuth"] = {
            "id": f"3d000000-0000-4000-8000-{number:012x}",
            "clientId": f"4d000000-0000-4000-8000-{number:012x}",
            "clientSecrets": [{"id": f"5d000000-0000-4000-8{each}00-{number:012x}", "secret": "s"} for each in (1, 2)],
        }
    world["accessTokens"] = [
        {"token": f"token-{number}", "identity": f"{text}{number}"} for number, text in enumerate(ODD)
    ]
    return world


def unshared(value: Any) -> Any:
    """The same value without parts that are one object, for which YAML would be written with aliases."""
    return json.loads(json.dumps(value))


def as_blocks(world: dict[str, Any], indent: int = 2) -> str:
    """The world as people write YAML, with a comment and an empty line."""
    rows = []
    for section, entries in world.items():
        if not isinstance(entries, list):
            rows.append(f"{section}: {entries}\n")
            continue
        rows.append(f"{section}:  # all of them\n\n")
        for entry in entries:
            text = yaml.safe_dump([unshared(entry)], sort_keys=False, allow_unicode=False)
            rows += [f"{' ' * indent}{line}" for line in text.splitlines(keepends=True)]
    return "".join(rows)


FORMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "JSON": json.dumps,
    "compact JSON": lambda world: json.dumps(world, separators=(",", ":"), ensure_ascii=False),
    "indented JSON": lambda world: json.dumps(world, indent=2),
    "JSON with identities first": lambda world: json.dumps(dict(reversed(world.items()))),
    "YAML": as_blocks,
    "YAML without indentation": lambda world: as_blocks(world, 0),
    "YAML with identities first": lambda world: as_blocks(dict(reversed(world.items())), 4),
}


def in_batches(*sources: str) -> Any:
    """The state as fixtures, read in batches alone. Raises CannotCut if it was to be read as a whole."""
    return dump(load_in_batches([Text(f"file{number}", text) for number, text in enumerate(sources)], 0))


def as_a_whole(*sources: str) -> Any:
    return dump(load_whole([Text(f"file{number}", text) for number, text in enumerate(sources)], 0))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.usefixtures("short")
def test_batches_come_to_the_same_state(form: Callable[[dict[str, Any]], str]):
    for world in (limits(100), odd_world()):
        text = form(world)
        assert in_batches(text) == as_a_whole(text)


@pytest.mark.usefixtures("short")
def test_a_saved_state_is_read_in_batches_again():
    for source in (texts([bundled("fixtures")]), texts([EXAMPLE]), [Text("odd", json.dumps(odd_world()))]):
        saved = dump(load_whole(source, 0))
        assert in_batches(json.dumps(saved)) == saved
        assert in_batches(yaml.safe_dump(unshared(saved), sort_keys=False)) == saved


@pytest.mark.usefixtures("short")
def test_files_of_several_forms_come_to_one_state():
    world, more = limits(40), limits(80)
    more = {"version": 1, "identities": more["identities"][40:]}
    others = bundled("fixtures") / "world.yaml"
    sources = [json.dumps(world), as_blocks(more), (others if others.exists() else EXAMPLE).read_text("utf-8")]
    assert in_batches(*sources) == as_a_whole(*sources)


TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=8))


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=3, max_size=30), st.integers(120, 2000), st.sampled_from(sorted(FORMS)))
def test_any_name_is_read_in_batches_as_it_is_otherwise(names: list[str], size: int, form: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mockserver.seeding.load.LONG_TEXT", 1)
        patch.setattr(cut_files, "LONG_TEXT", 1)
        patch.setattr(batches, "BATCH", size)
        world = limits(len(names))
        for entry, name in zip(world["identities"], names, strict=True):
            entry["name"] = name
        sources = [Text("file", FORMS[form](world))]
        assert dump(load(sources, 0)) == dump(load_whole(sources, 0))


LINES = as_blocks(limits(40))
JSON = json.dumps(limits(40))
BAD: dict[str, str] = {
    "an entry that is invalid": LINES.replace("name: load-30", "name: 30"),
    "an unknown key": LINES.replace("name: load-30", "nam: load-30"),
    "an unknown organization": LINES.replace(
        "organization: limits\n    name: load-33", "organization: x\n    name: load-33"
    ),
    "a key twice": LINES.replace("name: load-30", "name: load-30\n    name: load-30"),
    "an id twice, batches apart": LINES.replace("00000000001e", "000000000002"),
    "a section twice": LINES + LINES[LINES.index("identities:") :],
    "an open quote": LINES.replace("name: load-30", 'name: "load-30'),
    "a tab": LINES.replace("    name: load-30", "\tname: load-30"),
    "two documents": LINES + "---\nversion: 1\n",
    "an unknown section": LINES + "identites: []\n",
    "JSON with a key twice": JSON.replace('"name": "load-30"', '"name": "load-30", "name": "load-30"'),
    "JSON with a section twice": JSON[:-1] + ', "identities": []}',
    "JSON with a number that is too large": JSON.replace(
        '"kubernetesHost"', '"accessTokenTTL": 1e400, "kubernetesHost"', 1
    ),
    "JSON with an integer of many digits": JSON.replace(
        '"kubernetesHost"', f'"accessTokenTTL": {"9" * 30}, "kubernetesHost"', 1
    ),
    "JSON that is cut off": JSON[:-300],
    "JSON with text after it": JSON + "x",
    "JSON that is nested too deep": JSON.replace('"load-30"', "[" * 60 + "]" * 60),
    "JSON with an entry that is none": JSON.replace('{"id": "2d0', '7, {"id": "2d0'),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
@pytest.mark.usefixtures("short")
def test_errors_are_those_of_the_whole_file(text: str):
    sources = [Text("file", text)]
    with pytest.raises(CannotCut):
        in_batches(text)
    with pytest.raises(FixtureErrors) as whole:
        load_whole(sources, 0)
    with pytest.raises(FixtureErrors) as found:
        load(sources, 0)
    assert str(found.value) == str(whole.value)


WHOLE: dict[str, str] = {
    "an anchor and its alias": LINES.replace(" load-3\n", " &n load-3\n").replace(" load-30", " *n"),
    "lines that end in CR LF": LINES.replace("\n", "\r\n"),
    "flow style": JSON.replace('"version": 1', "version: 1"),
    "JSON with half a character": JSON.replace("load-30", "\\ud800"),
    "JSON with escaped keys": JSON.replace('"identities"', '"identitie\\u0073"'),
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
@pytest.mark.usefixtures("short")
def test_what_cannot_be_cut_is_read_as_a_whole(text: str):
    with pytest.raises(CannotCut):
        in_batches(text)
    assert len(load([Text("file", text)], 0).identities) == 40


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_report_says_how_many_of_how_many_are_loaded(form: Callable[[dict[str, Any]], str]):
    class Heard:
        """Notes what it is told."""

        total, done = 0, 0

        def reading(self, name: str, characters: int) -> None:
            assert (name, characters) == ("file", len(text))

        def identities(self, entries: Iterable[Entry], total: int) -> Iterator[Entry]:
            self.total = total
            for each in entries:
                self.done += 1
                yield each

    text, heard = form(limits(100)), Heard()
    load([Text("file", text)], 0, heard)
    assert (heard.done, heard.total) == (100, 100)


MEMORY = """
import gc, sys
from pathlib import Path
from mockserver.seeding.load import load, load_in_batches, load_whole, texts
from mockserver.seeding.merge import Entry
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
gc.disable()  # as a start does
load(texts([Path(sys.argv[1])]), 0)
before = resident()
state = load(texts([Path(sys.argv[2])]), 0)
print((resident() - before) / len(state.identities))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("form", ["JSON", "YAML"])
def test_an_identity_with_a_record_takes_less_than_two_kilobytes(tmp_path: Path, form: str):
    paths = [tmp_path / "one", tmp_path / "many"]
    for path, count in zip(paths, (1, 40_000), strict=True):
        path.write_text(FORMS[form](limits(count)) if form == "JSON" else block_lines(count))
    command = [sys.executable, "-c", MEMORY, *map(str, paths)]
    taken = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert taken < 2000


def block_lines(count: int) -> str:
    """As `as_blocks`, written faster."""
    record = "".join(f"      {key}: {value}\n" for key, value in RECORD.items())
    rows = "".join(
        f"  - id: {each['id']}\n    organization: limits\n    name: {each['name']}\n    kubernetesAuth:\n{record}"
        for each in limits(count)["identities"]
    )
    head = {key: value for key, value in limits(0).items() if key != "identities"}
    return f"{yaml.safe_dump(head)}identities:\n{rows}"
