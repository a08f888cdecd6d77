"""What is asked, however the network cuts it."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from server.web.acts import Duty
from server.web.requests import BODY_LIMIT, body_of


def coming(body: aiohttp.StreamReader) -> web.Request:
    return make_mocked_request("POST", "/", {"Content-Type": "application/json"}, payload=body)


@pytest.fixture
async def body() -> aiohttp.StreamReader:
    loop = asyncio.get_running_loop()
    return aiohttp.StreamReader(BaseProtocol(loop), 2**16, loop=loop)


async def test_a_body_that_comes_in_parts_is_read_to_its_end(body: aiohttp.StreamReader) -> None:
    body.feed_data(b'{"on_')
    asked = asyncio.create_task(body_of(coming(body), Duty))
    await asyncio.sleep(0)
    body.feed_data(b'duty": true}')
    body.feed_eof()
    assert await asked == Duty(on_duty=True)


async def test_parts_that_are_too_much_together_are_refused(body: aiohttp.StreamReader) -> None:
    body.feed_data(b" " * BODY_LIMIT)
    asked = asyncio.create_task(body_of(coming(body), Duty))
    await asyncio.sleep(0)
    body.feed_data(b" ")
    with pytest.raises(web.HTTPRequestEntityTooLarge):
        await asked
