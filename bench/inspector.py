"""What ten open pages of the inspector cost the updates: a mock that is watched in turn with one that is not."""

import threading
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException

from bench import servers
from bench.rounds import Rounds
from bench.table import Row
from bench.workload import ACCEPTED

PAGES = 10
SECONDS = 8
"""How long a round is: a busy server has its pages fetched every two seconds."""
PAGE = "/_mock/ui/journal?world=default"


def inspector(plan, wrk):
    """The accepted update at 16 connections, with ten pages open and with none."""
    with ExitStack() as stack:
        alone, watched = (stack.enter_context(servers.mock()) for _ in range(2))
        for server in (alone, watched):
            servers.usual_answer(server, ACCEPTED)
        fetched = stack.enter_context(pages(watched.port))
        measures = {
            "alone": partial(wrk, alone, ACCEPTED, 16, SECONDS),
            "watched": partial(wrk, watched, ACCEPTED, 16, SECONDS),
        }
        rounds = Rounds(measures, plan.few_rounds, "inspector")
        count = fetched()
    if count < plan.few_rounds * PAGES:
        raise RuntimeError(f"the pages were fetched {count} times only: nothing was measured")
    return [
        Row(
            f"accepted PATCH with {PAGES} pages of the inspector open, share of the rate without",
            rounds.ratio("watched", "alone", "rate"),
            ">=",
            0.95,
        ),
        Row("the same, processor time of a request: times that without", rounds.ratio("watched", "alone", "processor")),
        Row("requests a second, alone / watched", rounds.medians("rate")),
        Row("pages fetched meanwhile", count),
    ]


@contextmanager
def pages(port):
    """Ten pages, which do what a browser does: follow the stream of changes, and fetch the list at each event."""
    stopped, count = threading.Event(), [0]

    def page():
        stream = HTTPConnection("127.0.0.1", port, timeout=30)
        lists = HTTPConnection("127.0.0.1", port, timeout=30)
        stream.request("GET", "/_mock/events?changes=true&world=default")
        events = stream.getresponse()
        with suppress(HTTPException, OSError):
            while not stopped.is_set():
                if events.readline().startswith(b"event: changed"):
                    lists.request("GET", PAGE, headers={"HX-Request": "true", "Accept": "text/html"})
                    answer = lists.getresponse()
                    assert answer.status == 200
                    answer.read()
                    count[0] += 1
        stream.close()
        lists.close()

    threads = [threading.Thread(target=page, daemon=True) for _ in range(PAGES)]
    for each in threads:
        each.start()
    yield lambda: count[0]
    stopped.set()
