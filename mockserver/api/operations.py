"""Every operation that this server carries out: one row each, in the order of the contract."""

from mockserver.api.gateways import list as list_gateways
from mockserver.api.identities import create as create_machine_identity
from mockserver.api.identities import delete as delete_machine_identity
from mockserver.api.identities import details as get_machine_identity_details
from mockserver.api.identities import get as get_machine_identity
from mockserver.api.identities import list as list_machine_identities
from mockserver.api.identities import search as search_machine_identities
from mockserver.api.identities import update as update_machine_identity
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
    create_machine_identity.OPERATION,
    list_machine_identities.OPERATION,
    search_machine_identities.OPERATION,
    get_machine_identity_details.OPERATION,
    get_machine_identity.OPERATION,
    update_machine_identity.OPERATION,
    delete_machine_identity.OPERATION,
    list_gateways.OPERATION,
    list_sub_organizations.OPERATION,
    get_instance_status.OPERATION,
)
