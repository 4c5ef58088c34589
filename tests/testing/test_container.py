"""The Testcontainers class, as far as it goes without a Docker: what it would start, and what it waits for.

Testcontainers itself is real; the client that would talk to Docker notes what it is asked to run.
"""

import ssl
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import pytest

from mockserver import __version__
from mockserver.app import fixtures_of
from mockserver.cli.serve import serve, settings_of
from mockserver.clock import from_iso
from mockserver.rules.profile import Profile
from mockserver.seeding.load import load
from mockserver.testing import Mock

container = pytest.importorskip("mockserver.testing.container", exc_type=ModuleNotFoundError)

ACME = "0a000000-0000-4000-8000-000000000001"
WORLD = f"version: 1\norganizations: [{{ id: {ACME}, name: Acme, slug: acme }}]\n"


def archive(path: str, content: bytes) -> Iterator[bytes]:
    """The file as Docker sends it: a tar in pieces."""
    written = BytesIO()
    with tarfile.open(fileobj=written, mode="w") as files:
        entry = tarfile.TarInfo(Path(path).name)
        entry.size = len(content)
        files.addfile(entry, BytesIO(content))
    whole = written.getvalue()
    return iter([whole[:700], whole[700:]])


@pytest.fixture
def docker(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A Docker that runs nothing: what was asked of it, and a server of ours behind every container."""
    asked: dict[str, Any] = {}

    class Client:
        client = SimpleNamespace(close=lambda: None)

        def __init__(self, **_: Any) -> None:
            pass

        def create(self, image: str, **given: Any) -> Any:
            asked.update(given, image=image)
            return SimpleNamespace(
                id="0123456789ab",
                short_id="0123",
                status="running",
                reload=lambda: None,
                logs=lambda: b"",
                remove=lambda **_: asked.update(removed=True),
                get_archive=lambda path: (archive(path, asked["authority"]), {}),
            )

        def start(self, _: Any) -> None:
            asked["started"] = True

        def host(self) -> str:
            return "127.0.0.1"

        def get_connection_mode(self) -> Any:
            from testcontainers.core.config import ConnectionMode

            return ConnectionMode.docker_host

        def port(self, _: str, port: int) -> int:
            assert port == 8080
            return asked["behind"]

    monkeypatch.setattr("testcontainers.core.container.DockerClient", Client)
    monkeypatch.setattr("testcontainers.core.config.testcontainers_config.ryuk_disabled", True)
    with Mock() as mock:
        asked["behind"] = int(mock.url.rpartition(":")[2])
        yield asked


def test_it_starts_the_image_waits_until_it_is_seeded_and_gives_its_server(docker: dict[str, Any]):
    made = container.InfisicalMockContainer()
    made.start()
    assert docker["image"] == f"infisical-mock:{__version__}"
    assert docker["environment"] == {"INFISICAL_MOCK_PORT": "8080", "INFISICAL_MOCK_PROFILE": "contract"}
    assert docker["started"]
    assert list(docker["ports"]) == ["8080"]
    assert made.url == f"http://127.0.0.1:{docker['behind']}"
    with made.server().world() as world:
        assert world.tokens["ops-admin"] == "acme-admin-token"


def test_it_waits_for_the_health_check(docker: dict[str, Any]):
    docker["behind"] = 1
    made = container.InfisicalMockContainer()
    made._wait_strategy.with_startup_timeout(1)
    with pytest.raises(TimeoutError):
        made.start()


@pytest.mark.parametrize("how", ["text", "path", "mapping"])
def test_what_it_is_told_goes_in_as_variables_that_the_command_takes(
    docker: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
):
    path = tmp_path / "world.yaml"
    path.write_text(WORLD)
    fixtures = {"text": WORLD, "path": path, "mapping": {"version": 1}}[how]
    container.InfisicalMockContainer(
        "registry.example/mock:1",
        profile="live",
        as_of="2026-09",
        trusted_proxies=["10.0.0.0/8", "fd00::/8"],
        now="2026-01-01T00:00:00Z",
        fixtures=fixtures,
        control_token="t",
    ).start()
    assert docker["image"] == "registry.example/mock:1"
    variables = docker["environment"]
    assert variables["INFISICAL_MOCK_FIXTURES_YAML"] == ('{"version":1}' if how == "mapping" else WORLD)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read = settings_of(serve.make_context("serve", []).params)
    assert (read.port, read.profile, read.control_token) == (8080, Profile.LIVE, "t")
    assert (read.clock, read.as_of) == (from_iso("2026-01-01T00:00:00Z"), "2026-09")
    assert read.trusted_proxies == ("10.0.0.0/8", "fd00::/8")
    assert load(fixtures_of(read), 0).organizations.keys() == ({ACME} if how != "mapping" else set())


def test_with_tls_its_url_is_https_and_clients_trust_the_authority_of_its_file(docker: dict[str, Any]):
    with Mock(tls="auto") as mock:
        assert mock.tls_ca_file is not None
        docker.update(behind=int(mock.url.rpartition(":")[2]), authority=mock.tls_ca_file.read_bytes())
        made = container.InfisicalMockContainer(tls="auto")
        assert made.tls_ca_file is None
        with made:
            assert docker["environment"]["INFISICAL_MOCK_TLS"] == "auto"
            assert docker["environment"]["INFISICAL_MOCK_TLS_CA_FILE"].startswith("/tmp/")
            assert made.url == f"https://127.0.0.1:{docker['behind']}"
            file = made.tls_ca_file
            assert file is not None
            with urlopen(f"{made.url}/api/status", context=ssl.create_default_context(cafile=file)) as answer:
                assert answer.status == 200
            with made.server().world() as world:
                assert world.url.startswith("https://")
                assert world.tls_ca_file == file
    assert docker["removed"]
    assert not file.exists()


def test_without_tls_nothing_of_it_is_set(docker: dict[str, Any]):
    made = container.InfisicalMockContainer(tls="off")
    made.start()
    assert not [name for name in docker["environment"] if "TLS" in name]
    assert made.tls_ca_file is None
