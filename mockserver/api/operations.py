"""Every operation that this server carries out: one row each, in the order of the contract."""

from mockserver.api.kubernetes_auth import attach as attach_kubernetes_auth
from mockserver.api.kubernetes_auth import get as get_kubernetes_auth
from mockserver.api.kubernetes_auth import login as login_with_kubernetes_auth
from mockserver.api.kubernetes_auth import revoke as delete_kubernetes_auth
from mockserver.api.kubernetes_auth import update as update_kubernetes_auth
from mockserver.api.operation import Operation
from mockserver.api.universal_auth import attach as attach_universal_auth
from mockserver.api.universal_auth import clear_lockouts as clear_universal_auth_lockouts
from mockserver.api.universal_auth import create_client_secret as create_universal_auth_client_secret
from mockserver.api.universal_auth import get as get_universal_auth
from mockserver.api.universal_auth import get_client_secret as get_universal_auth_client_secret
from mockserver.api.universal_auth import list_client_secrets as list_universal_auth_client_secrets
from mockserver.api.universal_auth import login as login_with_universal_auth
from mockserver.api.universal_auth import revoke as delete_universal_auth
from mockserver.api.universal_auth import revoke_client_secret as revoke_universal_auth_client_secret
from mockserver.api.universal_auth import update as update_universal_auth

OPERATIONS: tuple[Operation, ...] = (
    login_with_universal_auth.OPERATION,
    attach_universal_auth.OPERATION,
    get_universal_auth.OPERATION,
    update_universal_auth.OPERATION,
    delete_universal_auth.OPERATION,
    create_universal_auth_client_secret.OPERATION,
    list_universal_auth_client_secrets.OPERATION,
    get_universal_auth_client_secret.OPERATION,
    revoke_universal_auth_client_secret.OPERATION,
    clear_universal_auth_lockouts.OPERATION,
    attach_kubernetes_auth.OPERATION,
    get_kubernetes_auth.OPERATION,
    update_kubernetes_auth.OPERATION,
    delete_kubernetes_auth.OPERATION,
    login_with_kubernetes_auth.OPERATION,
)
