"""Tells whether the tenant has auth templates and sub-organizations, and what the caller may do with them."""

from mockserver.parity.comparison import Answer
from mockserver.parity.look import NOWHERE, Look, short
from mockserver.parity.scratch import SUB_ORGANIZATIONS, TEMPLATES
from mockserver.parity.scripts import at

_TEMPLATE = "machine-identity-auth-template"


def templates_of(listed: Answer) -> tuple[dict[str, str], dict[str, bool]]:
    """Return what the list of auth templates tells: what the tenant lacks, and its flag of the plan."""
    flag = "machineIdentityAuthTemplates"
    if listed.status == 404:
        reason = "the tenant has no operations for auth templates"
        # Nobody can tell the plan; the scripts of the operations show that they are missing.
        return dict.fromkeys(("templates", "template-operations"), reason), {flag: True}
    if listed.status in (400, 200):
        reason = f"the tenant does not list its auth templates: {short(listed)}"
        return ({"templates": reason} if listed.status == 400 else {}), {flag: listed.status == 200}
    reason = f"the tenant does not list its auth templates: {short(listed)}"
    lacks = {"templates": reason}
    if listed.error == "PermissionDenied":
        lacks.update(dict.fromkeys((f"{_TEMPLATE} {each}" for each in _TEMPLATE_ACTIONS), reason))
    return lacks, {flag: True}


_TEMPLATE_ACTIONS = (
    *("create-templates", "edit-templates", "delete-templates", "list-templates"),
    *("attach-templates", "unlink-templates"),
)


async def find_templates(look: Look) -> None:
    """Look for auth templates, with a scratch one."""
    lacks, plan = templates_of(await look.ask("GET", f"{TEMPLATES}?authMethod=kubernetes"))
    look.lacks.update(lacks)
    look.plan.update(plan)
    if "templates" in lacks:
        return
    for action, method, path, body in (
        ("list-templates", "GET", f"{TEMPLATES}/search", None),
        ("unlink-templates", "POST", f"{TEMPLATES}/{look.unknown}/delete-usage", {"identityIds": []}),
    ):
        look.permission(f"{_TEMPLATE} {action}", await look.ask(method, path, body))
    fields = {"kubernetesHost": NOWHERE}
    template = {"name": look.scratch.name(), "authMethod": "kubernetes", "templateFields": fields}
    made = await look.ask("POST", TEMPLATES, template)
    look.permission(f"{_TEMPLATE} create-templates", made)
    scratch = at(made.body, "id")
    if made.status == 200 and isinstance(scratch, str):
        changed = await look.ask("PATCH", f"{TEMPLATES}/{scratch}", {"name": look.scratch.name()})
        look.permission(f"{_TEMPLATE} edit-templates", changed)
        await look.remove(scratch)


async def find_sub_organizations(look: Look) -> None:
    """Look for sub-organizations, with a scratch one."""
    made = await look.ask("POST", SUB_ORGANIZATIONS, {"name": look.scratch.name()})
    look.permission("sub-organization create", made)
    look.flag("subOrganization", made, (200,))
    scratch = at(made.body, "organization.id")
    if made.status == 200 and isinstance(scratch, str):
        await look.remove(scratch)
    else:
        look.lacks["sub-organizations"] = f"the tenant makes no sub-organization: {short(made)}"
