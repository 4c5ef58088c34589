"""The parsed body of a request that creates or updates a sub-organization."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.body_fields import Field, fields_of, ranks
from mockserver.infisical.javascript import trim
from mockserver.infisical.sub_organizations.slugs import slug_of
from mockserver.rules.absent import ABSENT, Absent


class Change(NamedTuple):
    """A body after trimming. A value of a wrong type counts as absent: the contract check rejects it."""

    name: str | Absent = ABSENT
    slug: str | Absent = ABSENT

    @classmethod
    def from_json(cls, body: object) -> "Change":
        """Parse a JSON body. Unknown properties are dropped, as the service does."""
        return cls(**fields_of(body, _FIELDS))

    @property
    def resulting_slug(self) -> str | None:
        """The slug that is written: the one sent, or the one made from the name; None if neither is sent."""
        if self.slug is not ABSENT:
            return self.slug
        return None if self.name is ABSENT else slug_of(self.name)


_FIELDS: Mapping[str, Field] = {"name": Field("name", (str,), trim), "slug": Field("slug", (str,), trim)}
RANKS = ranks(_FIELDS)
