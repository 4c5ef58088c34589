"""A black-box script of sub-organizations and the second search of identities: every rule, status and field of them."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver.rules.generation import Generation, Name, period
from tests.infisical.identities.users import USER
from tests.infisical.sub_organizations.world import ASIA, EUROPE, NOBODY, PATH
from tests.infisical.sub_organizations.world import world as fixtures_of_sub_organizations

CREATE, UPDATE, DELETE = "createSubOrganization", "updateSubOrganization", "deleteSubOrganization"
LIST, SEARCH, COUNT = "listSubOrganizations", "searchMachineIdentitiesV2", "countMachineIdentitiesV2"
OPERATIONS = (CREATE, UPDATE, DELETE, LIST, SEARCH, COUNT)
_WHERE = {
    CREATE: ("POST", PATH),
    UPDATE: ("PATCH", f"{PATH}/{{}}"),
    DELETE: ("DELETE", f"{PATH}/{{}}"),
    LIST: ("GET", f"{PATH}{{}}"),
    SEARCH: ("POST", "/api/v2/identities/search"),
    COUNT: ("POST", "/api/v2/identities/search/count"),
}


class Step(NamedTuple):
    """One request. `rule` is what decides it; `in_live` what does in that profile, if it is another.

    `about` is the sub-organization of the path, or the query of a list.
    """

    operation: str
    rule: str
    body: Any = None
    about: str = ""
    token: str | None = "admin"
    in_live: str = ""
    since: Name | None = None
    until: Name | None = None

    @property
    def request(self) -> tuple[str, str]:
        """Method and path."""
        method, path = _WHERE[self.operation]
        return method, path.format(self.about)


NEW = {"name": "New"}
FOR_CREATE = (
    Step(CREATE, "contract.body", {"name": 1}),
    Step(CREATE, "contract.body", {}),
    Step(CREATE, "contract.unrecognized-keys", {**NEW, "id": ASIA}, in_live="accepted", until="2026-09"),
    Step(CREATE, "sub-organization.name", {"name": "a.b"}),
    Step(CREATE, "sub-organization.slug", {**NEW, "slug": "A"}),
    Step(CREATE, "caller.member", NEW, token=USER),
    Step(CREATE, "sub-organization.root", NEW, token="in-asia"),
    Step(CREATE, "sub-organization.permission.create", NEW, token="member"),
    Step(CREATE, "sub-organization.plan", NEW, token="poor"),
    Step(CREATE, "sub-organization.slug-taken", {"name": "europe"}),
    Step(CREATE, "token.missing", NEW, token=None),
    Step(CREATE, "accepted", {"name": "Newest", "slug": "newest"}),
    Step(CREATE, "accepted", {"name": "Newer"}),
)
FOR_UPDATE = (
    Step(UPDATE, "contract.body", {"name": [], "slug": []}, EUROPE),
    Step(UPDATE, "contract.unrecognized-keys", {"id": ASIA}, EUROPE, in_live="accepted", until="2026-09"),
    Step(UPDATE, "sub-organization.name", {"name": " "}, EUROPE),
    Step(UPDATE, "sub-organization.slug", {"slug": " "}, EUROPE),
    Step(UPDATE, "sub-organization.uuid", NEW, "europe"),
    Step(UPDATE, "sub-organization.unknown", NEW, NOBODY),
    Step(UPDATE, "sub-organization.member", NEW, ASIA),
    Step(UPDATE, "sub-organization.permission.edit", NEW, EUROPE, "member"),
    Step(UPDATE, "sub-organization.slug-taken", {"slug": "asia"}, EUROPE),
    Step(UPDATE, "token.missing", NEW, EUROPE, None),
    *(
        Step(UPDATE, "accepted", body, EUROPE)
        for body in ({"name": "Old"}, {"name": "Old"}, {"slug": "o"}, {"slug": "o"})
    ),
    Step(UPDATE, "accepted", {}, EUROPE),
)
TERMS = {"search": {"name": {"$contains": "a"}}}
EVERYTHING = {"scope": ["organization"], "orderBy": "role", "orderDirection": "desc", **TERMS}
FOR_SEARCH = (
    Step(
        SEARCH, "contract.body", {"scope": [], "orderBy": 1, "orderDirection": 1, "limit": 0, "offset": -1, "search": 1}
    ),
    Step(SEARCH, "contract.unrecognized-keys", {"page": 1}, in_live="accepted", until="2026-09"),
    Step(
        SEARCH,
        "identity.memberships.offset",
        {"offset": 2**64},
        in_live="identity.memberships.database",
        until="2026-09",
    ),
    Step(SEARCH, "identity.memberships.safe", {"offset": 2**64}, since="2026-10"),
    Step(SEARCH, "caller.member", {}, token=USER),
    Step(SEARCH, "token.missing", {}, token=None),
    *(Step(SEARCH, "accepted", body) for body in ({}, {"search": {}}, {"offset": 0, "limit": 1, **EVERYTHING})),
    Step(COUNT, "contract.body", {"scope": [], "search": 1}),
    Step(COUNT, "contract.unrecognized-keys", {"page": 1}, in_live="accepted", until="2026-09"),
    Step(COUNT, "caller.member", {}, token=USER),
    Step(COUNT, "token.missing", {}, token=None),
    *(Step(COUNT, "accepted", body) for body in ({}, {"search": {}}, {"scope": ["project"], **TERMS})),
)
FOR_LIST = (
    Step(LIST, "contract.body", about="?limit=0"),
    Step(LIST, "caller.member", token="in-asia"),
    Step(LIST, "token.missing", token=None),
    Step(LIST, "accepted"),
)
FOR_DELETE = (
    Step(DELETE, "sub-organization.uuid", about="europe"),
    Step(DELETE, "sub-organization.unknown", about=NOBODY),
    Step(DELETE, "sub-organization.member", about=ASIA),
    Step(DELETE, "sub-organization.permission.delete", about=EUROPE, token="member"),
    Step(DELETE, "token.missing", about=EUROPE, token=None),
    Step(DELETE, "accepted", about=EUROPE),
)


def steps(generation: Generation) -> Iterator[Step]:
    """The whole script of one generation, in order."""
    every = (*FOR_CREATE, *FOR_LIST, *FOR_SEARCH, *FOR_UPDATE, *FOR_DELETE)
    return (each for each in every if generation in period(each.since, each.until))


def fixtures() -> Any:
    """The world that the script is played in."""
    return json.loads(fixtures_of_sub_organizations())
