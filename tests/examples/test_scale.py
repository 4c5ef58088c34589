"""`examples/scale`: a real nginx in front of three servers, and the files for compose and Kubernetes."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from docs.generators.scale import configuration
from docs.render import EXAMPLES
from mockserver import __version__
from mockserver.infisical.access_tokens.credentials import ADDRESS_HEADERS
from mockserver.testing.mock import server_at
from tests.cli.commands import Running, serving
from tests.cli.test_workers import created, until, updated
from tests.testing.runs import ROOT, XDIST, run_tests

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx")
FOLDER = ROOT / "examples" / "scale"
CLIENT = ROOT / "examples" / "pytest"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_is_that_of_the_code(name: str):
    assert (ROOT / "examples" / name).read_text("utf-8") == EXAMPLES[name](), "make docs brings it up to date"


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text("utf-8")))


@pytest.mark.parametrize("manifest", manifests(), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_each_manifest_holds_to_the_schemas_of_kubernetes(manifest: dict[str, Any]):
    kubernetes_validate.validate(manifest, "1.33", strict=True)


def test_a_wrong_manifest_does_not_hold():
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**manifests()[1], "spec": {"replicas": "three"}}, "1.33", strict=True)


def test_the_names_in_the_manifests_agree():
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in manifests()}
    servers = by_name["StatefulSet", "infisical-mock"]
    service = by_name["Service", servers["spec"]["serviceName"]]
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == servers["spec"]["template"]["metadata"]["labels"]
    text = by_name["ConfigMap", "infisical-mock-nginx"]["data"]["nginx.conf"]
    for number in range(servers["spec"]["replicas"]):
        assert f"server infisical-mock-{number}.{service['metadata']['name']}:8080 resolve" in text
    front = by_name["Deployment", "infisical-mock-nginx"]["spec"]["template"]
    assert by_name["Service", "infisical-mock"]["spec"]["selector"] == front["metadata"]["labels"]


def test_the_servers_of_compose_are_those_of_nginx():
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
    servers = [name for name in services if name != "nginx"]
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    assert [line.split()[1] for line in text.splitlines() if "max_fails" in line] == [
        f"{each}:8080" for each in servers
    ]
    assert set(services["nginx"]["depends_on"]) == set(servers)
    assert __version__ in services["mock-1"]["image"]


@contextmanager
def scaled(folder: Path) -> Iterator[tuple[str, list[Running], ExitStack]]:
    """A real nginx in front of three servers: its URL, the servers, and what ends them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(INFISICAL_MOCK_JOURNAL_SIZE="20000")) for _ in range(3)]
        file = folder / "nginx.conf"
        with serving() as free:  # a port that was free a moment ago
            port = free.port
        main = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log warn;\nuser root;\n"
        file.write_text(configuration(f"127.0.0.1:{port}", [f"127.0.0.1:{each.port}" for each in servers], main))
        nginx = subprocess.Popen(["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(file)])
        try:
            front = Running.__new__(Running)
            front.port = port
            until(lambda: _healthy(front), "nginx answers")
            yield f"http://127.0.0.1:{port}", servers, stack
        finally:
            nginx.terminate()
            nginx.wait(10)


def _healthy(front: Running) -> bool:
    try:
        return front.ask("GET", "/_mock/health")[0] == 200
    except OSError:
        return False


def worlds_of(server: Running) -> set[str]:
    return {each["id"] for each in json.loads(server.ask("GET", "/_mock/worlds")[2])["worlds"]}


def seen_by(server: Running) -> set[str]:
    requests = json.loads(server.ask("GET", "/_mock/requests?limit=1000")[2])["requests"]
    return {each["world"] for each in requests}


@needs_nginx
@pytest.mark.extensive
def test_two_hundred_tests_in_parallel_each_world_on_one_server(tmp_path: Path):
    with scaled(tmp_path) as (url, servers, _):
        ended = run_tests(CLIENT, "tests/test_access.py", *XDIST, "-n", "4", INFISICAL_MOCK_URL=url)
        assert ended.outcomes == {"passed": 200}, ended.text
        seen = [seen_by(each) for each in servers]
        for number, worlds in enumerate(seen):
            for other in seen[number + 1 :]:
                assert not worlds & other, "no world was on two servers"
        # A journal shows a thousand exchanges; the copies of one world are all on its server.
        assert sum(map(len, seen)) >= 100
        assert [worlds_of(each) for each in servers] == [{"default"}] * 3, "every world is gone"


@needs_nginx
@pytest.mark.extensive
def test_a_server_that_is_killed_and_started_again_loses_only_its_own_worlds(tmp_path: Path):
    with scaled(tmp_path) as (url, servers, stack):
        front = Running.__new__(Running)
        front.port = int(url.rpartition(":")[2])
        names = [f"world-{number}" for number in range(60)]
        for name in names:
            created(front, name)
        homes = {name: number for number, each in enumerate(servers) for name in worlds_of(each) & set(names)}
        assert set(homes.values()) == {0, 1, 2}
        wrong: list[tuple[str, int]] = []
        stop = threading.Event()

        def others() -> None:
            while not stop.is_set():
                for name in names:
                    if homes[name] != 1:
                        status = updated(front, name)[0]
                        if status != 200:
                            wrong.append((name, status))

        meanwhile = threading.Thread(target=others)
        meanwhile.start()
        time.sleep(0.5)
        servers[1].process.kill()
        servers[1].process.wait(10)
        gone = [name for name in names if homes[name] == 1]
        status, _, content = updated(front, gone[0])
        assert (status, json.loads(content)["error"]) == (503, "ServerDown")
        assert gone[0].encode() in content
        again = stack.enter_context(serving("--port", str(servers[1].port)))
        for name in gone:
            status, headers, content = updated(front, name)
            assert (status, headers["Mock-Rule"]) == (404, "world.unknown")
            assert f"on the server 127.0.0.1:{again.port}".encode() in content
        created(front, gone[0])
        assert updated(front, gone[0])[0] == 200
        stop.set()
        meanwhile.join()
        assert wrong == [], "the worlds of the other servers noticed nothing"
        assert server_at(url).health()["status"] == "healthy"


@needs_nginx
def test_the_configuration_for_compose_is_valid(tmp_path: Path):
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    file = tmp_path / "nginx.conf"
    # The names of the servers exist within compose alone.
    file.write_text(text.replace("mock-", "127.0.0.").replace("/tmp/nginx.pid", f"{tmp_path}/nginx.pid"))
    ended = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_every_header_that_can_carry_the_client_address_is_known_to_nginx():
    text = configuration("8080", ["mock:8080"])
    for each in ADDRESS_HEADERS:
        assert f"$http_{each.replace('-', '_')}" in text
