"""Progress: a bar on a terminal, lines elsewhere, and silence for what is fast."""

from io import StringIO

import pytest

from mockserver.cli import progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO, monkeypatch: pytest.MonkeyPatch, seconds: float) -> str:
    """What is written while ten items take that many seconds each."""
    now = [0.0]
    monkeypatch.setattr(progress, "stopwatch", lambda: now[0])
    for _ in progress.progress(range(10), 10, "reports", stream):
        now[0] += seconds
    return stream.getvalue()


def test_a_terminal_has_a_bar_that_goes_at_the_end(monkeypatch: pytest.MonkeyPatch):
    text = shown(Terminal(), monkeypatch, 1)
    assert "\r[" + "#" * 15 + "." * 15 + "] 5 of 10 reports" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_elsewhere_a_line_comes_every_few_seconds(monkeypatch: pytest.MonkeyPatch):
    assert shown(StringIO(), monkeypatch, 2).splitlines() == [f"{each} of 10 reports" for each in (1, 4, 7)]


@pytest.mark.parametrize("stream", [StringIO(), Terminal()], ids=["file", "terminal"])
def test_what_is_fast_is_silent(monkeypatch: pytest.MonkeyPatch, stream: StringIO):
    assert shown(stream, monkeypatch, 0.09) == ""
