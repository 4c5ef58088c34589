"""The rules of the stages before the operation, in the order of the pipeline."""

from typing import Any

from mockserver.api.request_rules import BODY, HEADERS
from mockserver.api.route_rules import ROUTE
from mockserver.infisical.access_tokens.rules import ARRIVAL, CREDENTIAL, MEMBERSHIP, PROTECTED
from mockserver.infisical.rate_limits.rules import RATE_LIMITS
from mockserver.rules.rule import Rulebook

STAGES: tuple[tuple[str, Rulebook[Any]], ...] = (
    ("route", ROUTE),
    ("header", HEADERS),
    ("token", CREDENTIAL),
    ("token", ARRIVAL),
    ("token", MEMBERSHIP),
    ("token", PROTECTED),
    ("body", BODY),
    ("rate-limit", RATE_LIMITS),
)
