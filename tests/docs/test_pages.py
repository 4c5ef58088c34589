"""Every command and every example of README, CONTRIBUTING and the site does what the page says."""

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import EXPECTED, REASONS, ROOT, RUN, Block, blocks, pages
from tests.docs.running import Page, compare, is_server

PAGES = [path for path in pages() if blocks(path)]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Page]:
    """A reader of one page."""
    page = Page(tmp_path)
    try:
        yield page
    finally:
        page.stop()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages' commands use curl")
@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_the_examples_of_a_page_run_in_order_and_as_printed(path: Path, reader: Page):
    printed = None
    for block in blocks(path):
        if block.reason:
            assert block.reason in REASONS, f"line {block.line}"
            printed = None
        elif block.title:
            reader.write(block)
        elif block.language in RUN:
            if is_server(block):
                reader.serve(block.text)
                printed = None
                continue
            if not reader.url:
                reader.serve()
            printed = reader.run(block)
        elif block.language in EXPECTED and block.follows and printed is not None:
            compare(block, printed)
            printed = None
        else:
            _is_well_formed(block)


def _is_well_formed(block: Block) -> None:
    """A block that no command is about is at least what it calls itself."""
    readers = {"json": json.loads, "yaml": lambda text: list(yaml.safe_load_all(text)), "toml": tomllib.loads}
    assert block.language in readers, f"line {block.line}: a block of {block.language!r} that nothing runs or compares"
    readers[block.language](block.text)


def test_a_block_that_differs_is_found():
    shown = Block("text", "", "", "a …\nb\n", 1, follows=True)
    compare(shown, "a 1\nb\n")
    with pytest.raises(AssertionError, match="shown"):
        compare(shown, "a 1\nc\n")
    with pytest.raises(AssertionError):
        compare(Block("json", "", "", '{"a": "…", "b": 1}', 1, follows=True), '{"a": 1, "b": 2}')


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_blocks_that_arm_faults_use_a_world_of_their_own(path: Path):
    armed = [block for block in blocks(path) if block.language == "sh" and re.search(r"/faults\b", block.text)]
    assert all("/_mock/worlds/default/faults" not in block.text for block in armed)


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_bytes()) <= 8 * 1024


def test_the_readme_and_the_repositorys_pages_link_to_files_that_exist():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "ARCHITECTURE.md"]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_id_and_token_of_the_bundled_world_page_exists():
    text = (ROOT / "docs" / "reference" / "bundled-world.md").read_text("utf-8")
    world = (ROOT / "fixtures" / "world.yaml").read_text("utf-8")
    named = re.findall(
        r"`((?:acme|hobby|heritage)-[a-z-]+-token|[0-9a-f]{2}000000-[0-9a-f-]{27}|https://[a-z]+\.k8s\.example[:0-9]*)`",
        text,
    )
    assert len(set(named)) >= 25
    assert [each for each in named if each not in world] == []
