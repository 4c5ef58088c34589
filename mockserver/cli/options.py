"""The flags of the commands that read fixtures and document, or serve them."""

from pathlib import Path

import click

from mockserver.cli.option import ADDRESS, AsOf, Iso8601, number, option, seconds
from mockserver.settings import (
    BODY_SECONDS,
    ENGINES,
    HEADER_SECONDS,
    IDLE_SECONDS,
    JOURNAL_BYTES,
    LEVELS,
    MAX_BODY,
    MAX_CONNECTIONS,
    MAX_HEADER_SIZE,
    MAX_HEADERS,
    WRITE_SECONDS,
)

_path = click.Path(path_type=Path)

CONTENT = (
    option(
        "--fixtures", multiple=True, type=_path, help="A fixture file or folder; may be given again. [bundled world]"
    ),
    option("--fixtures-yaml", hidden=True, help="Fixtures themselves, for containers that cannot mount files."),
    option("--spec", type=_path, help="The OpenAPI document to hold callers to. [bundled contract]"),
)

GIGABYTE = 1024 * 1024 * 1024

LIMITS = (
    number(
        "--max-connections", (1, 1_000_000), MAX_CONNECTIONS, "Connections at one time; one more is told so, by 503."
    ),
    number("--max-body", (1, GIGABYTE), MAX_BODY, "Bytes of a body to the vendor's API."),
    number("--max-header-size", (256, 1024 * 1024), MAX_HEADER_SIZE, "Bytes of the request line, and of each header."),
    number("--max-headers", (8, 10_000), MAX_HEADERS, "Headers of one request."),
    seconds("--header-timeout", HEADER_SECONDS, "The time for the head of a request to come, from its first byte on."),
    seconds("--body-timeout", BODY_SECONDS, "The time for a body to come whole."),
    seconds("--idle-timeout", IDLE_SECONDS, "A connection on which nothing is asked for that time is closed."),
    seconds("--write-timeout", WRITE_SECONDS, "The time for a client to take what it is sent."),
)

SERVE = (
    *ADDRESS,
    option("--port-file", type=_path, help="Where to write the port that is listened on."),
    *CONTENT,
    option("--watch", is_flag=True, help="Take fixture files again when they change."),
    option(
        "--profile",
        type=click.Choice(["contract", "live"]),
        default="contract",
        show_default=True,
        help="Who is right where contract and running service part.",
    ),
    option(
        "--as-of",
        type=AsOf(),
        metavar="GENERATION",
        help="The service of that day: a generation (infisical-mock serves 2026-05, 2026-08, 2026-09, 2026-10), a date,"
        " or a release. [live: the newest; contract: 2026-08]",
    ),
    option(
        "--engine",
        type=click.Choice(ENGINES),
        default="compiled",
        show_default=True,
        help="What holds requests and answers to the document; openapi-core is a slow second opinion.",
    ),
    option("--clock", type=Iso8601(), metavar="ISO8601", help="Freeze the time there."),
    option("--seed", type=int, help="Seed of request ids, to make them repeatable."),
    option("--token-secret", help="HS256 key of signed access tokens. [a public one, see README]"),
    option("--control-token", help="Bearer that the control API asks for. [none]"),
    option("--no-control", is_flag=True, help="Leave the control API out, all but its health check."),
    option(
        "--journal-size", type=click.IntRange(0, 1_000_000), default=1000, show_default=True, help="Exchanges kept."
    ),
    number("--journal-bytes", (0, 16 * GIGABYTE), JOURNAL_BYTES, "Bytes that they may take; the oldest make room."),
    option(
        "--fail-on-warning",
        is_flag=True,
        help="Let a verification fail on warnings of the client critic about the requests that it looks at.",
    ),
    option(
        "--max-worlds",
        type=click.IntRange(1, 1_000_000),
        default=10_000,
        show_default=True,
        help="Worlds at one time, the default one among them.",
    ),
    option(
        "--world-idle",
        type=click.FloatRange(0, min_open=True),
        default=3600,
        show_default=True,
        metavar="SECONDS",
        help="A world that nobody asks for during that time is dropped.",
    ),
    *LIMITS,
    option(
        "--log-level",
        type=click.Choice(LEVELS),
        default="warning",
        show_default=True,
        help="info shows a line for each request.",
    ),
    option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True),
)
