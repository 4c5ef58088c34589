"""Bodies that nobody should send, and the answers that they get all the same."""

import gzip
from typing import NamedTuple

import pytest

from mockserver.rules.profile import Profile
from mockserver.settings import MAX_BODY
from tests.client import Client, in_envelope, request
from tests.conftest import Serve


class Row(NamedTuple):
    """A body, and status and deciding rule in each profile."""

    name: str
    body: bytes
    contract: tuple[int, str]
    live: tuple[int, str]
    media_type: str = "application/json"


ACCEPTED = (200, "accepted")
NOT_JSON = (400, "body.syntax"), (500, "body.syntax")
NOT_UTF8 = (400, "body.encoding"), (500, "body.encoding")
TOO_BIG = (400, "body.size"), (500, "body.size")
OTHER_MEDIA_TYPE = (400, "body.media-type"), (500, "body.media-type")
WRONG_TYPE = (422, "contract.body"), (422, "contract.body")
UNKNOWN_KEY = (422, "contract.unrecognized-keys"), (500, "update.nothing-to-write")
DEEP = 100_000


def of_size(size: int) -> bytes:
    """A good body of so many bytes: the CA is encrypted, so any length of it can be stored."""
    return b'{"caCert": "' + b"a" * (size - len(b'{"caCert": ""}')) + b'"}'


BODIES = (
    Row("truncated in a text", b'{"allowedNames": "api', *NOT_JSON),
    Row("truncated after a key", b'{"allowedNames"', *NOT_JSON),
    Row("a single brace", b"{", *NOT_JSON),
    Row("a second value behind the first", b"{} {}", *NOT_JSON),
    Row("a comment", b"{} // no", *NOT_JSON),
    Row("single quotes", b"{'allowedNames': 'api'}", *NOT_JSON),
    Row("a trailing comma", b'{"allowedNames": "api",}', *NOT_JSON),
    Row("a raw control character", b'{"allowedNames": "a\x00b"}', *NOT_JSON),
    Row("NaN", b'{"accessTokenTTL": NaN}', *NOT_JSON),
    Row("Infinity", b'{"accessTokenTTL": Infinity}', *NOT_JSON),
    Row("minus Infinity", b'{"accessTokenTTL": -Infinity}', *NOT_JSON),
    Row("a number with a leading zero", b'{"accessTokenTTL": 01}', *NOT_JSON),
    Row("blanks only", b"  \n", *NOT_JSON),
    Row("exactly 1 MiB", of_size(MAX_BODY), ACCEPTED, ACCEPTED),
    Row("1 MiB and one byte", of_size(MAX_BODY + 1), *TOO_BIG),
    Row("10 MB", of_size(10_000_000), *TOO_BIG),
    Row("a Latin-1 letter", '{"allowedNames": "café"}'.encode("latin-1"), *NOT_UTF8),
    Row("UTF-16", '{"allowedNames": "api"}'.encode("utf-16"), *NOT_UTF8),
    Row("a surrogate encoded as if it were a character", b'{"allowedNames": "\xed\xa0\x80"}', *NOT_UTF8),
    Row("an overlong encoding", b'{"allowedNames": "\xc0\xaf"}', *NOT_UTF8),
    Row("gzip without saying so", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", *NOT_UTF8),
    Row("a byte order mark", b'\xef\xbb\xbf{"allowedNames": "api"}', ACCEPTED, ACCEPTED),
    Row("arrays in arrays", b"[" * DEEP + b"]" * DEEP, *WRONG_TYPE),
    Row("arrays never closed", b"[" * DEEP, *NOT_JSON),
    Row("objects in objects, the key unknown", b'{"a":' * DEEP + b"1" + b"}" * DEEP, *UNKNOWN_KEY),
    Row("arrays under an unknown key", b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}", *UNKNOWN_KEY),
    Row("arrays under a known key", b'{"allowedNames":' + b"[" * DEEP + b"]" * DEEP + b"}", *WRONG_TYPE),
    Row("arrays as trusted IPs", b'{"accessTokenTrustedIps":' + b"[" * DEEP + b"]" * DEEP + b"}", *WRONG_TYPE),
    Row(
        "objects in an object that is no trusted IP",
        b'{"accessTokenTrustedIps":[' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]}",
        *WRONG_TYPE,
    ),
    Row("a lone surrogate as value", rb'{"allowedNames": "\ud800"}', ACCEPTED, ACCEPTED),
    Row("a lone surrogate as key", rb'{"\udfff": 1}', *UNKNOWN_KEY),
    Row("NUL in a text column", rb'{"allowedNames": "a\u0000b"}', (422, "column.nul"), (500, "update.database")),
    Row("NUL in the host", rb'{"kubernetesHost": "a\u0000b"}', *[(422, "host.characters")] * 2),
    Row("NUL in the reviewer JWT, which is encrypted", rb'{"tokenReviewerJwt": "a\u0000b"}', ACCEPTED, ACCEPTED),
    Row("NUL in a key", rb'{"allowedNames\u0000": "api"}', *UNKNOWN_KEY),
    Row("400 digits", b'{"accessTokenNumUsesLimit": ' + b"9" * 400 + b"}", *WRONG_TYPE),
    Row("5000 digits", b'{"accessTokenNumUsesLimit": ' + b"9" * 5000 + b"}", *WRONG_TYPE),
    Row("minus 400 digits", b'{"accessTokenTTL": -' + b"9" * 400 + b"}", *WRONG_TYPE),
    Row("digits behind the point", b'{"accessTokenTTL": 0.' + b"9" * 10 + b"}", *WRONG_TYPE),
    Row("an exponent past every double", b'{"accessTokenTTL": 1e999}', *WRONG_TYPE),
    Row(
        "300 digits",
        b'{"accessTokenNumUsesLimit": 1' + b"0" * 299 + b"}",
        (422, "column.integer"),
        (500, "update.database"),
    ),
    Row("merge patch", b"{}", *OTHER_MEDIA_TYPE, "application/merge-patch+json"),
    Row("YAML", b"allowedNames: api", *OTHER_MEDIA_TYPE, "application/yaml"),
    Row("a media type that is none", b"{}", *OTHER_MEDIA_TYPE, ";;;"),
    Row("a multipart form", b"--x--", *OTHER_MEDIA_TYPE, "multipart/form-data; boundary=x"),
    Row(
        "a charset that is ignored", b'{"allowedNames": "api"}', ACCEPTED, ACCEPTED, "application/JSON; charset=utf-16"
    ),
)


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


@pytest.mark.parametrize("row", BODIES, ids=lambda row: row.name)
async def test_every_body_gets_an_answer_in_the_vendors_words(row: Row, asked: Client, profile: Profile):
    before = await asked.state()
    async with asked.wire() as wire:
        await wire.send(request(row.body, Content_Type=row.media_type))
        answer = await wire.answer()
    assert (answer.status, answer.rule) == (row.contract if profile is Profile.CONTRACT else row.live)
    if answer.status != 200:
        in_envelope(answer)
        assert await asked.state() == before
    assert (await asked.update({"allowedNames": "next"})).record["allowedNames"] == "next"


async def test_the_last_of_two_equal_keys_counts(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(b'{"allowedNames": 7, "accessTokenTTL": 60, "allowedNames": "last"}'))
        answer = await wire.answer()
    assert (answer.record["allowedNames"], answer.record["accessTokenTTL"]) == ("last", 60)


async def test_a_lone_surrogate_is_stored_as_the_replacement_character(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(rb'{"allowedNames": "a\ud800b"}'))
        answer = await wire.answer()
    assert answer.record["allowedNames"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param("9007199254740993", "9007199254740992", id="2**53 + 1 is 2**53"),
        pytest.param("9223372036854774784", "9223372036854775000", id="shortest digits, then zeros"),
        pytest.param("3.6e3", "3600", id="an exponent"),
        pytest.param("3600.0", "3600", id="an integral fraction"),
        pytest.param("-0", "0", id="minus zero"),
    ],
)
async def test_numbers_are_doubles_and_are_answered_as_integers(asked: Client, sent: str, answered: str):
    async with asked.wire() as wire:
        await wire.send(request(b'{"accessTokenNumUsesLimit": %s}' % sent.encode()))
        answer = await wire.answer()
    assert f'"accessTokenNumUsesLimit":{answered},'.encode() in answer.content


async def test_a_gzipped_body_is_not_unpacked(asked: Client, profile: Profile):
    """The service's framework has no decompression: the bytes are judged as they come, whatever the header says."""
    packed = gzip.compress(b'{"allowedNames": "api"}')
    async with asked.wire() as wire:
        await wire.send(request(packed, Content_Encoding="gzip"))
        answer = in_envelope(await wire.answer())
        assert answer.rule == "body.encoding"
        await wire.send(request(b'{"allowedNames": "plain"}', Content_Encoding="gzip"))
        assert (await wire.answer()).record["allowedNames"] == "plain"


async def test_a_bomb_of_zeros_stays_small(asked: Client):
    packed = gzip.compress(b"0" * 50_000_000)
    async with asked.wire() as wire:
        await wire.send(request(packed, Content_Encoding="gzip"))
        assert in_envelope(await wire.answer()).rule == "body.encoding"


async def test_a_refused_token_goes_before_a_bad_body(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(b"{", Authorization="Bearer nobody"))
        assert (await wire.answer()).error == "TokenError"


async def test_a_bad_body_goes_before_an_unknown_identity(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(b"{", target="/api/v1/auth/kubernetes-auth/identities/nobody"))
        assert in_envelope(await wire.answer()).rule == "body.syntax"
