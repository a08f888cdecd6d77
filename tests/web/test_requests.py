"""What is asked, however the network cuts it."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from server.web.acts import Duty
from server.web.requests import BODY_LIMIT, body_of


@pytest.fixture
async def body() -> aiohttp.StreamReader:
    loop = asyncio.get_running_loop()
    protocol = BaseProtocol(loop)
    protocol.connection_made(asyncio.Transport())
    return aiohttp.StreamReader(protocol, 2**16, loop=loop)


async def asked_in_parts(body: aiohttp.StreamReader, first: bytes, second: bytes) -> Duty:
    """The second part comes after the first was taken."""
    request = make_mocked_request("POST", "/", {"Content-Type": "application/json"}, payload=body)

    body.feed_data(first)
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(body_of(request, Duty))
        await asyncio.sleep(0)
        body.feed_data(second)
        body.feed_eof()
    return asked.result()


async def test_a_body_that_comes_in_parts_is_read_to_its_end(body: aiohttp.StreamReader) -> None:
    assert await asked_in_parts(body, b'{"on_', b'duty": true}') == Duty(on_duty=True)


async def test_parts_that_are_too_much_together_are_refused(body: aiohttp.StreamReader) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        await asked_in_parts(body, b" " * BODY_LIMIT, b" ")
    assert refused.group_contains(web.HTTPRequestEntityTooLarge)
