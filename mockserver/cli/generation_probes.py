"""Requests that show what differs between generations: one for each difference. Tests name what none can show.

Each request runs in profile `live` against the bundled fixtures, without preparation. The answers are not written here:
`mockserver/cli/generation_diff.py` asks the mock for them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Probe(NamedTuple):
    """A request, and what it shows. `covers` are the dated things behind the difference, rules by their id.

    `body` is sent as JSON, a string as it is; None sends no body. `token` is a bearer of the bundled world. `headers`
    replace the media type.
    """

    operation: str
    covers: tuple[str, ...]
    summary: str
    path: str
    method: str
    body: Any = None
    token: str = "acme-admin-token"  # noqa: S105 - published with the bundled world
    headers: Mapping[str, str] | None = None


def _identity(number: str) -> str:
    return f"1d000000-0000-4000-8000-{number:0>12}"


OPS_ADMIN, PAYMENTS, BARE, HOBBYIST = map(_identity, ("1", "2", "3", "5"))
THROUGH_A_GATEWAY, VERIFIED, TORN, ROBOT = map(_identity, ("6", "8", "9", "20"))
ROOT, BEQUEST_ADMIN, STATIC = map(_identity, ("13", "18", "30"))
TEMPLATED, UNTEMPLATED, BEQUEST_LEAD, PROJECT_BOT = map(_identity, ("40", "41", "19", "14"))
TEMPLATE, OTHER_METHOD = "7e000000-0000-4000-8000-000000000001", "7e000000-0000-4000-8000-000000000002"
PROD = "https://prod.k8s.example:6443"
KUBERNETES, UNIVERSAL, TOKEN = (
    f"/api/v1/auth/{each}/identities/" for each in ("kubernetes-auth", "universal-auth", "token-auth")
)
TEMPLATES = "/api/v1/identity-templates"
KEEPER = "bequest-keeper-token"
MEMBER, AUTH_EDITOR = "acme-member-token", "acme-auth-editor-token"
OLD_ATTACH = {"kubernetesHost": PROD, "allowedNamespaces": "", "allowedNames": ""}
ATTACH = {**OLD_ATTACH, "allowedAudience": ""}
LINKED = {"templateId": TEMPLATE, "allowedNamespaces": "", "allowedNames": ""}
ISSUE_SHAPES = "issue shapes"
NARROW = {"allowedNames": "api"}
LONG_HOST = f"https://{'a' * 248}"


def _update(covers: tuple[str, ...], summary: str, body: Any, identity: str = PAYMENTS, **more: Any) -> Probe:
    return Probe("updateKubernetesAuth", covers, summary, KUBERNETES + identity, "PATCH", body, **more)


def _attach(covers: tuple[str, ...], summary: str, body: Any, identity: str = BARE, **more: Any) -> Probe:
    return Probe("attachKubernetesAuth", covers, summary, KUBERNETES + identity, "POST", body, **more)


def _permissions() -> Iterator[Probe]:
    """Yield attach and update of each method: who lost the permission, who gained it, who meets the boundary."""
    for method, path, bare, attached, created in (
        ("KubernetesAuth", KUBERNETES, BARE, PAYMENTS, ATTACH),
        ("UniversalAuth", UNIVERSAL, BARE, ROBOT, {}),
        ("TokenAuth", TOKEN, BARE, STATIC, {}),
    ):
        changed = NARROW if method == "KubernetesAuth" else {"accessTokenTTL": 60}
        for word, verb, identity, body, old in (
            ("attach", "POST", bare, created, "create"),
            ("update", "PATCH", attached, changed, "edit"),
        ):
            lost = f"A caller with the permission `{old}` and without `edit-auth` loses access: role `member`."
            yield Probe(f"{word}{method}", ("permission.edit-auth",), lost, path + identity, verb, body, MEMBER)
            gained = f"A caller with the permission `edit-auth` and without `{old}` gains access."
            yield Probe(f"{word}{method}", (f"permission.{old}",), gained, path + identity, verb, body, AUTH_EDITOR)
            target = BEQUEST_ADMIN if word == "attach" else BEQUEST_LEAD
            beyond = "In an organization of the old privilege system, the target holds more than the caller."
            yield Probe(f"{word}{method}", ("boundary.edit-auth",), beyond, path + target, verb, body, KEEPER)


def _projects() -> Iterator[Probe]:
    """Yield the attach of each method to an identity that a project manages, by a member of the project."""
    covers = ("project.permission.edit-auth",)
    summary = "A caller with the project role `member`, which holds `create` and not `edit-auth`, loses access."
    for method, path, body in (
        ("KubernetesAuth", KUBERNETES, ATTACH),
        ("UniversalAuth", UNIVERSAL, {}),
        ("TokenAuth", TOKEN, {}),
    ):
        yield Probe(f"attach{method}", covers, summary, path + PROJECT_BOT, "POST", body, MEMBER)


def _big_integers() -> Iterator[Probe]:
    """Yield, for attach and update of each method, an integer that a double cannot hold."""
    big = {"accessTokenNumUsesLimit": 2**53}
    for method, path, attached, body in (
        ("KubernetesAuth", KUBERNETES, PAYMENTS, ATTACH),
        ("UniversalAuth", UNIVERSAL, ROBOT, {}),
        ("TokenAuth", TOKEN, STATIC, {}),
    ):
        summary = "An integer beyond 2^53 - 1 is rejected."
        yield Probe(f"attach{method}", ("integer.safe",), summary, path + BARE, "POST", {**body, **big})
        yield Probe(f"update{method}", ("integer.safe",), summary, path + attached, "PATCH", big)


def _bodies() -> Iterator[Probe]:
    """Yield bodies that the HTTP framework rejects."""
    json = {"Content-Type": "application/json"}
    for rule, summary, body, headers in (
        ("body.syntax", "A body that is not JSON.", '{"allowedNames":', json),
        ("body.empty", "No body, and a JSON media type.", None, json),
        ("body.media-type", "A body of another media type.", "<a/>", {"Content-Type": "application/xml"}),
        ("body.prototype-key", "A body with the key `__proto__`.", '{"__proto__": {}}', json),
    ):
        yield _update((rule,), f"{summary} The HTTP framework names the error.", body, headers=headers)


def _templates() -> Iterator[Probe]:
    """Yield a request for each operation about templates."""
    made = {"name": "staging", "authMethod": "kubernetes", "templateFields": {"kubernetesHost": PROD}}
    for operation, verb, path, body in (
        ("createIdentityTemplate", "POST", "", made),
        ("updateIdentityTemplate", "PATCH", f"/{TEMPLATE}", {"name": "production"}),
        ("deleteIdentityTemplate", "DELETE", f"/{TEMPLATE}", None),
        ("getIdentityTemplate", "GET", f"/{TEMPLATE}", None),
        ("searchIdentityTemplates", "GET", "/search", None),
        ("listIdentityTemplates", "GET", "?authMethod=kubernetes", None),
        ("listIdentityTemplateUsage", "GET", f"/{TEMPLATE}/usage", None),
        ("deleteIdentityTemplateUsage", "POST", f"/{TEMPLATE}/delete-usage", {"identityIds": [TEMPLATED]}),
    ):
        yield Probe(operation, (operation, "overlay 2026-09 #6"), "The operation is new.", TEMPLATES + path, verb, body)


PROBES: tuple[Probe, ...] = (
    _update(
        ("behaviour.written", "overlay 2026-09 #3"),
        "The answer has `gatewayId` as it is stored (2026-08), `templateId` and the mark of its JWT (2026-09).",
        NARROW,
        THROUGH_A_GATEWAY,
    ),
    _update(
        ("tls 19", "behaviour.stored_flag_needs_ca"),
        "TLS row 19: stored verification without a CA certificate is an error.",
        NARROW,
        TORN,
    ),
    _update(
        ("tls 20",), "TLS row 20: stored verification with an empty CA certificate is an error.", {"caCert": ""}, TORN
    ),
    _update(
        ("tls 29",),
        "TLS row 29: the CA certificate cannot be removed while verification is on.",
        {"caCert": ""},
        VERIFIED,
    ),
    _update(("host.length",), "The schema limits the host to 255 characters.", {"kubernetesHost": LONG_HOST}),
    _update(("host.scheme",), "A host needs no scheme.", {"kubernetesHost": "prod.k8s.example:6443"}),
    _update(
        ("module infisical/kubernetes_auth/change.py", "overlay 2026-09 #2"),
        "The service knows `templateId`: alone, it was nothing to write.",
        {"templateId": TEMPLATE},
    ),
    _update(
        ("update.template.plan",),
        "Linking a template needs the plan.",
        {"templateId": TEMPLATE},
        HOBBYIST,
        token="hobby-admin-token",  # noqa: S106 - published with the bundled world
    ),
    _update(
        ("update.template.permission",),
        "Linking a template needs the permission `attach-templates`.",
        {"templateId": TEMPLATE},
        token=AUTH_EDITOR,
    ),
    _update(
        ("update.template.exists",),
        "A template of another method cannot be linked.",
        {"templateId": OTHER_METHOD},
    ),
    _update(
        ("update.template.managed-field",),
        "A linked identity takes no setting that its template manages.",
        {"kubernetesHost": PROD},
        TEMPLATED,
    ),
    _update(
        ("update.provenance",),
        "A reviewer JWT that came from a template is not sent to another host.",
        {"kubernetesHost": "https://other.k8s.example"},
        UNTEMPLATED,
    ),
    _update(
        (ISSUE_SHAPES, "module rules/issue_shapes.py"),
        "The issues of a 422 have the shapes of Zod 4.",
        {"allowedNames": 1},
    ),
    *_bodies(),
    _attach(("attach.audience.needed", "behaviour.audience_required"), "`allowedAudience` is optional.", OLD_ATTACH),
    _attach(("host.length",), "The schema limits the host to 255 characters.", {**ATTACH, "kubernetesHost": LONG_HOST}),
    _attach(("host.scheme",), "A host needs no scheme.", {**ATTACH, "kubernetesHost": "prod.k8s.example:6443"}),
    _attach(
        ("identity.instance-admin",),
        "The trusted IPs are checked before the check for an instance administrator.",
        {**ATTACH, "accessTokenTrustedIps": [{"ipAddress": "x"}]},
        ROOT,
    ),
    _attach(
        ("overlay 2026-09 #0", "overlay 2026-09 #1"),
        "With a template, no host is sent.",
        LINKED,
    ),
    _attach(
        ("attach.host.required",),
        "The schema asks for no host; a rule behind the permission does.",
        {"allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""},
    ),
    _attach(
        ("attach.template.managed-field",),
        "A setting that the template manages cannot be sent with it.",
        {**LINKED, "kubernetesHost": PROD, "allowedAudience": ""},
    ),
    _attach(
        ("attach.template.permission",),
        "Linking a template needs the permission `attach-templates`.",
        LINKED,
        token=AUTH_EDITOR,
    ),
    _attach(
        ("attach.template.exists",),
        "A template of another method cannot be linked.",
        {**LINKED, "templateId": OTHER_METHOD},
    ),
    Probe(
        "getKubernetesAuth",
        ("behaviour.read", "overlay 2026-09 #4"),
        "The answer has the TLS flag as it is stored (2026-08), `templateId` and the mark of its JWT (2026-09).",
        KUBERNETES + TORN,
        "GET",
    ),
    Probe(
        "getKubernetesAuth",
        ("module api/http_edges.py",),
        "A semicolon no longer ends a path.",
        f"{KUBERNETES}{PAYMENTS};a=b",
        "GET",
    ),
    Probe(
        "deleteKubernetesAuth",
        ("behaviour.removed", "overlay 2026-09 #5"),
        "The answer has `gatewayId` as it is stored (2026-08), `templateId` and the mark of its JWT (2026-09).",
        KUBERNETES + THROUGH_A_GATEWAY,
        "DELETE",
    ),
    *_permissions(),
    Probe(
        "attachUniversalAuth",
        ("identity.instance-admin",),
        "The permission is checked before the check for an instance administrator.",
        UNIVERSAL + ROOT,
        "POST",
        {},
        MEMBER,
    ),
    *_projects(),
    *_big_integers(),
    Probe(
        "searchMachineIdentitiesV2",
        ("identity.memberships.safe", "identity.memberships.database"),
        "An offset that the database cannot take is rejected by the schema.",
        "/api/v2/identities/search",
        "POST",
        {"offset": 2**64},
    ),
    Probe(
        "updateMachineIdentity",
        ("boundary.present-role",),
        "The privilege boundary covers the present role of the identity.",
        f"/api/v1/identities/{BEQUEST_ADMIN}",
        "PATCH",
        {"role": "no-access"},
        KEEPER,
    ),
    Probe(
        "deleteMachineIdentity",
        ("boundary.delete",),
        "In an organization of the old privilege system, the target holds more than the caller.",
        f"/api/v1/identities/{BEQUEST_ADMIN}",
        "DELETE",
        token=KEEPER,
    ),
    *_templates(),
)
