"""Fixtures of very many identities."""

from typing import Any

ORGANIZATION = "0a000000-0000-4000-8000-000000000001"


def many(number: int, *, as_yaml: bool = False) -> Any:
    """Return fixtures with that many identities, each with a Kubernetes Auth."""
    if as_yaml:
        return "".join((_HEAD, *(_ENTRY.format(number=each, id=_id(each)) for each in range(number)), _TAIL))
    return {
        "version": 1,
        "organizations": [{"id": ORGANIZATION, "name": "Acme", "slug": "acme"}],
        "clusters": [{"name": "prod", "hosts": ["https://prod.k8s.example:6443"], "reachability": "ok"}],
        "identities": [
            {
                "id": _id(each),
                "organization": "acme",
                "name": f"identity-{each}",
                "role": "admin",
                "kubernetesAuth": {
                    "kubernetesHost": "https://prod.k8s.example:6443",
                    "allowedNamespaces": f"ns{each}",
                },
            }
            for each in range(number)
        ],
        "accessTokens": [{"token": "first", "identity": "identity-0"}],
    }


def _id(number: int) -> str:
    return f"1d000000-0000-4000-8000-{number:012x}"


_HEAD = f"""version: 1
organizations: [{{ id: {ORGANIZATION}, name: Acme, slug: acme }}]
clusters: [{{ name: prod, hosts: ["https://prod.k8s.example:6443"], reachability: ok }}]
identities:
"""
_ENTRY = """  - id: {id}
    organization: acme
    name: identity-{number}
    role: admin
    kubernetesAuth: {{ kubernetesHost: "https://prod.k8s.example:6443", allowedNamespaces: ns{number} }}
"""
_TAIL = "accessTokens: [{ token: first, identity: identity-0 }]\n"
