"""The server needs no network: it starts, answers and stops where every way out raises."""

import subprocess
import sys

SCRIPT = """
import ipaddress, signal, sys, threading, time

def guard(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
            print("WENT OUT", event, address, flush=True)
            raise ConnectionRefusedError(str(address))
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"):
        name = arguments[0]
        if event == "socket.sendto" or name not in (None, "", "127.0.0.1", "::1", "localhost", b"127.0.0.1"):
            print("WENT OUT", event, name, flush=True)
            raise OSError(str(name))

sys.addaudithook(guard)
sys.modules["uvloop"] = None  # it calls the system by itself, past the hook
if sys.argv[1:] == ["prove"]:
    import socket
    try:
        socket.create_connection(("192.0.2.1", 9), 1)
    except OSError as error:
        print("REFUSED", type(error).__name__)
    raise SystemExit
port_file = sys.argv[1]
PAYMENTS = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
GATEWAY = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000006"

def ask():
    import http.client, os, pathlib
    for _ in range(200):
        if pathlib.Path(port_file).exists():
            break
        time.sleep(0.05)
    port = int(pathlib.Path(port_file).read_text())
    statuses = []
    for method, path, body in (
        ("GET", "/_mock/health", None),
        ("PATCH", PAYMENTS, '{"kubernetesHost": "https://prod.k8s.example:6443", "tokenReviewerJwt": "any"}'),
        ("PATCH", PAYMENTS, '{"kubernetesHost": "https://example.com", "tokenReviewerJwt": "any"}'),
        ("PATCH", GATEWAY, '{"allowedNames": "a"}'),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Authorization": "Bearer acme-admin-token", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        statuses.append(connection.getresponse().status)
        connection.close()
    print("ANSWERED", statuses, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=ask, daemon=True).start()
sys.argv = ["infisical-mock", "serve", "--port", "0", "--port-file", port_file]
from mockserver.cli.main import main
main()
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_guard_of_this_test_does_refuse_the_network():
    told = run("prove").stdout
    assert "WENT OUT" in told
    assert "REFUSED" in told


def test_the_server_starts_answers_and_stops_without_a_way_out(tmp_path):
    ended = run(str(tmp_path / "port"))
    assert "WENT OUT" not in ended.stdout + ended.stderr
    assert "ANSWERED [200, 200, 200, 200]" in ended.stdout, ended.stderr
    assert ended.returncode == 0
    assert ended.stderr == ""
