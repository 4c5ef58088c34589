"""The text of the two files of `schemathesis-config`: `schemathesis.toml`, and the auth file that it names."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.cli.schemathesis_values import Caller, Values

_CONSTANT: Values = {
    "modes": ["api", "api", "api", "gateway"],
    "namespaces": ["", "", "payments", "payments, default", "pay*", "{payments,default}"],
    "names": ["", "", "api", "api,job", "a?i"],
    "audiences": ["", "", "", "infisical"],
    "addresses": ["0.0.0.0/0", "::/0", "10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "::1", "127.0.0.1/32"],
    "ttls": [0, 60, 3600],
    "max-ttls": [0, 2592000, 2592000, 2592000, 315360000],
    "uses": [0, 1, 3, 50],
    "thresholds": [1, 3, 30],
    "lockouts": [30, 300, 3600],
    "page-sizes": [0, 1, 2, 10, 100],
    "page-starts": [0, 0, 1, 5],
}
_PARAMETERS: tuple[tuple[str, str, float], ...] = (
    ("path.identityId", "identities", 0.9),
    ("path.clientSecretId", "client-secret-ids", 0.9),
    ("path.tokenId", "tokens", 0.9),
    ("path.templateId", "templates", 0.9),
    ("path.subOrgId", "sub-organizations", 0.9),
    ("query.orgId", "organizations", 0.9),
    ("body.identityId", "kubernetes-identities", 0.9),
    ("body.jwt", "service-accounts", 0.9),
    ("body.organizationId", "organizations", 0.9),
    ("body.organizationSlug", "organization-slugs", 0.9),
    ("body.role", "roles", 0.9),
    ("body.clientId", "client-ids", 0.9),
    ("body.clientSecret", "client-secrets", 0.9),
    ("body.accessToken", "tokens", 0.9),
    ("body.tokenReviewMode", "modes", 0.8),
    ("body.gatewayId", "gateways", 0.5),
    ("body.gatewayPoolId", "pools", 0.5),
    ("body.kubernetesHost", "hosts", 0.9),
    ("body.tokenReviewerJwt", "reviewers", 0.7),
    ("body.allowedNamespaces", "namespaces", 0.85),
    ("body.allowedNames", "names", 0.85),
    ("body.allowedAudience", "audiences", 0.85),
    ("body.accessTokenTTL", "ttls", 0.9),
    ("body.accessTokenMaxTTL", "max-ttls", 0.9),
    ("body.accessTokenPeriod", "ttls", 0.8),
    ("body.accessTokenNumUsesLimit", "uses", 0.7),
    ("body.numUsesLimit", "uses", 0.7),
    ("body.ttl", "ttls", 0.7),
    ("body.lockoutThreshold", "thresholds", 0.9),
    ("body.lockoutDurationSeconds", "lockouts", 0.9),
    ("body.lockoutCounterResetSeconds", "lockouts", 0.9),
    ("body.limit", "page-sizes", 0.7),
    ("body.offset", "page-starts", 0.7),
    ("body.accessTokenTrustedIps[*].ipAddress", "addresses", 0.98),
    ("body.clientSecretTrustedIps[*].ipAddress", "addresses", 0.98),
)
_OPERATIONS: tuple[tuple[str, str], ...] = (
    ('include-operation-id = ["attachKubernetesAuth", "attachUniversalAuth", "attachTokenAuth"]', "bare-identities"),
    ('include-path-regex = "/kubernetes-auth/identities/"', "kubernetes-identities"),
    ('include-path-regex = "/universal-auth/identities/"', "universal-identities"),
    ('include-path-regex = "/token-auth/identities/"', "token-identities"),
)
_SETTINGS = """\
hooks = "mockserver.testing.schemathesis_hooks"
# One failing check must not hide the others.
continue-on-failure = true
request-timeout = 30
# The hooks restore the world between requests, so one worker sends them.
workers = 1

[generation]
max-examples = 100
database = "none"

[phases.examples]
fill-missing = true
[phases.stateful]
# The links of the document. A guessed link takes any `identityId` for the id of anything.
inference.algorithms = []

[checks]
# Rules of the service reject requests that the document accepts, with these statuses. The check `explained_by_a_rule`
# of the hooks fails if such a rejection names no rule.
positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 422]

[warnings]
display = ["missing_auth", "missing_test_data", "base_url_mismatch", "unused_openapi_auth", "unmatched_filter"]
"""


def auth_file(callers: Sequence[Caller]) -> str:
    """Return the auth file: one entry for each caller, in the format of Web Fuzzing Commons, as JSON."""
    entries = [
        {"name": each.name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {each.token}"}]}
        for each in callers
    ]
    return json.dumps({"schemaVersion": "0.2.0", "auth": entries}, indent=2, ensure_ascii=False) + "\n"


def configuration(url: str, auth_path: str, callers: Sequence[Caller], values: Values) -> str:
    """Return `schemathesis.toml` for the mock or world at `url`. A dictionary without values is left out."""
    known = {name: each for name, each in {**values, **_CONSTANT}.items() if each}
    return "\n".join([*_head(url, auth_path, callers), *_dictionaries(known), *_parameters(known)]) + "\n"


def _head(url: str, auth_path: str, callers: Sequence[Caller]) -> Iterator[str]:
    yield f"# Written by `infisical-mock schemathesis-config` for {url}. Run it again when the fixtures change:"
    yield "# --force overwrites this file and the auth file."
    yield f"#     schemathesis run {url}/openapi.yaml"
    yield ""
    yield f"base-url = {_text(url)}"
    yield _SETTINGS
    yield "[auth.wfc]"
    yield "# An absolute path: schemathesis looks for a relative one in the folder that it is started in."
    yield f"path = {_text(auth_path)}"
    yield f"user = {_text(callers[0].name)}"
    if len(callers) > 1:
        yield "# The check `object_level_authorization` fails if one of them sees what the other one owns."
        yield f"peers = {_list([each.name for each in callers])}"
    yield ""


def _dictionaries(values: Values) -> Iterator[str]:
    yield "# A value that stands there repeatedly is drawn more often."
    yield "[dictionaries]"
    for name, each in values.items():
        yield f"{name}.values = {_list(each)}"
    yield ""


def _parameters(values: Values) -> Iterator[str]:
    yield "[parameters]"
    for name, dictionary, probability in _PARAMETERS:
        if dictionary in values:
            yield f"{_text(name)} = {{ dictionary = {_text(dictionary)}, probability = {probability} }}"
    yield ""
    yield "# Of two entries for one operation, the first counts."
    for operation, dictionary in _OPERATIONS:
        if dictionary in values:
            yield "[[operations]]"
            yield operation
            yield f'parameters = {{ "path.identityId" = {{ dictionary = {_text(dictionary)}, probability = 0.9 }} }}'


def _list(values: Sequence[Any]) -> str:
    items = [_text(each) if isinstance(each, str) else str(each) for each in values]
    line = f"[{', '.join(items)}]"
    return line if len(line) <= 80 else "[\n" + "".join(f"    {each},\n" for each in items) + "]"


def _text(value: str) -> str:
    """Return a TOML string: JSON's, but that TOML escapes DEL too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
