"""Whose sign-in it is, for counting tries: the connection's address, or our own proxy's word for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from server.web.doors import DOORS, Doors
from server.web.requests import address_of
from tests.house import open_house


@pytest.fixture
async def doors(tmp_path: Path) -> Doors:
    async with open_house(tmp_path) as house:
        return house._doors()


def asked(doors: Doors, header: str) -> web.Request:
    app = web.Application()
    app[DOORS] = doors
    return make_mocked_request("POST", "/sign-in", headers={"X-Forwarded-For": header}, app=app)


async def test_without_a_proxy_the_header_is_not_believed(doors: Doors) -> None:
    assert address_of(asked(doors, "203.0.113.9")) != "203.0.113.9"


async def test_behind_our_proxy_only_its_own_last_word_counts(doors: Doors) -> None:
    behind = replace(doors, behind_proxy=True)
    assert address_of(asked(behind, "198.51.100.1, 203.0.113.9")) == "203.0.113.9"
