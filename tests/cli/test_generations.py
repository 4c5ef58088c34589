"""`infisical-mock generations` and `generations diff`: all that is dated is shown or excused, and answers are true."""

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli.generation_diff import VARIES, differences
from mockserver.cli.generation_probes import PROBES
from mockserver.cli.main import infisical_mock
from mockserver.rules.generation import GENERATIONS, Generation
from tests.cli.dated import UNSHOWN, modules, rules, values
from tests.client import Client

NEIGHBOURS = list(pairwise(GENERATIONS))
SHOWN = {(probe.operation, name) for probe in PROBES for name in probe.covers}
NAMES = {name for _, name in SHOWN}
STAGES = {"route", "token", "header", "body", "own"}


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(infisical_mock, ["generations", *arguments])
    return found.exit_code, found.output


def difference(before: str, after: str) -> list[dict[str, Any]]:
    code, output = run("diff", before, after, "--format", "json")
    assert code == 0
    found = json.loads(output)
    assert (found["from"], found["to"]) == (before, after)
    return found["differences"]


def test_it_lists_each_generation_oldest_first():
    code, output = run()
    assert code == 0
    for line, each in zip(output.splitlines(), GENERATIONS, strict=True):
        assert line.split(maxsplit=3) == [each.value, each.date, each.release, each.summary]
    listed = json.loads(run("--format", "json")[1])["generations"]
    assert [each["name"] for each in listed] == list(GENERATIONS)
    assert listed[1] == {
        "name": "2026-08",
        "date": "2026-08-20",
        "release": "v0.162.22",
        "summary": Generation.AUGUST.summary,
    }


@pytest.mark.parametrize(("operation", "name"), sorted(set(rules())))
def test_every_dated_rule_has_a_request_or_a_reason(operation: str, name: str):
    shown = name in NAMES if operation in STAGES else (operation, name) in SHOWN
    excused = name in UNSHOWN or f"{operation} {name}" in UNSHOWN
    assert shown != excused, (
        "give it a probe in mockserver/cli/generation_probes.py, or a reason in tests/cli/dated.py; not both"
    )


@pytest.mark.parametrize("name", sorted({*values(), *modules()}))
def test_every_dated_value_has_a_request_or_a_reason(name: str):
    assert (name in NAMES) != (name in UNSHOWN)


def test_every_reason_is_about_something_dated():
    dated = {*values(), *modules(), *(name for _, name in rules()), *(" ".join(each) for each in rules())}
    assert set(UNSHOWN) <= dated


def test_every_probe_shows_a_difference_of_what_it_covers():
    found = [each for pair in NEIGHBOURS for each in differences(*pair)]
    assert {id(each.probe) for each in found} == {id(probe) for probe in PROBES}
    named = {rule for _, rule in rules()}
    for probe in PROBES:
        seen = {side.rule for each in found if each.probe is probe for side in (each.before, each.after)}
        assert "mock.crash" not in seen
        missing = (named & set(probe.covers)) - seen - {probe.operation}
        assert not missing, f"{probe.summary} does not meet {missing}"


@pytest.mark.parametrize("pair", NEIGHBOURS, ids=str)
def test_no_two_neighbouring_generations_behave_alike(pair: tuple[Generation, Generation]):
    assert differences(*pair)
    assert [each.probe for each in differences(*pair)] == [each.probe for each in differences(*reversed(pair))]


def agrees(printed: Any, answered: Any) -> bool:
    """Whether an answer is the printed one, but for what varies, and for the texts of messages that name a world."""
    if printed == VARIES:
        return True
    if isinstance(printed, dict) and isinstance(answered, dict):
        return printed.keys() == answered.keys() and all(agrees(printed[key], answered[key]) for key in printed)
    if isinstance(printed, list) and isinstance(answered, list):
        return len(printed) == len(answered) and all(map(agrees, printed, answered))
    return bool(printed == answered)


async def test_the_printed_requests_get_the_printed_answers_over_http(server: Client):
    for before, after in [*NEIGHBOURS, (GENERATIONS[0], GENERATIONS[-1])]:
        found = await asyncio.to_thread(difference, before, after)
        assert found
        for each in found:
            for side, generation in (("from", before), ("to", after)):
                made = await server.send("POST", "/_mock/worlds", {"profile": "live", "asOf": generation}, token=None)
                world, request = f"/w/{made.json['id']}", each["request"]
                body = None if request["body"] is None else request["body"].encode()
                answer = await server.send(
                    request["method"], world + request["path"], data=body, headers=request["headers"], token=None
                )
                text = answer.content.decode().replace(world, "")
                printed = each["answers"][side]
                assert answer.status == printed["status"], each
                assert agrees(printed["body"], json.loads(text)), (each, text)
                assert json.loads(text).get("error") == printed["error"] if isinstance(json.loads(text), dict) else True


def test_a_line_is_a_difference_and_operations_are_grouped():
    code, output = run("diff", "2026-05", "2026-10")
    assert code == 0
    lines = output.splitlines()
    headings = [line for line in lines if not line.startswith("  ")]
    found = difference("2026-05", "2026-10")
    assert len(headings) == len(set(headings)) == len({each["operation"] for each in found})
    assert len(lines) == len(headings) + len(found)
    assert any("TLS row 19" in line and "200 OK → 400 BadRequest [update.tls.ca-required]" in line for line in lines)


def test_dates_and_releases_name_generations_too():
    code, output = run("diff", "v0.162.22", "2026-09-20", "--format", "json")
    assert (code, json.loads(output)["from"], json.loads(output)["to"]) == (0, "2026-08", "2026-09")


@pytest.mark.parametrize("each", GENERATIONS)
def test_a_generation_does_not_differ_from_itself(each: str):
    assert difference(each, each) == []
    assert run("diff", each, each) == (0, "")


@pytest.mark.parametrize("pair", [("2026-8", "2026-10"), ("2026-10", "2026-8")])
def test_an_unknown_generation_is_refused_with_all_names(pair: tuple[str, str]):
    code, output = run("diff", *pair)
    assert code == 2
    assert all(each in output for each in GENERATIONS)
    assert "Did you mean 2026-08?" in output


def test_a_mistyped_command_or_format_is_refused():
    assert run("dif")[0] == run("--format", "yaml")[0] == run("diff", "2026-05")[0] == 2
