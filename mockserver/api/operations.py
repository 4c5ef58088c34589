"""Every operation that this server carries out: one row each, in the order of the contract."""

from mockserver.api.gateways import list as list_gateways
from mockserver.api.instance import status as get_instance_status
from mockserver.api.kubernetes_auth import attach as attach_kubernetes_auth
from mockserver.api.kubernetes_auth import get as get_kubernetes_auth
from mockserver.api.kubernetes_auth import login as login_with_kubernetes_auth
from mockserver.api.kubernetes_auth import revoke as delete_kubernetes_auth
from mockserver.api.kubernetes_auth import update as update_kubernetes_auth
from mockserver.api.operation import Operation
from mockserver.api.organizations import list_sub_organizations

OPERATIONS: tuple[Operation, ...] = (
    attach_kubernetes_auth.OPERATION,
    get_kubernetes_auth.OPERATION,
    update_kubernetes_auth.OPERATION,
    delete_kubernetes_auth.OPERATION,
    login_with_kubernetes_auth.OPERATION,
    list_gateways.OPERATION,
    list_sub_organizations.OPERATION,
    get_instance_status.OPERATION,
)
