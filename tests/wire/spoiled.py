"""Answers that a worse mock would give. Terraform stumbles over each: a trap that nothing springs holds nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.wire.exchanges import Answer, Exchange, Spoil


def json_of(method: str, change: Callable[[Any], None]) -> Spoil:
    """Changes the JSON of good answers to that method, in place."""

    def spoil(exchange: Exchange) -> Answer:
        if exchange.method != method or exchange.answer.status != 200:
            return exchange.answer
        value = exchange.answer.json
        change(value)
        return replace(exchange.answer, content=json.dumps(value).encode())

    return spoil


def record(method: str, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Changes the record in good answers to that method."""
    return json_of(method, lambda value: change(value["identityKubernetesAuth"]))


def key(name: str, value: Any, method: str = "POST") -> Spoil:
    """Puts another value into the record."""
    return record(method, lambda found: found.update({name: value}))


def without(name: str, method: str = "POST") -> Spoil:
    """Takes a key out of the record."""
    return record(method, lambda found: found.pop(name))


def trusted_ips(change: Callable[[list[dict[str, Any]]], None]) -> Spoil:
    return record("POST", lambda found: change(found["accessTokenTrustedIps"]))


def media_type(name: str) -> Spoil:
    """Gives every answer another media type."""

    def spoil(exchange: Exchange) -> Answer:
        return replace(exchange.answer, headers={**exchange.answer.headers, "Content-Type": name})

    return spoil


def throttled(times: int, **headers: str) -> Spoil:
    """Answers that many requests with 429 and those headers (`_` stands for `-`)."""
    left = [times]

    def spoil(exchange: Exchange) -> Answer:
        if not left[0]:
            return exchange.answer
        left[0] -= 1
        body = {"reqId": "req-00000000000000", "statusCode": 429, "message": "wait", "error": "RateLimitExceeded"}
        return Answer(
            429, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()
        )

    return spoil
