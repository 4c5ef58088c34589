"""The two profiles, and a table of the situations in which their responses differ. The README prints this table."""

from enum import StrEnum
from typing import NamedTuple


class Profile(StrEnum):
    """Which one the mock follows where the published contract and the running service differ."""

    CONTRACT = "contract"
    LIVE = "live"


class Difference(NamedTuple):
    """A situation, the response of each profile, and the ids of the rules that cause it."""

    situation: str
    contract: str
    live: str
    rules: tuple[str, ...]


DIFFERENCES = (
    Difference(
        "property the contract does not name (any depth)",
        "422, issue `unrecognized_keys` naming each",
        "dropped, recorded as a breach",
        ("contract.unrecognized-keys",),
    ),
    Difference(
        "body that is not JSON, not UTF-8, over 1 MiB, or of another media type; empty body under a JSON media type",
        "400 `BadRequest`",
        "500 `InternalServerError`",
        ("body.syntax", "body.encoding", "body.size", "body.media-type", "body.empty", "body.incomplete"),
    ),
    Difference("no body and no media type; JSON null, array, string, number", "422", "422", ("contract.body",)),
    Difference(
        "`identityId` not a UUID",
        "404 `NotFound`",
        "500 `MembershipGetByIdentityId` (get of an identity: `FindByOrgId`; its update, login: `Find one`)",
        ("identity.uuid", "identity.get.uuid", "identity.update.uuid", "login.identity.uuid", "template.uuid"),
    ),
    Difference("`subOrgId` not a UUID", "400 `BadRequest`", "500 `Find one`", ("sub-organization.uuid",)),
    Difference(
        "update with nothing to write",
        "200, record untouched, `updatedAt` too",
        "500 `Update by id`",
        ("update.nothing-to-write", "token-auth.token.nothing-to-write", "template.nothing-to-write"),
    ),
    Difference(
        "value the database refuses (string column over 255, NUL, past 64 bits)",
        "422",
        "500 `Update by id` / `Create`",
        (
            "column.length",
            "column.nul",
            "column.integer",
            "host.length",
            "attach.database",
            "update.database",
            "token-auth.name.length",
            "token-auth.name.nul",
            "token-auth.attach.database",
            "token-auth.update.database",
            "token-auth.create.database",
            "token-auth.token.database",
            "update.template.column",
            "attach.template.column",
            "template.name.nul",
            "template.create.database",
            "template.update.database",
            "template.update.column",
            "universal-auth.column.integer",
            "universal-auth.attach.database",
            "universal-auth.update.database",
            "client-secret.column.text",
            "client-secret.column.integer",
            "client-secret.database",
            "identity.column.length",
            "identity.column.nul",
            "identity.create.database",
            "identity.memberships.offset",
            "identity.memberships.database",
            "identity.update.database",
            "role.database",
            "identity.search.page",
            "identity.search.database",
        ),
    ),
    Difference(
        "login with Universal Auth, NUL in `clientId` or in the first 4 characters of `clientSecret`",
        "401 `UnauthorizedError`, not found",
        "500 `Find one`",
        ("universal-login.client-id-database", "universal-login.secret-database"),
    ),
    Difference(
        "client secret with a `numUsesLimit` of 10 or more",
        "good for as many logins",
        "until 2026-09: use count and limit are compared as text, so 10 allows 2 logins, 25 allows 3",
        ("universal-login.secret-used-up-as-text",),
    ),
    Difference(
        "known path, wrong method", "405 with `Allow`, vendor envelope", "404 framework body", ("route.method",)
    ),
    Difference(
        "unknown path; a segment of the path over 100 characters",
        "404 vendor envelope",
        "404 framework body",
        ("route.unknown", "route.segment"),
    ),
    Difference("GET outside `/api`", "404 vendor envelope", "200, the page of the UI", ("route.page",)),
    Difference(
        "OPTIONS without the headers of a preflight",
        "405 with `Allow`, vendor envelope",
        "400, plain text",
        ("http.preflight-invalid",),
    ),
    Difference("`Expect` with anything but `100-continue`", "ignored", "417, no body", ("http.expectation",)),
    Difference(
        "empty chunked body without a media type; DELETE with a JSON media type and no body",
        "taken as no body",
        "500 `InternalServerError` (2026-05: not for DELETE; 2026-10: the former is no body, the latter 400)",
        ("body.chunked-empty", "body.delete-chunked-empty", "body.unannounced"),
    ),
    Difference(
        "HEAD where the contract has a GET", "405 with `Allow`, vendor envelope", "the answer to GET", ("route.method",)
    ),
    Difference("`__proto__` key", "422 as any unknown property", "500 `InternalServerError`", ("body.prototype-key",)),
    Difference("`text/plain` body", "400, another media type", "422, expected an object", ("body.media-type",)),
    Difference(
        "form body (`application/x-www-form-urlencoded`)",
        "400, another media type",
        "read as an object of strings, recorded as a breach",
        ("body.media-type",),
    ),
    Difference(
        "host that is not a URL, such as a name alone, through a gateway in mode `api`",
        "400 `BadRequest`",
        "500 `InternalServerError`",
        ("cluster.scheme",),
    ),
    Difference(
        "client-address header that is no address",
        "400 `BadRequest`",
        "500 `InternalServerError`",
        ("token.address-unreadable", "universal-login.address-unreadable"),
    ),
    Difference(
        "bad percent-encoding in the path",
        "400 `BadRequest`, vendor envelope",
        "400 framework body",
        ("route.encoding",),
    ),
)
