"""An index of record ids by key, such as the identities of each organization.

The maps are persistent: an updated index shares all unchanged entries with the old one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rpds import HashTrieMap, HashTrieSet

_NONE: HashTrieSet[str] = HashTrieSet()


class Index(NamedTuple):
    """Sets of ids by key. Empty sets are not stored, so indexes with the same content are equal."""

    ids: HashTrieMap[str, HashTrieSet[str]] = HashTrieMap()

    def ids_in(self, name: str) -> HashTrieSet[str]:
        """Return the ids with that key; an empty set if there are none."""
        return self.ids.get(name, _NONE)

    def moved(self, id: str, before: tuple[str, ...], after: tuple[str, ...]) -> Index:
        """Return the index with the id under the keys `after` instead of the keys `before`."""
        if before == after:
            return self
        ids = self.ids
        for name in before:
            left = ids.get(name, _NONE).discard(id)
            ids = ids.insert(name, left) if left else ids.discard(name)
        for name in after:
            ids = ids.insert(name, ids.get(name, _NONE).insert(id))
        return Index(ids)

    def all_moved(self, moves: Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> Index:
        """Move many records at once: each by its id, with its groups before and after."""
        left: dict[str, list[str]] = {}
        joined: dict[str, list[str]] = {}
        for each, before, after in moves:
            if before != after:
                for name in before:
                    left.setdefault(name, []).append(each)
                for name in after:
                    joined.setdefault(name, []).append(each)
        ids = self.ids
        for name in left.keys() | joined.keys():
            members = ids.get(name, _NONE)
            for each in left.get(name, ()):
                members = members.discard(each)
            members = members.update(joined.get(name, ())) if members else HashTrieSet(joined.get(name, ()))
            ids = ids.insert(name, members) if members else ids.discard(name)
        return Index(ids)
