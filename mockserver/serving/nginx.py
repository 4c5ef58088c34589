"""The configuration of nginx in front of several servers: each world stays on one of them."""

from collections.abc import Sequence
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("nginx.conf")


def configuration(listen: str, servers: Sequence[str], main: str = "", upstream: str = "") -> str:
    """Return the text of `nginx.conf`.

    `listen` is the argument of nginx's `listen`, such as `127.0.0.1:8080`; `servers` are those of its upstream, with
    their parameters; `main` and `upstream` are further directives of these contexts, a line each.
    """
    lines = [*upstream.splitlines(), *(f"server {each} max_fails=0;" for each in servers)]
    values = {
        "@MAIN@": main,
        "@LISTEN@": f"        listen {listen};",
        "@SERVERS@": "\n".join(f"        {line}" for line in lines),
    }
    text = _TEMPLATE.read_text("utf-8")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
