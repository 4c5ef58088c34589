"""Recordings made of a mock's journal, and their replay."""

from collections.abc import Iterable
from pathlib import Path

import orjson

from mockserver.journal.entry import Entry
from mockserver.parity.recording.exchange import LeftOut, Raw, seen
from mockserver.parity.recording.script import Recording, written
from mockserver.parity.recording.secrets import Secrets
from mockserver.parity.scripts import Script, read
from tests.client import Client


def raw(entry: Entry) -> Raw:
    """An entry of a journal as the proxy hands it on."""
    return Raw(
        operation=entry.operation,
        method=entry.method,
        target=entry.target,
        headers=orjson.loads(entry.headers),
        body=entry.body if entry.is_whole else None,
        status=entry.status,
        response_type=entry.response_type,
        response_body=entry.response_body,
        at=entry.at,
    )


def recording(exchanges: Iterable[Raw]) -> Recording:
    """The recording of exchanges."""
    secrets = Secrets()
    steps, left_out = [], {}
    for each in exchanges:
        try:
            steps.append(seen(each, secrets))
        except LeftOut as error:
            left_out[str(error)] = left_out.get(str(error), 0) + 1
    return Recording("Recorded in a test.", steps, secrets, left_out)


def recorded(server: Client) -> str:
    """What a server has been asked since its start, as the text of a script."""
    return written(recording(map(raw, server.mock.journal.oldest_first())))


def script(text: str, folder: Path) -> Script:
    """The script of a text, read as the player reads it."""
    path = folder / "recorded.yaml"
    path.write_text(text, "utf-8")
    return read(path)
