"""All operations of the server, in the order of the contract. Each is loaded when it is first asked for.

Loading all of them takes a tenth of a start, and few clients call more than a handful.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from mockserver.api.operation import Operation
from mockserver.rules.rule import Rulebook


class Operations(Iterable[Operation]):
    """The operations by their ids. `modules` names the module of each below `mockserver.api`."""

    def __init__(self, modules: Mapping[str, str], loaded: Iterable[Operation] = ()) -> None:
        self.modules = modules
        self._loaded = {each.id: each for each in loaded}
        self.ids = tuple(modules) or tuple(self._loaded)

    def __getitem__(self, name: str) -> Operation:
        operation = self._loaded.get(name)
        if operation is None:
            operation = self._loaded[name] = import_module(f"mockserver.api.{self.modules[name]}").OPERATION
        return operation

    def __iter__(self) -> Iterator[Operation]:
        return map(self.__getitem__, self.ids)


def operations_of(given: Iterable[Operation]) -> Operations:
    """Return the operations that are given as they are, or by their ids."""
    return given if isinstance(given, Operations) else Operations({}, given)


class Rulebooks(Mapping[str, Rulebook[Any]]):
    """The rules of each operation, which is loaded when they are asked for."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def __getitem__(self, name: str) -> Rulebook[Any]:
        return self._operations[name].rules

    def __iter__(self) -> Iterator[str]:
        return iter(self._operations.ids)

    def __len__(self) -> int:
        return len(self._operations.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._operations.ids


OPERATIONS = Operations(
    {
        "loginWithUniversalAuth": "universal_auth.login",
        "attachUniversalAuth": "universal_auth.attach",
        "getUniversalAuth": "universal_auth.get",
        "updateUniversalAuth": "universal_auth.update",
        "deleteUniversalAuth": "universal_auth.revoke",
        "createUniversalAuthClientSecret": "universal_auth.create_client_secret",
        "listUniversalAuthClientSecrets": "universal_auth.list_client_secrets",
        "getUniversalAuthClientSecret": "universal_auth.get_client_secret",
        "revokeUniversalAuthClientSecret": "universal_auth.revoke_client_secret",
        "clearUniversalAuthLockouts": "universal_auth.clear_lockouts",
        "attachKubernetesAuth": "kubernetes_auth.attach",
        "getKubernetesAuth": "kubernetes_auth.get",
        "updateKubernetesAuth": "kubernetes_auth.update",
        "deleteKubernetesAuth": "kubernetes_auth.revoke",
        "loginWithKubernetesAuth": "kubernetes_auth.login",
        "createMachineIdentity": "identities.create",
        "listMachineIdentities": "identities.list",
        "searchMachineIdentities": "identities.search",
        "getMachineIdentityDetails": "identities.details",
        "getMachineIdentityById": "identities.get",
        "updateMachineIdentity": "identities.update",
        "deleteMachineIdentity": "identities.delete",
        "searchMachineIdentitiesV2": "identities.search_memberships",
        "countMachineIdentitiesV2": "identities.count_memberships",
        "listGateways": "gateways.list",
        "listSubOrganizations": "organizations.list_sub_organizations",
        "createSubOrganization": "organizations.create_sub_organization",
        "updateSubOrganization": "organizations.update_sub_organization",
        "deleteSubOrganization": "organizations.delete_sub_organization",
        "getInstanceStatus": "instance.status",
        "attachTokenAuth": "token_auth.attach",
        "getTokenAuth": "token_auth.get",
        "updateTokenAuth": "token_auth.update",
        "deleteTokenAuth": "token_auth.revoke",
        "createTokenAuthToken": "token_auth.create_token",
        "getTokenAuthTokens": "token_auth.list_tokens",
        "getTokenAuthTokenById": "token_auth.get_token",
        "updateTokenAuthToken": "token_auth.update_token",
        "revokeTokenAuthToken": "token_auth.revoke_token",
        "renewIdentityAccessToken": "tokens.renew",
        "revokeIdentityAccessToken": "tokens.revoke",
        "createIdentityTemplate": "identity_templates.create",
        "listIdentityTemplates": "identity_templates.list",
        "searchIdentityTemplates": "identity_templates.search",
        "getIdentityTemplate": "identity_templates.get",
        "updateIdentityTemplate": "identity_templates.update",
        "deleteIdentityTemplate": "identity_templates.delete",
        "listIdentityTemplateUsage": "identity_templates.usage",
        "deleteIdentityTemplateUsage": "identity_templates.delete_usage",
    }
)
