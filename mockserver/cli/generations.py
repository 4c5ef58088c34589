"""`infisical-mock generations`: the generations of the service, and what a client notices between two of them."""

import json
import sys
from typing import Any

import click

from mockserver.cli.option import AsOf
from mockserver.rules.generation import GENERATIONS, Generation

_FORMAT = click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True)


@click.group(invoke_without_command=True)
@_FORMAT
@click.pass_context
def generations(context: click.Context, format: str) -> None:
    """List the generations of the service, oldest first: name, first day, release, what it is.

    `--as-of` of `infisical-mock serve` selects one of them.
    """
    if context.invoked_subcommand is not None:
        return
    if format == "json":
        rows = [
            {"name": each.value, "date": each.date, "release": each.release, "summary": each.summary}
            for each in GENERATIONS
        ]
        _print(json.dumps({"generations": rows}, indent=2))
    else:
        _print("\n".join(f"{each}  {each.date}  {each.release:<9}  {each.summary}" for each in GENERATIONS))


@generations.command()
@click.argument("before", metavar="FROM", type=AsOf())
@click.argument("after", metavar="TO", type=AsOf())
@_FORMAT
def diff(before: Generation, after: Generation, format: str) -> None:
    """Print what a client can notice between two generations: a request and both answers for each difference.

    The mock answers each request in both generations, in profile live, from the bundled fixtures. FROM and TO are
    generations, dates or releases. Exit code 0; 2 if one is unknown.
    """
    from mockserver.cli.generation_diff import differences, lines

    found = differences(before, after)
    if format == "json":
        rows: list[Any] = [each.as_json() for each in found]
        _print(json.dumps({"from": before.value, "to": after.value, "differences": rows}, indent=2, ensure_ascii=False))
    elif found:
        _print("\n".join(lines(found)))


def _print(text: str) -> None:
    # The files of both formats are UTF-8, whatever the terminal is.
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.flush()
