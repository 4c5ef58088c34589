"""The values of the package's own YAML texts, which lie beside them as JSON, are those that the YAML parser reads."""

from pathlib import Path
from typing import Any

import pytest

from docs.render import parsed_files
from mockserver import parsed_texts, strict_yaml
from mockserver.contract.document import OVERLAYS
from mockserver.seeding.form import NO_ERRORS, judge
from mockserver.seeding.load import texts
from mockserver.seeding.yaml_reader import Located
from mockserver.settings import bundled

OWN = [path.read_text("utf-8") for path in (bundled("openapi.yaml"), *sorted(bundled("fixtures").iterdir()))]


def test_the_committed_values_are_those_of_the_texts():
    committed = {path: path.read_bytes() for path in parsed_texts.FOLDER.glob("*.json")}
    assert committed == parsed_files(), "make docs brings them up to date"


@pytest.mark.parametrize("path", parsed_files(), ids=lambda path: path.name[:8])
def test_a_value_is_that_of_the_yaml_parser_with_its_types_and_order(path: Path):
    text = next(text for text in _texts() if parsed_texts.file_of(text) == path)
    assert repr(strict_yaml.read(text, [])) == repr(strict_yaml.read_yaml(text, []))


def _texts() -> list[str]:
    return [*OWN, *(path.read_text("utf-8") for path in OVERLAYS.glob("*.yaml"))]


@pytest.mark.parametrize("text", OWN)
def test_the_package_s_own_text_needs_no_yaml_parser_and_another_one_does(text: str, monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []

    def parser(text: str, twice: strict_yaml.Twice, depth: int, aliased: int) -> Any:
        read.append(text)

    monkeypatch.setattr(strict_yaml, "read_yaml", parser)
    assert strict_yaml.read(text, [])
    assert read == []
    strict_yaml.read(text + " ", [])
    assert read == [text + " "]


def test_without_the_values_the_parser_reads_the_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    expected = strict_yaml.read(OWN[0], [])
    monkeypatch.setattr(parsed_texts, "FOLDER", tmp_path / "not installed")
    assert strict_yaml.read(OWN[0], []) == expected


def test_each_reading_has_a_value_of_its_own():
    first = strict_yaml.read(OWN[0], [])
    first["paths"].clear()
    assert strict_yaml.read(OWN[0], [])["paths"]


def test_the_bundled_fixtures_which_no_start_judges_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sources = texts([bundled("fixtures")])
    assert all(Located(each).is_own for each in sources)
    monkeypatch.setattr(parsed_texts, "FOLDER", tmp_path / "not installed")
    assert not any(Located(each).is_own for each in sources)
    assert [judge(Located(each)) for each in sources] == [NO_ERRORS] * len(sources)
