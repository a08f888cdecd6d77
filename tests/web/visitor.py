"""A browser without a screen, for the doors by HTTP."""

from typing import Any

import aiohttp

from tests.house import PASSWORD, House


class Visitor:
    """A browser without a screen."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self.house = house
        self.session = session
        self.csrf = ""

    async def sign_in(self, name: str, password: str = PASSWORD) -> int:
        status, _ = await self.post("/sign-in", {"name": name, "password": password})
        if status == 200:
            self.csrf = (await self.get("/api/session"))[1]["csrf"]
        return status

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.house.url + path, allow_redirects=False) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        sent = {"Origin": self.house.url, "X-CSRF-Token": self.csrf, **headers}
        async with self.session.post(self.house.url + path, json=body, headers=sent) as answer:
            return answer.status, await answer.json()


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    assert body["error"]["message"].endswith(".")
    return status, body["error"]["code"]
