"""The values of the package's own YAML texts, as JSON: importing a YAML parser takes longer than reading them.

Each lies in a file that is named by the digest of its text. Another text has another digest, so no value can be out of
date: an edited text is parsed as any other. `make docs` writes the files.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).with_name("parsed")


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def file_of(text: str) -> Path:
    """Return the path of the file with the value of that text."""
    return FOLDER / f"{digest(text)}.json"


def is_own(text: str) -> bool:
    """Whether the text is one of the package's own, which the tests have judged."""
    return file_of(text).exists()


def value_of(text: str) -> Any:
    """Return the value of the text; None if it is none of the package's own, or the files are not there."""
    try:
        return orjson.loads(file_of(text).read_bytes())
    except OSError:
        return None
