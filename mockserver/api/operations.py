"""Every operation that this server carries out: one row each, in the order of the contract."""

from mockserver.api import update_kubernetes_auth
from mockserver.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (update_kubernetes_auth.OPERATION,)
