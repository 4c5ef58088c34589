"""Free large states in pieces: to free a hundred thousand records at once takes a fifth of a second, in one go."""

import asyncio
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

from rpds import HashTrieMap, HashTrieSet

from mockserver.infisical.state import State

_LARGE = 1000
"""Entries. A state with shorter maps is freed at once."""
_PIECE = 500
_REMOVED = 100
"""How many entries of a persistent map are removed at once: each takes ten times as long as one of another map."""
_Map: TypeAlias = "HashTrieMap[str, Any] | HashTrieSet[str] | dict[str, Any] | list[Any]"


def in_pieces(state: State) -> None:
    """Free the maps of a state that has just been loaded piece by piece, once nobody has a state that comes from it.

    All states that come from it have its clusters, which no operation changes.
    """
    maps = [each for each in _maps(state) if len(each) > _LARGE]
    if maps:
        weakref.finalize(state.clusters, _release, maps).atexit = False


def entries_in_pieces(document: Any) -> None:
    """Empty a fixture document that nobody needs any more, piece by piece, if there is an event loop."""
    entries = [each for each in document.values() if isinstance(each, list)] if isinstance(document, dict) else []
    long: list[_Map] = [each for each in entries if len(each) > _LARGE]
    if long:
        _release(long)


def _maps(state: State) -> Iterator[Any]:
    """Yield everything in the state that may be long."""
    yield from (state.identities, state.kubernetes_auths, state.access_tokens)
    yield from state.universal_auths
    yield from state.token_auths
    for index in (state.members, state.gateway_users, state.template_users):
        yield from index.ids.values()


def _release(maps: list[_Map]) -> None:
    """Free the maps beside the other work of the event loop; in a thread without one, as soon as the state is gone."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    loop.call_soon(_go_on, loop, _pieces(maps))


def _go_on(loop: asyncio.AbstractEventLoop, pieces: Iterator[None]) -> None:
    for _ in pieces:
        loop.call_soon(_go_on, loop, pieces)
        return


def _pieces(maps: list[_Map]) -> Iterator[None]:
    """Free the entries of the maps, a piece with each step."""
    while maps:
        each = maps.pop()
        if isinstance(each, dict):
            while each:
                for _ in range(min(_PIECE, len(each))):
                    each.popitem()
                yield
        elif isinstance(each, list):
            while each:
                del each[-_PIECE:]
                yield
        else:
            # The iterator of a persistent map removes what it yields from a map of its own.
            entries = iter(each.values() if isinstance(each, Mapping) else each)
            del each
            while deque(islice(entries, _REMOVED), maxlen=1):
                yield
