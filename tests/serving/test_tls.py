"""HTTPS: the same responses as HTTP, in the same way, within the same limits; and what a client of the other hears."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.errors import SettingsError
from mockserver.serving.connection import Connection
from mockserver.serving.tls import tls_of
from mockserver.settings import Settings
from tests.client import Client, Wire, head, request
from tests.conftest import Serve
from tests.serving.certificates import Files, written_to
from tests.serving.test_delivery import FIXED, HUNDRED


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written_to(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def secure(serve: Serve, files: Files) -> Callable[..., Any]:
    """Starts a server with a certificate of its own kind: `await secure(max_connections=1)`."""

    async def start(**settings: Any) -> Client:
        return await serve(tls_cert=files.cert, tls_key=files.key, **settings)

    return start


@asynccontextmanager
async def wire(port: int, trust: ssl.SSLContext | None) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


@pytest.fixture
def directly(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request was answered as soon as its last byte was parsed."""
    found: list[bool] = []
    answer = Connection.answer_directly

    def noted(self: Connection, *arguments: Any) -> bool:
        found.append(answer(self, *arguments))
        return found[-1]

    monkeypatch.setattr(Connection, "answer_directly", noted)
    return found


async def test_updates_over_one_connection_are_answered_directly(secure: Any, files: Files, directly: list[bool]):
    server = await secure()
    async with wire(server.port, files.trust) as client:
        for _ in range(3):
            await client.send(request(b'{"accessTokenTTL": 600}'))
            answer = await client.answer()
            assert (answer.status, answer.record["accessTokenTTL"]) == (200, 600)
    assert directly[-2:] == [True] * 2  # the first may come before aiohttp waits for one


async def test_a_hundred_pipelined_requests_are_answered_as_over_http(serve: Serve, secure: Any, files: Files):
    bodies = []
    for server, trust in ((await serve(**FIXED), None), (await secure(**FIXED), files.trust)):
        async with wire(server.port, trust) as client:
            await client.send(b"".join(HUNDRED))
            answers = [await client.answer(each.split(b" ", 1)[0].decode()) for each in HUNDRED]
        port = b":%d" % server.port
        bodies.append(
            [(each.status, each.headers.get("Mock-Rule"), each.content.replace(port, b"")) for each in answers]
        )
    assert bodies[0] == bodies[1]


async def test_a_request_may_come_byte_by_byte(secure: Any, files: Files):
    server = await secure()
    async with wire(server.port, files.trust) as client:
        for byte in request():
            await client.send(bytes((byte,)))
        assert (await client.answer()).status == 200


async def test_a_client_that_does_not_read_is_disconnected_and_others_are_served(secure: Any, files: Files):
    server = await secure(write_timeout=0.3)
    async with wire(server.port, files.trust) as slow, wire(server.port, files.trust) as other:
        slow._writer.transport.pause_reading()
        pages = head("GET", target="/openapi.yaml") * 200
        await slow.send(pages)
        await other.send(request())
        assert (await other.answer()).status == 200
        await asyncio.sleep(1)
        slow._writer.transport.resume_reading()
        found = 0
        with suppress(ConnectionError, ssl.SSLError):
            while came := await slow._reader.read(1_000_000):
                found += len(came)
        await other.send(head("GET", target="/openapi.yaml"))
        assert found < 200 * len((await other.answer("GET")).content)


async def test_a_client_over_the_limit_is_told_so(secure: Any, files: Files):
    server = await secure(max_connections=1)
    async with wire(server.port, files.trust) as first, wire(server.port, files.trust) as second:
        await first.send(request())
        assert (await first.answer()).status == 200
        await second.send(request())
        assert (await second.answer()).status == 503


async def test_the_end_of_a_client_is_no_warning(secure: Any, files: Files, caplog: pytest.LogCaptureFixture):
    server = await secure()
    with caplog.at_level(logging.WARNING):
        async with wire(server.port, files.trust) as client:
            await client.send(request())
            assert (await client.answer()).status == 200
            client._writer.close()
            await client._writer.wait_closed()
    assert caplog.text == ""


async def test_plain_http_is_told_to_use_https(secure: Any):
    server = await secure()
    async with wire(server.port, None) as client:
        await client.send(request(b"x" * 100_000))
        answer = await client.answer()
        assert (answer.status, answer.rule) == (400, "http.malformed")
        assert "use https://" in answer.json["message"]
        assert await client.is_closed()


async def test_tls_on_a_plain_port_is_told_to_use_http(server: Client):
    async with wire(server.port, None) as client:
        await client.send(bytes.fromhex("1603010200010001fc0303") + bytes(500))
        answer = await client.answer()
        assert (answer.status, answer.rule) == (400, "http.malformed")
        assert "use http://" in answer.json["message"]


@pytest.mark.parametrize(("version", "accepted"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
async def test_the_oldest_version_is_1_2(secure: Any, files: Files, version: str, accepted: bool):
    server = await secure()
    trust = files.trust
    trust.set_ciphers("ALL:@SECLEVEL=0")
    trust.minimum_version = trust.maximum_version = ssl.TLSVersion[version]
    try:
        async with wire(server.port, trust) as client:
            await client.send(request())
            assert (await client.answer()).status == 200
    except (ssl.SSLError, ConnectionError):
        assert not accepted
    else:
        assert accepted


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x00\x05hello", bytes.fromhex("1603010200010001fc0303")])
async def test_a_handshake_that_does_not_go_on_ends(secure: Any, files: Files, sent: bytes):
    server = await secure(header_timeout=0.3)
    async with wire(server.port, None) as client, wire(server.port, files.trust) as other:
        await client.send(sent)
        assert await ended(client)
        await other.send(request())
        assert (await other.answer()).status == 200


async def ended(client: Wire) -> bool:
    """Whether the server closes within five seconds; an alert may come before."""
    async with asyncio.timeout(5):
        try:
            while await client._reader.read(1000):
                pass
        except ConnectionError:
            return True
    return True


def test_files_that_cannot_be_used_are_named(files: Files, tmp_path: Path):
    nowhere, text = tmp_path / "nowhere.pem", tmp_path / "text.pem"
    text.write_text("not a certificate")
    for given, words in (
        ({"tls": "auto", "tls_cert": files.cert}, "--tls auto makes its own certificate"),
        ({"tls": "auto", "tls_key": files.key}, "--tls auto makes its own certificate"),
        ({"tls_key": files.key}, "--tls-key needs the certificate"),
        ({"tls_cert": files.cert}, "give the key as --tls-key"),
        ({"tls_cert": nowhere, "tls_key": files.key}, f"--tls-cert: cannot read {nowhere}: No such file"),
        ({"tls_cert": files.cert, "tls_key": nowhere}, f"--tls-key: cannot read {nowhere}: No such file"),
        ({"tls_cert": tmp_path}, f"--tls-cert: cannot read {tmp_path}: Is a directory"),
        ({"tls_cert": files.cert, "tls_key": files.other_key}, "is not the key of the certificate"),
        ({"tls_cert": text, "tls_key": files.key}, "are not a certificate and its key in PEM"),
        ({"tls_cert": text}, "has no certificate with its key in PEM"),
    ):
        with pytest.raises(SettingsError) as raised:
            tls_of(Settings(**given))
        assert words in str(raised.value)
        assert raised.value.exit_code == 2


def test_an_encrypted_key_is_an_error_and_asks_for_nothing(files: Files, tmp_path: Path):
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(SettingsError, match="is encrypted: give the key without a password"):
        tls_of(Settings(tls_cert=files.cert, tls_key=encrypted))


def test_key_and_certificate_may_be_in_one_file(files: Files):
    assert tls_of(Settings(tls_cert=files.both)).authority is None


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    with pytest.raises(SettingsError, match=r"infisical-mockserver\[tls\]"):
        tls_of(Settings(tls="auto"))


def test_a_certificate_of_its_own_names_the_hosts(monkeypatch: pytest.MonkeyPatch):
    from cryptography import x509

    made = SimpleNamespace(names=())

    def noted(self: ssl.SSLContext, path: str) -> None:
        found = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        made.names = {str(each.value) for each in names}

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", noted)
    monkeypatch.setattr("socket.gethostname", lambda: "box")
    tls_of(Settings(tls="auto", host="10.0.0.7", allowed_hosts=("mock.example.com", "bad_name", "*")))
    assert made.names == {"localhost", "127.0.0.1", "::1", "box", "10.0.0.7", "mock.example.com"}


async def test_addresses_that_the_server_writes_are_https(secure: Any, files: Files):
    client = await secure()
    async with wire(client.port, files.trust) as talk:
        await talk.send(request())
        assert (await talk.answer()).status == 200
        for path in ("/_mock/requests.har", "/_mock/requests/latest/curl", "/_mock/worlds/default"):
            await talk.send(head("GET", path))
            text = (await talk.answer()).content.decode()
            assert "https://localhost" in text, path
            assert "http://localhost" not in text, path
