"""One request to the provider, and its answer as a bounded JSON object."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp

from server.ports.identity import IdentityLost

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Where a provider may be without TLS: nobody listens between us and it."""
ANSWER_MOST = 262_144
"""Bytes."""


async def fetched(request: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> tuple[int, dict[str, Any]]:
    """Status and object; what is no object is an empty one. Raises `IdentityLost`."""
    try:
        async with request as answer:
            body = await answer.content.read(ANSWER_MOST + 1)
            while len(body) <= ANSWER_MOST and (more := await answer.content.read(ANSWER_MOST)):
                body += more
            return answer.status, _object(body)
    except TimeoutError:
        raise IdentityLost("no answer in time") from None
    except aiohttp.ClientError as error:
        raise IdentityLost(type(error).__name__) from None


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > ANSWER_MOST:
        raise IdentityLost("its answer is too long")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
