"""Which records belong to what: their ids by group, so that a question about a group costs by its size.

The maps are persistent: a new one shares all but the changed groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rpds import HashTrieMap, HashTrieSet

_NONE: HashTrieSet[str] = HashTrieSet()


class Index(NamedTuple):
    """Ids by the name of a group. No group is empty, so two that hold the same are equal."""

    ids: HashTrieMap[str, HashTrieSet[str]] = HashTrieMap()

    @classmethod
    def of(cls, records: Iterable[tuple[str, Iterable[str]]]) -> Index:
        """The groups of many records at once: each by its id, with the names of its groups."""
        found: dict[str, list[str]] = {}
        for each, names in records:
            for name in names:
                found.setdefault(name, []).append(each)
        return cls(HashTrieMap({name: HashTrieSet(ids) for name, ids in found.items()}))

    def ids_in(self, name: str) -> HashTrieSet[str]:
        """The ids in that group."""
        return self.ids.get(name, _NONE)

    def moved(self, id: str, before: tuple[str, ...], after: tuple[str, ...]) -> Index:
        """With the record in the groups `after` instead of those `before`."""
        if before == after:
            return self
        ids = self.ids
        for name in before:
            left = ids.get(name, _NONE).discard(id)
            ids = ids.insert(name, left) if left else ids.discard(name)
        for name in after:
            ids = ids.insert(name, ids.get(name, _NONE).insert(id))
        return Index(ids)
