"""What holds where nobody says otherwise, and the words of the settings: plain values.

They stand apart so that a command which only prints them, or only asks a server, loads nothing else.
"""

from typing import Literal, get_args

DEFAULT_PORT = 8080
MAX_BODY = 1024 * 1024
MAX_HEADER_SIZE, MAX_HEADERS = 8190, 128
MAX_CONNECTIONS = 4096
HEADER_SECONDS = BODY_SECONDS = 10
IDLE_SECONDS, WRITE_SECONDS = 15, 30
JOURNAL_BYTES = 16 * 1024 * 1024
DEFAULT_TOKEN_SECRET = "infisical-mock-token-secret-not-for-production"  # noqa: S105 - public by design

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = get_args(Level)
Format = Literal["text", "json"]
EngineName = Literal["compiled", "openapi-core"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
