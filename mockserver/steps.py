"""Long work in steps: a generator pauses after each step, of a few milliseconds at most, so that others can go on."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, TypeVar

AT_ONCE = 256
"""Up to how many entries a list is made in one step."""
_BATCH = 128
_SORTED_AT_ONCE = 1024

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Steps = Generator[None, None, _Result]


class LongList(NamedTuple):
    """A JSON body with a list in batches. `name` is the list's property; empty if the body is the list itself.

    `rest` are the properties behind it.
    """

    name: str
    batches: Iterator[list[Any]]
    rest: Mapping[str, Any]

    def body_of(self, entries: list[Any]) -> Any:
        """Return the body with these entries."""
        return {self.name: entries, **self.rest} if self.name else entries

    def whole(self) -> Any:
        """Return the whole body."""
        return self.body_of([each for batch in self.batches for each in batch])


def finished(steps: Steps[_Result]) -> _Result:
    """Return the result, without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: _Result = done.value
            return result


def batched(items: Iterable[_Item], size: int = _BATCH) -> Iterator[list[_Item]]:
    """Yield the items in lists of that size; the last one may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def in_order(items: Iterable[_Item], key: Callable[[_Item], Any], *, reverse: bool = False) -> Steps[Iterator[_Item]]:
    """Sort in steps, and return the items in order: `sorted` is one step, however many there are. Both are stable."""
    runs = []
    for run in batched(items, _SORTED_AT_ONCE):
        run.sort(key=key, reverse=reverse)
        runs.append(run)
        yield
    return iter(runs[0]) if len(runs) == 1 else merge(*runs, key=key, reverse=reverse)


def page_of(items: Iterator[_Item], start: int, stop: int) -> Steps[list[_Item]]:
    """Return the items from `start` up to `stop`, skipping those before them in steps."""
    for begin in range(0, start, _BATCH):
        for _ in islice(items, min(_BATCH, start - begin)):
            pass
        yield
    page: list[_Item] = []
    for batch in batched(islice(items, max(0, stop - start))):
        page += batch
        yield
    return page
