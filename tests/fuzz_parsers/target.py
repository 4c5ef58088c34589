"""One parser under fuzzing: what is done with an input, and when that is a failure."""

import re
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

HERE = Path(__file__).parent
FOUND = HERE / "found"
SECONDS = 0.1
"""CPU time that one execution may take; one that takes more is asked twice again, and its best time counts."""
HUNG_SECONDS = 10
"""CPU time after which an execution is broken off."""
SEPARATOR = b"\n\n"
"""Between head and body of an input of the form `message`."""

Form = Literal["text", "json", "message"]


class Target(NamedTuple):
    """A parser, and how inputs for it are made.

    `run` is handed an input; it raises only where the parser has not kept to what it promises. `seeds` are inputs that
    mean something, `words` pieces of such; `share` says how often it is executed, compared with the others.
    """

    name: str
    says: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    form: Form = "text"
    share: int = 10
    longest: int = 1000


class Failure(NamedTuple):
    """What is wrong: in words, and `kind`, which is the same for the same bug as far as one can see."""

    kind: str
    says: str


class Logged(AssertionError):
    """The mock has logged an error."""

    @property
    def kind(self) -> str:
        """The last place of ours in the traceback that was logged, and the exception."""
        places = re.findall(r'mockserver/([\w/]+\.py)\\?", line (\d+)', str(self))
        last = str(self).rpartition("\\n")[0].rpartition("\\n")[2].partition(":")[0]
        return f"{last} at {':'.join(places[-1])}" if places else str(self)[:80]


class Hung(BaseException):
    """An execution has been broken off. No parser catches this one."""


def failure_of(target: Target, content: bytes, allowed: float = SECONDS) -> Failure | None:
    """What goes wrong when the parser is given the input: any exception, or more CPU time than that."""
    took, failure = _timed(target, content)
    if failure is None and took > allowed:
        took = min(took, *(_timed(target, content)[0] for _ in range(2)))
        if took > allowed:
            return Failure(
                "slow", f"it takes {took * 1000:.0f} ms of CPU time, at most {allowed * 1000:.0f} are allowed"
            )
    return failure


def _timed(target: Target, content: bytes) -> tuple[float, Failure | None]:
    started = time.thread_time()
    failure = None
    try:
        with _watched():
            target.run(content)
    except (Exception, Hung) as error:
        failure = Failure(
            _kind(error), "".join(traceback.format_exception(error)[-12:]).encode("utf-8", "replace").decode()
        )
    return time.thread_time() - started, failure


def _kind(error: BaseException) -> str:
    """The class of the exception, and the last place of ours that it came through."""
    if isinstance(error, Logged):
        return error.kind
    places = [each for each in traceback.extract_tb(error.__traceback__) if "site-packages" not in each.filename]
    last = places[-1] if places else None
    return type(error).__name__ + (f" at {Path(last.filename).name}:{last.lineno}" if last else "")


@contextmanager
def _watched() -> Iterator[None]:
    """Breaks off what goes on for too long; regular expressions look out for signals too."""

    def end(*_: Any) -> None:
        raise Hung(f"still running after {HUNG_SECONDS} seconds of CPU time")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, HUNG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
