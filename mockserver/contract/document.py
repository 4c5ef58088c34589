"""The OpenAPI document: where it is, what it holds, and the proof that it is a valid one.

openapi-core is the judge of that. It takes half of a start to import, so a document whose digest is on the proved
list (`proved.txt`, which the tests hold to the truth) is not proved again at every start.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from mockserver import strict_yaml
from mockserver.errors import SpecError

_MAX_DEPTH = 200
_MERGE = "<<"


class Document(NamedTuple):
    """One document: its name in messages, its text as it stands in the file, and the parsed value."""

    name: str
    text: str
    value: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


def read(path: Path) -> Document:
    """The document at `path`, proved. Raises SpecError, which says what is wrong and where."""
    return parsed(str(path), text_at(path))


def text_at(path: Path) -> str:
    """The text at `path`. Raises SpecError if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SpecError(f"{path}: cannot be read: {reason}") from error


def parsed(name: str, text: str) -> Document:
    """The document of that text, proved. Raises SpecError, which says what is wrong and where."""
    document = Document(name, text, _parsed(name, text))
    if document.digest not in proved():
        prove(document)
    return document


def trusted(name: str, text: str) -> Document:
    """The document of that text, which travels inside the package: the tests have proved it, so no start has to."""
    return Document(name, text, _parsed(name, text))


def proved() -> frozenset[str]:
    """The digests of the documents that the tests have proved."""
    return frozenset(Path(__file__).with_name("proved.txt").read_text("ascii").split())


def prove(document: Document) -> None:
    """Has openapi-core accept the document. Raises SpecError with its first complaint."""
    from openapi_core import OpenAPI
    from openapi_core.exceptions import OpenAPIError
    from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

    try:
        OpenAPI.from_dict(document.value)
    except (OpenAPIError, OpenAPIValidationError) as error:
        where = "/".join(str(step) for step in getattr(error, "absolute_path", ()))
        complaint = getattr(error, "message", None) or str(error)
        raise SpecError(
            f"{document.name}: not a valid OpenAPI document: {where or '(document)'}: {complaint}"
        ) from error


def _parsed(name: str, text: str) -> dict[str, Any]:
    twice: strict_yaml.Twice = []
    try:
        value = strict_yaml.read(text, twice, _MAX_DEPTH)
    except strict_yaml.UNREADABLE as error:
        reason, place = strict_yaml.complaint(error)
        raise SpecError(f"{_at(name, place)}: not readable as YAML: {reason}") from error
    if twice:
        path, second = twice[0]
        raise SpecError(f"{_at(name, second)}: the key {path[-1]} stands twice")
    if not isinstance(value, dict):
        raise SpecError(f"{name}: not an OpenAPI document: the top is not an object")
    return with_merge_keys(value) if _MERGE in text else value


def with_merge_keys(value: Any) -> Any:
    """The value with what its merge keys stand for: YAML 1.2 has none, but documents that people write have them."""
    if isinstance(value, list):
        return [with_merge_keys(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: with_merge_keys(each) for key, each in value.items()}
    merges = found.pop(_MERGE, {})
    for each in merges if isinstance(merges, list) else [merges]:
        found = {**each, **found}
    return found


def _at(name: str, place: strict_yaml.Place | None) -> str:
    return name if place is None else f"{name}:{place[0]}:{place[1]}"
