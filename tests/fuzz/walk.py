"""How far the sequences of the stateful phase get through the life of a Kubernetes Auth. It knows no schemathesis."""

_PATH = "/api/v1/auth/kubernetes-auth"
LIFE = (
    f"POST {_PATH}/identities/{{identityId}}",
    f"PATCH {_PATH}/identities/{{identityId}}",
    f"POST {_PATH}/login",
    f"DELETE {_PATH}/identities/{{identityId}}",
)
"""Attach, update, login, revoke: the operations as schemathesis labels them."""


class Walks:
    """Counts the sequences that reached each step of a life after those before it, for one and the same identity."""

    def __init__(self) -> None:
        self.reached = [0] * len(LIFE)
        self._scenario: object = None
        self._ages: dict[str, int] = {}

    def accepted(self, scenario: object, operation: str, identity: str) -> None:
        """Takes an accepted request; requests of one sequence come with the same `scenario`, and one after another."""
        if scenario is not self._scenario:
            self._scenario = scenario
            self._ages = {}
        if operation not in LIFE:
            return
        step = LIFE.index(operation)
        if step == self._ages.get(identity, 0):
            self.reached[step] += 1
            self._ages[identity] = step + 1
        elif operation == LIFE[-1]:
            self._ages.pop(identity, None)

    def __str__(self) -> str:
        attached, updated, logged_in, revoked = self.reached
        return (
            f"{updated} sequences reached a 200 on update after an attach, of {attached} that attached; "
            f"{logged_in} went on to a login, and {revoked} to the end of it."
        )
