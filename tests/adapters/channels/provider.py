"""A provider's API on this machine: real HTTP, with the answers that a test sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

OK = 200


@dataclass
class Provider:
    """What it was asked, and what it says."""

    status: int = OK
    answer: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        form = request.content_type == "application/x-www-form-urlencoded"
        body: dict[str, Any] = {}
        if request.can_read_body:
            body = {**await request.post()} if form else await request.json()
        self.asked.append((request.method, request.path, body))
        return web.json_response(self.answer, status=self.status)


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    here = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", here.take)
    async with TestServer(app) as server:
        here.url = str(server.make_url("")).rstrip("/")
        yield here
