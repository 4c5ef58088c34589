"""The decision list of an update, rows 9 to 30: what each row answers, and which of two wins (behaviour 3.3)."""

import pytest

from mockserver.infisical.kubernetes_auth.request import UpdateRequest
from mockserver.infisical.kubernetes_auth.update import UPDATE
from mockserver.rules.edition import edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import GATEWAY, NOW, POOL, FakeFacts, attempt, record, update
from tests.infisical.kubernetes_auth.decision_list import ROWS, Row, Scene, denied, lacks, meetings, pairs

CONTRACT, LIVE = Profile.CONTRACT, Profile.LIVE
CHECKS = {rule.id: rule.check for rule in UPDATE.rules}

# Pairs of which no update meets both, and why.
NEVER_TOGETHER = {
    "without a record nothing behind it can be asked": {
        (first, row.rule) for first in ("identity.uuid", "update.not-attached") for row in ROWS if row.number > 12
    },
    "a gateway and a pool in one body are a 422": {
        (f"gateway.{one}", f"pool.{other}")
        for one in ("plan", "unknown", "permission")
        for other in ("plan", "permission", "unknown")
    },
    "verification is on or off": {("update.tls.ca-required", "update.tls.ca-conflict")},
    "the guard is for direct calls": {
        ("pool.healthy", "host.local"),
        ("host.local", "cluster.scheme"),
        *((f"{way}.{one}", "host.local") for way in ("gateway", "pool") for one in ("plan", "permission", "unknown")),
    },
    "a body that sends something writes something": {
        (row.rule, "update.nothing-to-write")
        for row in ROWS
        if row.number < 28 and all(scene.body for scene in row.scenes)
    },
    "nothing to write is nothing to refuse": {("update.nothing-to-write", "update.database")},
}
APART = set().union(*NEVER_TOGETHER.values())


def profiles(*rows: Row):
    return [each for each in Profile if all(getattr(row, each) is not None for row in rows)]


def refusing(row: Row, made: UpdateRequest) -> bool:
    """Whether the rule, asked by itself, refuses."""
    if made.stored is None and row.number > 12:
        return False
    return CHECKS[row.rule](made) is not None


def schema_accepts(scene: Scene) -> bool:
    return update(profile=LIVE, **scene.arguments()).status != 422


@pytest.mark.parametrize(
    ("row", "scene", "profile"),
    [
        pytest.param(row, scene, profile, id=f"row {row.number} {row.rule} {place} {profile}")
        for row in ROWS
        for place, scene in enumerate(row.scenes)
        for profile in Profile
    ],
)
def test_each_row_answers(row, scene, profile):
    answer = getattr(row, profile)
    made = update(profile=profile, **scene.arguments())
    if answer is None:
        assert made.status == (422 if row.rule == "update.database" else 200)
    else:
        assert (made.status, made.error, made.rule) == (*answer, row.rule)


AUGUST = edition(Profile.LIVE, Generation.AUGUST)


def test_the_table_has_every_rule_behind_the_schema_in_its_order():
    behind_schema = [rule.id for rule in UPDATE.rules if not rule.gathers and AUGUST in rule.answers]
    in_place = behind_schema.index("caller.member") + 1  # of rows 14 and 15: they have tests of their own
    assert behind_schema[in_place : in_place + 2] == ["project.member", "project.permission.edit-auth"]
    assert [row.rule for row in ROWS] == [*behind_schema[:in_place], *behind_schema[in_place + 2 :]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_each_rule_names_its_row_as_its_source(row):
    rule = next(rule for rule in UPDATE.rules if rule.id == row.rule)
    shared = "." in rule.id and not rule.id.startswith(("update.", "gateway.", "pool.", "host.", "cluster."))
    assert rule.source.kind == "service" if shared else f"decision list row {row.number}" in rule.source.where


def scenes_of_both(first: Row, second: Row) -> list[Scene]:
    """The scenes behind the schema in which each of the two, asked by itself, refuses."""
    return [
        scene
        for scene in meetings(first, second)
        if schema_accepts(scene) and all(refusing(row, attempt(**scene.arguments())) for row in (first, second))
    ]


def test_only_the_listed_pairs_never_meet():
    assert {(first.rule, second.rule) for first, second in pairs() if not scenes_of_both(first, second)} == APART


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(first, second, id=f"{first.rule} before {second.rule}")
        for first, second in pairs()
        if (first.rule, second.rule) not in APART
    ],
)
def test_of_two_that_both_refuse_the_first_wins(first, second):
    for scene in scenes_of_both(first, second):
        for profile in profiles(first, second):
            assert update(profile=profile, **scene.arguments()).rule == first.rule


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_the_schema_goes_before_every_row(row):
    for scene in row.scenes:
        arguments = scene.arguments()
        broken = {**arguments, "body": {**arguments["body"], "allowedNamespaces": None}}
        assert update(profile=LIVE, **broken).status == 422


def test_row_30_writes(profile):
    made = update({"allowedNames": "x"}, profile)
    assert made.rule == "accepted"
    assert made.after == record(allowed_names="x", updated_at=NOW)


def test_a_refused_update_of_an_unattached_identity_has_no_resulting_record():
    with pytest.raises(AssertionError, match="before the rules that check that it exists"):
        _ = attempt({}, stored=None).record.after


def test_a_gateway_is_looked_up_before_the_permission_and_a_pool_after_it():
    gateway = FakeFacts(gateways_exist=False, **denied("attach-gateways", "gateway"))
    pool = FakeFacts(pools_exist=False, **denied("attach-gateway-pools", "gateway-pool"))
    assert update({"gatewayId": GATEWAY}, facts=gateway).status == 404
    assert update({"gatewayPoolId": POOL}, facts=pool).status == 403


@pytest.mark.parametrize("flag", ["gateway", "gatewayPool", "ipAllowlisting"])
def test_plan_flags_count_only_for_what_is_sent(flag):
    stored = record(gateway_id=GATEWAY) if flag == "gateway" else record(gateway_pool_id=POOL)
    body = {"allowedNames": "x", "accessTokenTrustedIps": [{"ipAddress": "::/0"}, {"ipAddress": "0.0.0.0/0"}]}
    assert update(body, stored=stored, facts=FakeFacts(**lacks(flag))).status == 200


def test_a_gateway_taken_away_needs_no_plan_and_no_permission():
    facts = FakeFacts(
        gateways_exist=False,
        pools_exist=False,
        plan_lacks=frozenset({"gateway", "gatewayPool"}),
        denied=frozenset({("attach-gateways", "gateway"), ("attach-gateway-pools", "gateway-pool")}),
    )
    body = {"gatewayId": None, "gatewayPoolId": None}
    assert update(body, stored=record(gateway_id=GATEWAY), facts=facts).status == 200


@pytest.mark.parametrize(
    ("texts", "rule"),
    [
        pytest.param(["localhost", "10.0.0.0/8"], "trusted-ips.plan", id="text no plan allows comes first"),
        pytest.param(["0.0.0.0/0", "::/0"], "accepted", id="the two texts"),
        pytest.param(["::/0", "0.0.0.0"], "trusted-ips.plan", id="an address echoed without its prefix"),
        pytest.param(["0:0::/0"], "trusted-ips.plan", id="the same range in another spelling"),
        pytest.param(["0.0.0.0/00"], "trusted-ips.plan", id="the same range with a longer prefix"),
    ],
)
def test_without_allowlisting_only_two_texts_can_be_trusted(texts, rule):
    body = {"accessTokenTrustedIps": [{"ipAddress": text} for text in texts]}
    assert update(body, facts=FakeFacts(**lacks("ipAllowlisting"))).rule == rule


def test_a_super_admin_may_change_an_instance_admin_identity(profile):
    facts = FakeFacts(identity_is_instance_admin=True, caller_is_super_admin=True)
    assert update({"allowedNames": "x"}, profile, facts=facts).status == 200


def test_a_permission_denied_carries_the_rules_of_the_caller_for_the_pair(profile):
    made = update({"allowedNames": "x"}, profile, facts=FakeFacts(**denied("edit-auth", "identity")))
    assert made.decision.refusal.details == []


@pytest.mark.parametrize(
    "id", ["", "x", "1d000000-0000-4000-8000-00000000000", "{1d000000-0000-4000-8000-000000000002}"]
)
def test_what_is_no_uuid_is_refused_before_anything_is_looked_up(id):
    unknown = FakeFacts(identity_known=False, identity_at_home=False)
    body = {"allowedNames": "x"}
    assert update(body, CONTRACT, stored=None, facts=unknown, identity_id=id).rule == "identity.uuid"
    assert update(body, LIVE, stored=None, facts=unknown, identity_id=id).error == "MembershipGetByIdentityId"


def test_a_uuid_in_capitals_is_a_uuid(profile):
    made = update({}, profile, stored=None, identity_id="1D000000-0000-4000-8000-00000000000A")
    assert made.rule == "update.not-attached"
