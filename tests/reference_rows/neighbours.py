"""Neighbours: sub-organizations, the second search of identities, and identities that a project manages."""

from tests.reference_rows.row import row

_SUB, _FOUND = "infisical/sub_organizations/sub_organizations", "infisical/identities/search_memberships"
_PROJECTS, _FIXTURES, _LISTS = "infisical/identities/projects", "seeding/projects", "api/lists"
_CREATE, _CHANGE, _SCHEMA = (
    f"{_SUB}::what_refuses_a_create",
    f"{_SUB}::who_may_change_which",
    f"{_SUB}::what_the_schema_refuses",
)
_ACCESS, _FILTER, _REFUSED = (
    f"{_FOUND}::what_each_caller_finds",
    f"{_FOUND}::what_a_filter_finds",
    f"{_FOUND}::what_the_schema_refuses",
)
_DECIDES, _OUTSIDE = (
    f"{_PROJECTS}::the_role_in_the_project_decides",
    f"{_PROJECTS}::who_is_no_member_of_the_project_is_refused_whatever_the_organization_allows",
)

_CREATED = (
    row(
        "neighbours.create.fields",
        "name and slug: 422",
        _SCHEMA,
        f"{_SUB}::a_create_needs_a_name",
        f"{_SUB}::the_longest_texts_are_accepted_and_blanks_do_not_count",
    ),
    row(
        "neighbours.create.check.1",
        "root and permission: 403",
        _CREATE,
        f"{_SUB}::the_permission_is_asked_before_the_plan_and_the_root_before_both",
    ),
    row("neighbours.create.check.2", "plan of the root: 400", _CREATE),
    row(
        "neighbours.create.check.3",
        "slug taken: 400",
        _CREATE,
        f"{_SUB}::a_slug_is_taken_as_it_is_sent",
        f"{_SUB}::slugs_of_names",
    ),
    row(
        "neighbours.create.answer",
        "six keys; the caller is an admin of it",
        f"{_SUB}::the_creator_is_an_admin_of_what_it_creates",
        f"{_SUB}::the_creator_may_log_in_to_what_it_created",
    ),
)
_CHANGED = (
    row("neighbours.update.check.1", "unknown below the root: 400", _CHANGE, f"{_SUB}::an_id_that_is_no_uuid"),
    row(
        "neighbours.update.check.2",
        "edit, asked of the membership in the sub-organization: 403",
        _CHANGE,
        f"{_SUB}::each_permission_allows_one_operation",
    ),
    row("neighbours.update.check.3", "slug taken: 400", f"{_SUB}::a_slug_that_another_one_has_is_refused"),
    row(
        "neighbours.update.answer",
        "a name changes the slug too; neither: unchanged",
        f"{_SUB}::name_and_slug_are_updated",
        f"{_SUB}::an_update_of_nothing_changes_nothing",
    ),
    row("neighbours.delete.checks", "unknown 400, delete 403", _CHANGE),
    row(
        "neighbours.delete.answer",
        "as it was; all that is in it goes with it",
        f"{_SUB}::a_deleted_one_takes_everything_in_it_along",
        f"{_SUB}::a_token_for_a_deleted_one_is_refused_and_the_identitys_others_are_not",
        f"{_SUB}::a_deletion_is_one_revision_and_a_reset_brings_it_back",
    ),
    row(
        "neighbours.list.member",
        "a member of the root: else 403",
        f"{_LISTS}::a_member_of_a_sub_organization_alone_may_not_list_them",
        f"{_LISTS}::sub_organizations_of_the_root_are_listed_page_by_page",
    ),
    row(
        "neighbours.list.answer",
        "items with six keys; the count before paging",
        f"{_LISTS}::every_key_of_a_sub_organization",
        f"{_LISTS}::twenty_five_are_listed_unless_more_are_asked_for",
    ),
)
_SEARCHED = (
    row("neighbours.search.scope", "organization by default; what the caller may not read is left out", _ACCESS),
    row(
        "neighbours.search.fields",
        "bounds, characters, at most five alternatives: 422",
        _REFUSED,
        f"{_FOUND}::an_offset_that_no_row_has",
        f"{_FOUND}::a_limit_beyond_what_a_double_holds_has_two_issues",
    ),
    row("neighbours.search.role", "name and slug of a custom role, built-in names, $contains", _FILTER),
    row(
        "neighbours.search.operators",
        "unknown ones are dropped",
        f"{_FOUND}::an_unknown_operator_is_dropped_by_the_service",
    ),
    row(
        "neighbours.search.order",
        "name without case, role, last login; ties by membership",
        f"{_FOUND}::names_are_sorted_without_case_and_ties_by_membership",
        f"{_FOUND}::roles_are_sorted_by_slug_and_ties_by_membership",
        f"{_FOUND}::the_last_login_orders_and_never_used_ones_come_last",
    ),
    row(
        "neighbours.search.last-login",
        "falls back to the home membership",
        f"{_FOUND}::a_guest_shows_the_last_login_of_its_home",
    ),
    row(
        "neighbours.search.answer",
        "the membership with roles, project and identity",
        f"{_FOUND}::every_key_of_an_answer",
        f"{_FOUND}::a_membership_of_a_project",
        f"{_FOUND}::a_custom_role_is_shown_with_its_name",
        f"{_FOUND}::pages",
    ),
    row(
        "neighbours.search.member",
        "no member of the organization: 403",
        f"{_FOUND}::who_is_no_member_of_the_organization_is_refused",
    ),
    row(
        "neighbours.count.answer",
        "one number for each scope that was asked for; 0 without access",
        f"{_FOUND}::counts_by_scope",
    ),
)
_MANAGED = (
    row(
        "neighbours.project.member",
        "no member of the project: 403",
        _OUTSIDE,
        f"{_PROJECTS}::a_project_without_members_refuses_everybody",
    ),
    row(
        "neighbours.project.permission",
        "the role in the project lacks the action: 403; it holds it: 200",
        _DECIDES,
        f"{_PROJECTS}::operations_on_one_token",
    ),
    row("neighbours.project.order", "in place of rows 14 and 15", f"{_PROJECTS}::the_order_of_the_rows_around"),
    row(
        "neighbours.project.others",
        "an identity of the organization is judged as before",
        f"{_PROJECTS}::other_identities_are_the_organizations",
        f"{_PROJECTS}::the_identity_itself_is_changed_in_the_project_alone",
        f"{_PROJECTS}::gateways_are_a_matter_of_the_organization",
    ),
    row(
        "neighbours.project.fixtures",
        "id, name and members",
        f"{_FIXTURES}::a_member_is_named_by_id_or_name",
        f"{_FIXTURES}::a_dump_reads_as_the_same_state",
        f"{_FIXTURES}::bad_members_are_reported_with_their_place",
    ),
)
ROWS = (*_CREATED, *_CHANGED, *_SEARCHED, *_MANAGED)
