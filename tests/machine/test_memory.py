"""Too little memory for fixtures: a line, exit code 1 and no traceback; a request gets 503, and the world stays.

The MemoryError is a made one. With a real limit a compiled library may end the process instead, now and then, which the
page of the documentation says.
"""

import json
import sys

from tests.machine.running import started, starting

LAUNCHER = """
import sys

def load(*arguments):
    raise MemoryError

from mockserver import {module}
{module}.load = load
from mockserver.cli.main import main
main()
"""


def test_at_the_start():
    command = (sys.executable, "-c", LAUNCHER.replace("{module}", "app"))
    with starting(command=command) as server:
        assert server.process.wait(30) == 1
        assert server.errors == "not enough memory for the fixtures: raise the limit, or serve fewer identities\n"
        assert server.log == ""


def test_in_a_request():
    text = LAUNCHER.replace("from mockserver import {module}", "from mockserver.control import state")
    command = (sys.executable, "-c", text.replace("{module}", "state"))
    with started(command=command) as server, server.client() as client:
        assert client.update("before") == 200
        status, content = client.ask("PUT", "/_mock/worlds/default/state", "{}", **{"Content-Type": "application/json"})
        assert status == 503
        assert json.loads(content) == {
            "error": "ServiceUnavailable",
            "message": "The request cannot be handled: there is not enough memory",
        }
        assert client.namespace() == "before"
        assert client.update("after") == 200
        code, log, errors = server.ended()
    assert (code, errors) == (0, "")
    assert log.count("a request failed") == 1
    assert "Traceback" not in log
