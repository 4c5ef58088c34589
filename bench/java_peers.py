"""WireMock and MockServer, from Maven Central into a folder that is no part of the checkout.

Each checks the body against the JSON schema of the update and makes its answer from a template with the identity's id:
what their documentation recommends for such an API. Neither writes a log or keeps a journal.
"""

import json
import re
import shutil
import subprocess
from functools import cache

import yaml

from bench.rounds import progress
from bench.servers import ROOT, Running
from bench.workload import PATH

INSTALLED = ROOT / ".bench" / "maven"
WIREMOCK, MOCKSERVER = "WireMock", "MockServer"
_JARS = {
    WIREMOCK: ("org.wiremock", "wiremock-standalone", "3.13.2"),
    MOCKSERVER: ("org.mock-server", "mockserver-netty-no-dependencies", "5.15.0"),
}
_SECONDS = 180


def others(body):
    """How each is started, by name. `body` is the file with the answer. Raises RuntimeError where that cannot be."""
    return {WIREMOCK: lambda: _wiremock(body), MOCKSERVER: lambda: _mockserver(body)}


def versions():
    """Names and versions of Java and of both; none where there is no Java."""
    if shutil.which("java") is None:
        return []
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "([^"]+)"', said)
    return [("Java", found[1] if found else "?"), *((name, jar[2]) for name, jar in _JARS.items())]


@cache
def _jar(name):
    """Return the jar, fetched if it is not there."""
    if shutil.which("java") is None or shutil.which("mvn") is None:
        raise RuntimeError("there is no Java, or no Maven")
    group, artifact, version = _JARS[name]
    jar = INSTALLED / f"{artifact}-{version}.jar"
    if not jar.is_file():
        progress(f"Maven fetches {name} into .bench/maven")
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={group}:{artifact}:{version}"]
        try:
            ran = subprocess.run(
                [*command, f"-DoutputDirectory={INSTALLED}"],
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"Maven did not fetch it in {_SECONDS} s") from None
        if ran.returncode or not jar.is_file():
            progress(ran.stdout[-2000:])
            raise RuntimeError("Maven could not fetch it: is its repository there?")
    return jar


def _schema():
    """The schema of the update's body, as JSON Schema."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    update = document["paths"][PATH + "{identityId}"]["patch"]
    return _without_nullable(update["requestBody"]["content"]["application/json"]["schema"])


def _without_nullable(schema):
    if isinstance(schema, list):
        return [_without_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    dropped = ("nullable", "description")
    found = {name: _without_nullable(value) for name, value in schema.items() if name not in dropped}
    if schema.get("nullable") is True and "type" in schema:
        found["type"] = [schema["type"], "null"]
    return found


def _templated(body, expression):
    """The answer, with an expression of a template in place of the identity's id."""
    answer = json.loads(body.read_bytes())
    record = next(iter(answer.values()))
    return json.dumps(answer).replace(record["identityId"], expression)


def _wiremock(body):
    folder = body.with_name("wiremock")
    (folder / "mappings").mkdir(parents=True)
    mapping = {
        "request": {
            "method": "PATCH",
            "urlPathPattern": f"{PATH}[^/]+",
            "headers": {"Authorization": {"matches": "Bearer .+"}},
            "bodyPatterns": [{"matchesJsonSchema": _schema(), "schemaVersion": "V202012"}],
        },
        "response": {
            "status": 200,
            "headers": {"Content-Type": "application/json"},
            "body": _templated(body, "{{request.pathSegments.[5]}}"),
            "transformers": ["response-template"],
        },
    }
    (folder / "mappings" / "update.json").write_text(json.dumps(mapping))
    jar = str(_jar(WIREMOCK))
    quiet = ["--disable-banner", "--no-request-journal", "--disable-request-logging", "--disable-gzip"]
    quiet += ["--bind-address", "127.0.0.1"]
    return Running(lambda port: ["java", "-jar", jar, "--port", str(port), "--root-dir", str(folder), *quiet])


def _mockserver(body):
    expectation = {
        "httpRequest": {
            "method": "PATCH",
            "path": PATH + "{identityId}",
            "pathParameters": {"identityId": ["[0-9a-f-]+"]},
            "headers": {"Authorization": ["Bearer .+"]},
            "body": {"type": "JSON_SCHEMA", "jsonSchema": _schema()},
        },
        "httpResponseTemplate": {
            "templateType": "MUSTACHE",
            "template": json.dumps(
                {
                    "statusCode": 200,
                    "headers": {"Content-Type": ["application/json"]},
                    "body": _templated(body, "{{ request.pathParameters.identityId.0 }}"),
                }
            ),
        },
    }
    file = body.with_name("mockserver.json")
    file.write_text(json.dumps([expectation]))
    jar = str(_jar(MOCKSERVER))
    settings = {
        "initializationJsonPath": file,
        "disableSystemOut": "true",
        "disableLogging": "true",
        "logLevel": "OFF",
        "maxLogEntries": "1",
    }
    given = [f"-Dmockserver.{name}={value}" for name, value in settings.items()]
    return Running(lambda port: ["java", *given, "-jar", jar, "-serverPort", str(port), "-logLevel", "OFF"])
