"""Ids that the mock draws."""

from uuid import UUID

from mockserver.clock import IdSource


def test_an_id_is_a_uuid_of_version_4():
    ids = IdSource()
    drawn = {ids.uuid() for _ in range(500)}
    assert len(drawn) == 500
    assert all(str(UUID(each)) == each and UUID(each).version == 4 for each in drawn)
    assert {UUID(each).variant for each in drawn} == {"specified in RFC 4122"}


def test_a_seed_draws_the_same_ids_in_every_release():
    ids = IdSource(7)
    assert [ids.uuid(), ids.uuid()] == ["6513270e-269e-4d37-b2a7-4de452e6b438", "d23f0824-128b-4f33-8c5c-7fd0a6a3a450"]
