"""The OpenAPI document: where it is, what it holds, and the proof that it is a valid one.

openapi-core is the judge of that. It takes half of a start to import, so a document whose digest is on the proved
list (`proved.txt`, which the tests hold to the truth) is not proved again at every start.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mockserver import parsed_texts, strict_yaml
from mockserver.errors import SpecError
from mockserver.rules.generation import Generation

OVERLAYS = Path(__file__).with_name("overlays")
"""The folder of the overlays, each named by its generation."""

_MAX_DEPTH = 200
_MERGE = "<<"


class Document(NamedTuple):
    """An OpenAPI document: its name in messages, its text as it stands in the file, and the parsed value.

    `overlays` are the texts of the overlays that the value has and the text has not.
    """

    name: str
    text: str
    value: dict[str, Any]
    overlays: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the text and its overlays, in hexadecimal."""
        return digest("".join((self.text, *self.overlays)))

    def yaml(self) -> str:
        """Return the document as YAML: the text as it stands, unless there are overlays."""
        if not self.overlays:
            return self.text
        import yaml  # only for a document that nobody has written down

        return yaml.dump(self.value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)


@lru_cache(maxsize=8)
def digest(text: str) -> str:
    """Return the SHA-256 of a document's text, in hexadecimal."""
    return parsed_texts.digest(text)


def read(path: Path) -> Document:
    """Read and validate the document at `path`. Raises SpecError with the reason and the place."""
    return parsed(str(path), text_at(path))


def text_at(path: Path) -> str:
    """Return the text at `path`. Raises SpecError if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SpecError(f"{path}: cannot be read: {reason}") from error


def parsed(name: str, text: str) -> Document:
    """Parse and validate the text of a document. Raises SpecError with the reason and the place."""
    document = Document(name, text, _parsed(name, text))
    if document.digest not in proved():
        prove(document)
    return document


def trusted(name: str, text: str) -> Document:
    """Parse a document of the package without validating it: the tests have done so."""
    return Document(name, text, _parsed(name, text))


@cache
def proved() -> frozenset[str]:
    """Return the digests of the documents that the tests have validated."""
    return frozenset(Path(__file__).with_name("proved.txt").read_text("ascii").split())


def overlays_until(generation: Generation) -> list[tuple[str, str]]:
    """Return name and text of each overlay that makes the document of that generation, oldest first."""
    return [(path.name, path.read_text("utf-8")) for path in sorted(OVERLAYS.glob("*.yaml")) if path.stem <= generation]


def prove(document: Document) -> None:
    """Validate the document with openapi-core. Raises SpecError for its first error."""
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
    except strict_yaml.Unreadable as error:
        raise SpecError(f"{_at(name, error.place)}: invalid YAML: {error.reason}") from error
    if twice:
        path, second = twice[0]
        raise SpecError(f"{_at(name, second)}: duplicate key {path[-1]}")
    if not isinstance(value, dict):
        raise SpecError(f"{name}: not an OpenAPI document: the top level must be an object")
    return with_merge_keys(value) if _MERGE in text else value


def with_merge_keys(value: Any) -> Any:
    """Return the value with merge keys expanded: YAML 1.2 has none, but OpenAPI documents use them."""
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
