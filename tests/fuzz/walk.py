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
        self.sequences = 0
        self.reached = [0] * len(LIFE)
        self._sequence: object = None
        self._counted: set[int] = set()
        self._ages: dict[str, int] = {}

    def answered(self, sequence: object, operation: str, identity: str, accepted: bool) -> None:
        """Takes one request. Those of one sequence come with the same object, and one after another."""
        if sequence is not self._sequence:
            self._sequence = sequence
            self.sequences += 1
            self._counted = set()
            self._ages = {}
        if not accepted or operation not in LIFE:
            return
        step = LIFE.index(operation)
        if step == self._ages.get(identity, 0):
            self._ages[identity] = step + 1
            if step not in self._counted:
                self._counted.add(step)
                self.reached[step] += 1
        if operation == LIFE[-1]:
            self._ages.pop(identity, None)

    def __str__(self) -> str:
        attached, updated, logged_in, revoked = self.reached
        return (
            f"{updated} sequences reached a 200 on update after an attach, of {attached} that attached and "
            f"{self.sequences} in all; {logged_in} went on to a login, and {revoked} of those to the revocation."
        )
