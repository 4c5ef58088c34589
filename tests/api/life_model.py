"""A little model of the life of Kubernetes Auth, written from the reference alone: it shares no code with the server.

One method per operation changes the model and says what the service answers: a status, and a part of the body.
"""

from dataclasses import dataclass, field
from typing import Any

CEILING = 7_776_000
DEFAULT_TTL = 2_592_000
EVERYWHERE = ("0.0.0.0/0", "::/0")
HERE = ("127.0.0.1", "10.0.0.0/8")
ELSEWHERE = ("203.0.113.0/24",)
NAMESPACE = "payments"  # of the service account that logs in
Verdict = tuple[int, dict[str, Any]]


@dataclass
class Token:
    """What the model remembers of one JWT; renewed copies share `key`, and with it uses and revocation."""

    key: int
    identity: int
    issued: int
    expires: int
    created: int
    ttl: int
    max_ttl: int
    limit: int


@dataclass
class Identity:
    """One identity; `record` None: Kubernetes Auth is not attached. `fallen` is when it was last revoked, in ms."""

    alive: bool = True
    record: dict[str, Any] | None = None
    fallen: int = -1
    attached_times: int = 0


@dataclass
class Model:
    """The world as far as these operations know it. `now` is in milliseconds since 1970."""

    now: int
    identities: list[Identity] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    uses: dict[int, int] = field(default_factory=dict)
    revoked: set[int] = field(default_factory=set)

    @property
    def second(self) -> int:
        return self.now // 1000

    def attach(self, who: int, sent: dict[str, Any]) -> Verdict:
        identity = self.identities[who]
        ttl, max_ttl = sent.get("accessTokenTTL", DEFAULT_TTL), sent.get("accessTokenMaxTTL", DEFAULT_TTL)
        if ttl > max_ttl:
            return 422, {}
        if not identity.alive:
            return 404, {}
        if identity.record is not None:
            return 400, {}
        identity.attached_times += 1
        identity.record = {
            "accessTokenTTL": ttl,
            "accessTokenMaxTTL": max_ttl,
            "accessTokenNumUsesLimit": sent.get("accessTokenNumUsesLimit", 0),
            "allowedNamespaces": sent["allowedNamespaces"],
            "trusted": sent.get("trusted", EVERYWHERE),
            "created": self.now,
            "updated": self.now,
        }
        return 200, self._shown(identity)

    def update(self, who: int, sent: dict[str, Any]) -> Verdict:
        identity = self.identities[who]
        ttl, max_ttl = sent.get("accessTokenTTL", 0), sent.get("accessTokenMaxTTL", 0)
        if ttl and max_ttl and ttl > max_ttl:
            return 422, {}
        if not identity.alive:
            return 404, {}
        record = identity.record
        if record is None:
            return 400, {}
        limit = max_ttl or record["accessTokenMaxTTL"]
        if limit and (ttl or record["accessTokenMaxTTL"]) > limit:
            return 400, {}
        if sent:  # nothing sent is nothing written
            record.update(sent)
            record["updated"] = self.now
        return 200, self._shown(identity)

    def get(self, who: int) -> Verdict:
        identity = self.identities[who]
        return (200, self._shown(identity)) if identity.alive and identity.record is not None else (404, {})

    def revoke(self, who: int) -> Verdict:
        identity = self.identities[who]
        if not identity.alive:
            return 404, {}
        if identity.record is None:
            return 400, {}
        shown = self._shown(identity)
        identity.record, identity.fallen = None, self.now
        return 200, shown

    def delete(self, who: int) -> Verdict:
        identity = self.identities[who]
        if not identity.alive:
            return 404, {}
        identity.alive, identity.record = False, None
        return 200, {}

    def login(self, who: int) -> tuple[Verdict, Token | None]:
        record = self.identities[who].record
        if record is None:
            return (404, {}), None
        allowed = record["allowedNamespaces"]
        if allowed and NAMESPACE not in (each.strip() for each in allowed.split(",")):
            return (401, {}), None
        ttl, max_ttl = record["accessTokenTTL"], record["accessTokenMaxTTL"]
        token = Token(
            key=len(self.tokens),
            identity=who,
            issued=self.second,
            expires=self.second + self._life(ttl, max_ttl, 0),
            created=self.second,
            ttl=ttl,
            max_ttl=max_ttl,
            limit=record["accessTokenNumUsesLimit"],
        )
        self.tokens.append(token)
        return (200, {"expiresIn": ttl, "accessTokenMaxTTL": max_ttl, "tokenType": "Bearer"}), token

    def read_with(self, token: Token) -> Verdict:
        """Who holds the token reads the record of its own identity."""
        refused = self._refused(token)
        if refused is None and token.limit and self.uses.get(token.key, 0) >= token.limit:
            refused = 401
        if refused is not None:
            return refused, {}
        if token.limit:
            self.uses[token.key] = self.uses.get(token.key, 0) + 1
        record = self.identities[token.identity].record
        if record is not None and record["trusted"] == ELSEWHERE:
            return 403, {}
        return self.get(token.identity)

    def renew(self, token: Token) -> tuple[Verdict, Token | None]:
        refused = self._refused(token)
        if refused is None and token.limit and self.uses.get(token.key, 0) >= token.limit:
            refused = 401
        life = self._life(token.ttl, token.max_ttl, self.second - token.created)
        if refused is None and life <= 0:
            refused = 401
        if refused is not None:
            return (refused, {}), None
        again = Token(**{**vars(token), "issued": self.second, "expires": self.second + life})
        self.tokens.append(again)
        return (200, {"expiresIn": life, "accessTokenMaxTTL": token.max_ttl, "tokenType": "Bearer"}), again

    def revoke_token(self, token: Token) -> Verdict:
        if self.second >= token.expires:
            return 403, {}
        self.revoked.add(token.key)
        return 200, {}

    def _refused(self, token: Token) -> int | None:
        identity = self.identities[token.identity]
        if self.now >= token.expires * 1000:
            return 403
        fallen = token.issued * 1000 <= identity.fallen
        gone = not identity.alive or identity.record is None
        return 401 if token.key in self.revoked or fallen or gone else None

    @staticmethod
    def _life(ttl: int, max_ttl: int, age: int) -> int:
        return min(each for each in (ttl or CEILING, (max_ttl - age) if max_ttl else CEILING, CEILING))

    @staticmethod
    def _shown(identity: Identity) -> dict[str, Any]:
        assert identity.record is not None
        return {key: value for key, value in identity.record.items() if key not in ("trusted", "created", "updated")}
