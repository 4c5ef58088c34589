"""The flags of the commands that read fixtures and document, or serve them."""

from math import inf
from pathlib import Path

import click

from mockserver.cli.option import (
    ADDRESS,
    AsOf,
    Blocks,
    HostName,
    Iso8601,
    Limits,
    SiteUrl,
    number,
    option,
    seconds,
    section,
    size,
    tls,
)
from mockserver.settings import (
    BODY_SECONDS,
    ENGINES,
    EXPIRY_STATUS,
    EXPIRY_STATUSES,
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
    option("--fixtures", multiple=True, type=_path, help="A fixture file or folder; repeatable. [bundled world]"),
    option("--fixtures-yaml", hidden=True, help="Fixtures themselves, for containers that cannot mount files."),
    option(
        "--spec", type=_path, help="The OpenAPI document to check requests and responses against. [bundled contract]"
    ),
)

GIGABYTE = 1024 * 1024 * 1024

LIMITS = (
    number(
        "--max-connections", (1, 1_000_000), MAX_CONNECTIONS, "Limit of open connections; further ones receive a 503."
    ),
    size("--max-body", (1, GIGABYTE), MAX_BODY, "Limit of a request body to the vendor's API, such as 10MB."),
    size("--max-header-size", (256, 1024 * 1024), MAX_HEADER_SIZE, "Limit of the request line and of each header."),
    number("--max-headers", (8, 10_000), MAX_HEADERS, "Limit of headers per request."),
    seconds("--header-timeout", HEADER_SECONDS, "Time limit for the request line and headers, from the first byte."),
    seconds("--body-timeout", BODY_SECONDS, "Time limit for a request body."),
    seconds("--idle-timeout", IDLE_SECONDS, "Close a connection without a request for this time."),
    seconds("--write-timeout", WRITE_SECONDS, "Time limit for a client to receive a response."),
)

EDITION = (
    option(
        "--profile",
        type=click.Choice(["contract", "live"]),
        default="contract",
        show_default=True,
        help="Whether to follow the contract or the live service where they differ.",
    ),
    option(
        "--as-of",
        type=AsOf(),
        metavar="GENERATION",
        help="The service of that day: a generation (infisical-mock serves 2026-05, 2026-08, 2026-09, 2026-10), a"
        " date, or a release. [live: the newest; contract: 2026-08]",
    ),
)

CONTROL = (
    option("--control-token", help="Bearer token that the control API requires. [none]"),
    option("--no-control", is_flag=True, help="Disable the control API except its health check."),
    option(
        "--allowed-host",
        multiple=True,
        type=HostName(),
        metavar="NAME",
        help="A host name under which the control API may be called, beside local names and addresses; repeatable;"
        " * allows any.",
    ),
    option(
        "--docs-url",
        type=SiteUrl(),
        default="",
        help="URL of the documentation site, for links to rules in explanations. [paths in the repository]",
    ),
)

JOURNAL = (
    option(
        "--journal-size", type=click.IntRange(0, 1_000_000), default=1000, show_default=True, help="Exchanges kept."
    ),
    size(
        "--journal-bytes",
        (0, 16 * GIGABYTE),
        JOURNAL_BYTES,
        "Limit of the journal's size; the oldest exchanges are evicted.",
    ),
)

LOG = (
    option(
        "--log-level",
        type=click.Choice(LEVELS),
        default="warning",
        show_default=True,
        help="info logs requests, control calls and the stop; debug adds what a request carried.",
    ),
    option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How log lines are written.",
    ),
)

SERVE = (
    *section(
        "Address",
        *ADDRESS,
        option("--port-file", type=_path, help="Write the port to this file once the server listens."),
        option(
            "--workers",
            type=click.IntRange(1, 64),
            default=1,
            show_default=True,
            help="Number of servers behind the port, each with worlds of its own.",
        ),
    ),
    *section(
        "TLS",
        *tls(ca_file="Write the certificate of the authority of --tls auto to this file, for clients to trust."),
        option("--tls-key", type=_path, metavar="FILE", help="The key of --tls-cert. [in the file of --tls-cert]"),
    ),
    *section(
        "Content",
        *CONTENT,
        option("--watch", is_flag=True, help="Reload fixture files when they change."),
    ),
    *section(
        "Service",
        *EDITION,
        option(
            "--trusted-proxies",
            multiple=True,
            type=Blocks(),
            help="A CIDR block of proxies; repeatable, or a list with commas. Only X-Forwarded-For from them says the"
            " client address. [every address header of every client]",
        ),
        option(
            "--rate-limits",
            type=Limits(),
            metavar="LIMITS",
            help="Count requests by client address in windows of 60 s: cloud-free, cloud-pro, or numbers such as"
            " read=200,write=90,identityCreation=30. [not limited]",
        ),
        option(
            "--engine",
            type=click.Choice(ENGINES),
            default="compiled",
            show_default=True,
            help="The validator of requests and responses; openapi-core is slow and serves as a second opinion.",
        ),
        option("--clock", type=Iso8601(), metavar="ISO8601", help="Freeze the time at this moment."),
        option("--seed", type=int, help="Seed of request ids, to make them repeatable."),
        option(
            "--token-expiry-status",
            type=click.Choice(EXPIRY_STATUSES),
            default=EXPIRY_STATUS,
            show_default=True,
            help="The status of the response to an expired access token.",
        ),
        option("--token-secret", help="HS256 key of signed access tokens. [a published one, not for production]"),
    ),
    *section(
        "Control API",
        *CONTROL,
    ),
    *section(
        "Worlds and journal",
        option(
            "--max-worlds",
            type=click.IntRange(1, 1_000_000),
            default=10_000,
            show_default=True,
            help="Limit of worlds, including the default one.",
        ),
        seconds("--world-idle", 3600, "Remove a world without requests for this time, such as 30m.", most=inf),
        *JOURNAL,
        option(
            "--fail-on-warning",
            is_flag=True,
            help="Fail verifications of requests that have warnings.",
        ),
    ),
    *section(
        "Limits",
        *LIMITS,
    ),
    *section(
        "Log",
        *LOG,
    ),
)
"""The flags of `serve`, in the sections of its help."""
