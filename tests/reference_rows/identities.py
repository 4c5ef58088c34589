"""Behaviour, section 10: identities."""

from tests.reference_rows.row import left_out, row

_CREATE, _GET, _UPDATE, _DELETE = (f"infisical/identities/{each}" for each in ("create", "get", "update", "delete"))
_LIST, _SEARCH, _DETAILS = (f"infisical/identities/{each}" for each in ("list", "search", "details"))
_INPUT, _FILTERS = "infisical/identities/bad_input", "infisical/identities/search_input"
_ALIKE, _LEAST = (
    f"{_INPUT}::what_create_and_update_refuse_alike",
    f"{_CREATE}::the_least_body_makes_an_identity_without_access",
)
_SENT = f"{_CREATE}::what_is_sent_is_trimmed_stored_and_found_again"
_NEEDED = f"{_INPUT}::a_create_needs_a_name_and_an_organization"
_NOT_CREATED, _NOT_GOT = f"{_CREATE}::what_refuses_a_create", f"{_GET}::what_refuses_a_get"
_NOT_UPDATED, _NOT_DELETED = f"{_UPDATE}::what_refuses_an_update", f"{_DELETE}::what_refuses_a_delete"
_NOT_LISTED = f"{_LIST}::what_refuses_a_list"
_PAIRS = "infisical/identities/pairs::the_first_of_two_answers_and_nothing_changes"
_WRITTEN = f"{_UPDATE}::name_and_protection_are_written_only_if_one_of_them_is_truthy"
_FOUND, _REFUSED = f"{_SEARCH}::what_a_filter_finds", f"{_FILTERS}::searches_that_are_refused"
_ORDERED, _PAGE = f"{_SEARCH}::the_order", f"{_SEARCH}::the_page"
_KEYS = "every_key_of_an_answer"
_NO_UUID = f"{_GET}::an_id_that_is_no_uuid"


def _both(what: str) -> tuple[str, str]:
    """A violation that create and update refuse."""
    return f"{_ALIKE}[*-{what}-create]", f"{_ALIKE}[*-{what}-update]"


CREATE = (
    row(
        "10.create.fields.name",
        "a text, needed, trimmed, empty too",
        _NEEDED,
        *_both("name null"),
        _SENT,
        f"{_CREATE}::names_are_not_unique_and_may_be_empty",
    ),
    row("10.create.fields.organizationId", "a text, needed", _NEEDED, f"{_NOT_CREATED}[*-no uuid]"),
    row(
        "10.create.fields.role",
        "a text, trimmed, not empty; no access by default",
        *_both("role empty"),
        *_both("role blank"),
        *_both("role null"),
        _SENT,
        "infisical/identities/defaults::a_role_of_which_nothing_is_said_is_no_access",
        "infisical/identities/create::a_role_is_given_by_its_slug",
    ),
    row(
        "10.create.fields.hasDeleteProtection",
        "a flag, off by default",
        *_both("protection a text"),
        *_both("protection null"),
        _LEAST,
        _SENT,
    ),
    row(
        "10.create.fields.metadata",
        "a list of keys and values, trimmed, none empty; may be left out",
        *_both("metadata an object"),
        *_both("metadata without key"),
        *_both("an empty key"),
        *_both("a blank value"),
        _LEAST,
        _SENT,
    ),
    row("10.create.answer", "ten keys", _LEAST),
    row("10.create.answer.metadata", "each with an id", _SENT),
    row("10.create.check.1", "another organization: 403", f"{_NOT_CREATED}[*-another organization]"),
    row("10.create.check.2", "permission: 403", f"{_NOT_CREATED}[*-nothing allowed]"),
    row("10.create.check.3", "role unknown: 404", f"{_NOT_CREATED}[*-no such role]"),
    row(
        "10.create.check.4",
        "boundary, where the role gives some access: 403",
        f"{_NOT_CREATED}[*-a role to give, without the privilege]",
        f"{_CREATE}::a_member_makes_identities_without_access",
    ),
    row("10.create.check.5", "identity limit: 400", f"{_CREATE}::the_plans_limit_counts_the_identities_at_home"),
    row("10.create.order", "of two that refuse the first wins", f"{_PAIRS}[*-createMachineIdentity]"),
)
GET = (
    row("10.get.answer", "the membership, with the identity in it", f"{_GET}::{_KEYS}"),
    row(
        "10.get.answer.customRole",
        "only for a role of the organization's own",
        f"{_GET}::{_KEYS}",
        f"{_GET}::a_custom_role_is_shown_beside_the_word_custom",
    ),
    row(
        "10.get.answer.lastLogin",
        "method and time of the last login",
        "infisical/identities/last_login::a_login_is_remembered_with_its_method_and_time",
    ),
    row(
        "10.get.answer.activeLockoutAuthMethods",
        "what is locked at the moment",
        f"{_GET}::a_lockout_shows_as_long_as_it_lasts",
        f"{_GET}::failed_logins_lock_and_cleared_ones_do_not",
    ),
    row("10.get.check.1", "unknown: 404", f"{_NOT_GOT}[*-an id that nobody has]"),
    row("10.get.check.2", "permission: 403", f"{_NOT_GOT}[*-nothing allowed]"),
    row("10.get.order", "of two that refuse the first wins", f"{_PAIRS}[*-getMachineIdentityById]"),
)
UPDATE = (
    row(
        "10.update.fields",
        "all four may be left out",
        f"{_WRITTEN}[*-nothing]",
        f"{_WRITTEN}[*-another name]",
        f"{_WRITTEN}[*-a role alone]",
        f"{_WRITTEN}[*-metadata alone]",
    ),
    row("10.update.answer", "nine keys, no auth methods", f"{_UPDATE}::{_KEYS}"),
    row("10.update.check.1", "instance admin: 403", f"{_NOT_UPDATED}[*-an instance admin]"),
    row("10.update.check.2", "unknown: 404", f"{_NOT_UPDATED}[*-an id that nobody has]"),
    row("10.update.check.3", "permission: 403", f"{_NOT_UPDATED}[*-only reading allowed]"),
    row("10.update.check.4", "boundary of the role: 403", f"{_NOT_UPDATED}[*-a role to give, without the privilege]"),
    row("10.update.check.5", "managed by a project: 400", f"{_NOT_UPDATED}[*-managed by a project]"),
    row("10.update.order", "of two that refuse the first wins", f"{_PAIRS}[*-updateMachineIdentity]"),
)
DELETE = (
    row("10.delete.body", "is ignored", f"{_DELETE}::any_json_body_is_ignored"),
    row("10.delete.answer", "eight keys", f"{_DELETE}::{_KEYS}"),
    row("10.delete.check.1", "instance admin: 403", f"{_NOT_DELETED}[*-an instance admin]"),
    row("10.delete.check.2", "unknown: 404", f"{_NOT_DELETED}[*-an id that nobody has]"),
    row("10.delete.check.3", "permission: 403", f"{_NOT_DELETED}[*-only reading allowed]"),
    row("10.delete.check.4", "managed by a project: 400", f"{_NOT_DELETED}[*-managed by a project]"),
    row("10.delete.check.5", "protected: 400", f"{_NOT_DELETED}[*-protected]"),
    row(
        "10.delete.order",
        "of two that refuse the first wins",
        f"{_PAIRS}[*-deleteMachineIdentity]",
        f"{_DELETE}::a_project_goes_before_protection",
    ),
)
LIST = (
    row(
        "10.list.fields.orgId",
        "is needed: 422, before permission",
        f"{_LIST}::the_organization_has_to_be_named_once[*--undefined]",
    ),
    row(
        "10.list.answer",
        "as got, but for metadata, lockouts and home; and how many",
        f"{_LIST}::{_KEYS}",
        f"{_LIST}::an_entry_is_what_a_get_says_without_metadata_lockouts_and_home",
    ),
    row("10.list.pages", "there are none", f"{_LIST}::more_than_a_page_of_a_search_is_listed_at_once"),
    row("10.list.check.1", "permission: 403", f"{_NOT_LISTED}[*-nothing allowed]"),
)
SEARCH = (
    row(
        "10.search.fields.orderBy",
        "name or role",
        f"{_REFUSED}[*-body0-issues0]",
        f"{_ORDERED}[*-by name]",
        f"{_ORDERED}[*-by role, down]",
    ),
    row(
        "10.search.fields.orderDirection",
        "up or down",
        f"{_REFUSED}[*-body2-issues2]",
        f"{_ORDERED}[*-up]",
        f"{_ORDERED}[*-down]",
    ),
    row(
        "10.search.fields.limit",
        "100 at most, 50 by default",
        f"{_REFUSED}[*-body3-issues3]",
        f"{_PAGE}[*-the highest limit]",
        f"{_SEARCH}::without_a_word_fifty_are_answered",
    ),
    row(
        "10.search.fields.offset",
        "0 by default",
        f"{_PAGE}[*-the first]",
        f"{_PAGE}[*-the second]",
        f"{_PAGE}[*-the offset alone]",
    ),
    row(
        "10.search.fields.search.text",
        "name and role as text",
        f"{_FOUND}[*-a name]",
        f"{_FOUND}[*-a role]",
        f"{_FOUND}[*-name and role]",
    ),
    *(
        row(f"10.search.fields.search.{operator}", "an operator of a text", *(f"{_FOUND}[*-{each}]" for each in found))
        for operator, found in {
            "eq": ("$eq", "role $eq"),
            "contains": ("$contains", "$contains, a hyphen for itself"),
            "in": ("$in", "role $in", "$in nothing"),
        }.items()
    ),
    row(
        "10.search.fields.search.or",
        "up to five of them",
        f"{_FOUND}[*-$or]",
        f"{_FOUND}[*-five in $or]",
        f"{_FILTERS}::filters_that_are_refused[*-six in $or]",
    ),
    row("10.search.answer", "those found, and how many", f"{_SEARCH}::{_KEYS}", f"{_PAGE}[*-of what is found]"),
    row("10.search.check.1", "permission: 403", f"{_SEARCH}::what_refuses_a_search[*-nothing allowed]"),
)
DETAILS = (
    row(
        "10.details.answer",
        "the root organization",
        f"{_DETAILS}::the_root_organization_is_answered_to_any_identity",
    ),
    row("10.details.user", "a user: 403", f"{_DETAILS}::a_user_is_told_the_path_that_is_not_for_users"),
)
QUIRKS = (
    row(
        "10.quirk.protection",
        "is not taken away by an update without a name",
        f"{_WRITTEN}[*-protection taken away alone]",
        f"{_WRITTEN}[*-protection taken away with a name]",
        f"{_DELETE}::protection_ends_with_an_update_that_has_a_name",
    ),
    row(
        "10.quirk.truthy",
        "name and protection are written if one of them is truthy",
        f"{_WRITTEN}[*-an empty name alone]",
        f"{_WRITTEN}[*-protection put on with an empty name]",
    ),
    row(
        "10.quirk.metadata.kept",
        "metadata that is not sent stays, and is answered as none",
        f"{_UPDATE}::metadata_that_is_not_sent_stays_and_is_answered_as_none",
    ),
    row(
        "10.quirk.metadata.replaced",
        "metadata that is sent replaces all",
        f"{_UPDATE}::metadata_that_is_sent_replaces_all_under_new_ids",
    ),
    row("10.quirk.empty", "an update of nothing is 200", f"{_WRITTEN}[*-nothing]"),
    row(
        "10.quirk.custom",
        "a role of its own is called custom, and shown beside",
        f"{_GET}::a_custom_role_is_shown_beside_the_word_custom",
        f"{_SEARCH}::a_custom_role_is_shown",
    ),
    row(
        "10.quirk.authMethods",
        "three names, in the order of the service",
        f"{_GET}::auth_methods_stand_in_the_services_order_whenever_they_were_attached",
    ),
    left_out(
        "10.quirk.authMethods.others",
        "the places of the ten other methods in that order",
        "the mock has none of those methods",
    ),
    row("10.quirk.uuid", "an id that is no UUID: the database fails", _NO_UUID),
    row(
        "10.quirk.deleted.methods",
        "auth methods go with their identity",
        f"{_DELETE}::all_that_hangs_on_it_goes_with_it",
    ),
    row("10.quirk.deleted.tokens", "so do its tokens", f"{_DELETE}::its_tokens_are_no_good_any_more"),
)
ROWS = (*CREATE, *GET, *UPDATE, *DELETE, *LIST, *SEARCH, *DETAILS, *QUIRKS)
