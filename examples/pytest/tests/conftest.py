"""Whatever the tests share: a client in the test's own world, and faults when the command line asks for them."""

from collections.abc import Iterator

import pytest
from kubernetes_access import KubernetesAccess

from mockserver.testing import Now, World

FAULTS = {
    "delay": {"kind": "delay", "seconds": 0.01, "times": 2},
    "status": {"kind": "status", "status": 500, "times": 2},
    "rate-limit": {"kind": "rate-limit", "retryAfter": 7, "times": 2},
    "drop-before-write": {"kind": "drop", "where": "before-write"},
    "drop-after-write": {"kind": "drop", "where": "after-write"},
    "drop-mid-body": {"kind": "drop", "where": "mid-body", "times": 2},
    "stale": {"kind": "stale"},
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fault status` lets the server fail in each test; `--fault each` deals all kinds out in turn."""
    parser.addoption("--fault", choices=[*FAULTS, "each"], help="What goes wrong in each test.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Says which fault each test gets."""
    asked = config.getoption("--fault")
    for number, item in enumerate(items):
        if asked:
            item.stash[FAULT] = list(FAULTS)[number % len(FAULTS)] if asked == "each" else asked


FAULT = pytest.StashKey[str]()


@pytest.fixture
def fault(request: pytest.FixtureRequest, infisical_mock: World[Now]) -> Iterator[str | None]:
    """The fault that is played in this test, if one is; it has been played when the test is over."""
    name = request.node.stash.get(FAULT, None)
    if name is None:
        yield None
        return
    infisical_mock.faults.add(**FAULTS[name])
    yield name
    (played,) = infisical_mock.faults.list()
    assert played["played"] > 0, f"the fault had no turn: {played}"


@pytest.fixture
def slept() -> list[float]:
    """How long the client has waited: it does not really wait."""
    return []


@pytest.fixture
def access(infisical_mock: World[Now], slept: list[float]) -> KubernetesAccess:
    """The client, in the world of this test."""
    return KubernetesAccess(infisical_mock.url, infisical_mock.tokens["deployer"], sleep=slept.append)
