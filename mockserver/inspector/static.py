"""`/_mock/ui/static/…`: the stylesheet, the scripts and the icon, which lie beside this module."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from aiohttp import web

from mockserver.control.resource import problem
from mockserver.coverage.looks import LOOKS

PREFIX = "/_mock/ui/static/"
_FOLDER = Path(__file__).with_name("static")
TYPES = {
    "inspector.css": "text/css; charset=utf-8",
    "inspector.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "htmx.LICENSE.txt": "text/plain; charset=utf-8",
    "reference.css": "text/css; charset=utf-8",
    "reference.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.LICENSE.txt": "text/plain; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every file that is served, with its type."""
_YEAR = "public, max-age=31536000, immutable"


def answer(request: web.BaseRequest) -> web.Response:
    """The file; 304 if the browser has it. It is kept for a year where the address has the version of `address`."""
    name = request.rel_url.raw_path.removeprefix(PREFIX)
    if name not in TYPES:
        return problem(404, "NotFound", f"The inspector has no file of that name: {', '.join(TYPES)}")
    if request.method not in ("GET", "HEAD"):
        refused = problem(405, "MethodNotAllowed", "A file takes GET")
        refused.headers["Allow"] = "GET"
        return refused
    content, tag = _file(name)
    headers = {
        "Content-Type": TYPES[name],
        "ETag": f'"{tag}"',
        "Cache-Control": _YEAR if request.query.get("v") == tag else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == f'"{tag}"':
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, headers=headers)


def address(name: str) -> str:
    """The address of a file, with a version that changes with its content."""
    return f"{PREFIX}{name}?v={_file(name)[1]}"


@cache
def _file(name: str) -> tuple[bytes, str]:
    content = (_FOLDER / name).read_bytes()
    if name == "inspector.css":
        content = LOOKS.encode() + content
    return content, blake2b(content, digest_size=8).hexdigest()
