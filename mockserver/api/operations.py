"""All operations of the server, in the order of the contract."""

from mockserver.api.gateways import list as list_gateways
from mockserver.api.identities import count_memberships, search_memberships
from mockserver.api.identities import create as create_machine_identity
from mockserver.api.identities import delete as delete_machine_identity
from mockserver.api.identities import details as get_machine_identity_details
from mockserver.api.identities import get as get_machine_identity
from mockserver.api.identities import list as list_machine_identities
from mockserver.api.identities import search as search_machine_identities
from mockserver.api.identities import update as update_machine_identity
from mockserver.api.identity_templates import create as create_identity_template
from mockserver.api.identity_templates import delete as delete_identity_template
from mockserver.api.identity_templates import delete_usage as delete_identity_template_usage
from mockserver.api.identity_templates import get as get_identity_template
from mockserver.api.identity_templates import list as list_identity_templates
from mockserver.api.identity_templates import search as search_identity_templates
from mockserver.api.identity_templates import update as update_identity_template
from mockserver.api.identity_templates import usage as list_identity_template_usage
from mockserver.api.instance import status as get_instance_status
from mockserver.api.kubernetes_auth import attach as attach_kubernetes_auth
from mockserver.api.kubernetes_auth import get as get_kubernetes_auth
from mockserver.api.kubernetes_auth import login as login_with_kubernetes_auth
from mockserver.api.kubernetes_auth import revoke as delete_kubernetes_auth
from mockserver.api.kubernetes_auth import update as update_kubernetes_auth
from mockserver.api.operation import Operation
from mockserver.api.organizations import (
    create_sub_organization,
    delete_sub_organization,
    list_sub_organizations,
    update_sub_organization,
)
from mockserver.api.token_auth import attach as attach_token_auth
from mockserver.api.token_auth import create_token as create_token_auth_token
from mockserver.api.token_auth import get as get_token_auth
from mockserver.api.token_auth import get_token as get_token_auth_token_by_id
from mockserver.api.token_auth import list_tokens as get_token_auth_tokens
from mockserver.api.token_auth import revoke as delete_token_auth
from mockserver.api.token_auth import revoke_token as revoke_token_auth_token
from mockserver.api.token_auth import update as update_token_auth
from mockserver.api.token_auth import update_token as update_token_auth_token
from mockserver.api.tokens import renew as renew_identity_access_token
from mockserver.api.tokens import revoke as revoke_identity_access_token
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
    create_machine_identity.OPERATION,
    list_machine_identities.OPERATION,
    search_machine_identities.OPERATION,
    get_machine_identity_details.OPERATION,
    get_machine_identity.OPERATION,
    update_machine_identity.OPERATION,
    delete_machine_identity.OPERATION,
    search_memberships.OPERATION,
    count_memberships.OPERATION,
    list_gateways.OPERATION,
    list_sub_organizations.OPERATION,
    create_sub_organization.OPERATION,
    update_sub_organization.OPERATION,
    delete_sub_organization.OPERATION,
    get_instance_status.OPERATION,
    attach_token_auth.OPERATION,
    get_token_auth.OPERATION,
    update_token_auth.OPERATION,
    delete_token_auth.OPERATION,
    create_token_auth_token.OPERATION,
    get_token_auth_tokens.OPERATION,
    get_token_auth_token_by_id.OPERATION,
    update_token_auth_token.OPERATION,
    revoke_token_auth_token.OPERATION,
    renew_identity_access_token.OPERATION,
    revoke_identity_access_token.OPERATION,
    create_identity_template.OPERATION,
    list_identity_templates.OPERATION,
    search_identity_templates.OPERATION,
    get_identity_template.OPERATION,
    update_identity_template.OPERATION,
    delete_identity_template.OPERATION,
    list_identity_template_usage.OPERATION,
    delete_identity_template_usage.OPERATION,
)
