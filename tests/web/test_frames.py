"""The handler's panel within another system's page: signed, for one person, held by no other page."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from server.web.framing import Framing, signature
from tests.fakes import FakeClock
from tests.house import House, open_house
from tests.stories import HANNAH, SAM
from tests.web.visitor import Visitor

KEY = b"a key of the control room's system"
CAD = "https://cad.example"
SOON = str(int(FakeClock().now().timestamp()) + 60)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.close()
        house.framing = Framing(ancestors=(CAD,), keys=(b"an old key", KEY), now=FakeClock().now)
        await house.open()
        yield house


@pytest_asyncio.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(house, session)


def address(*, key: bytes = KEY, **changes: str) -> str:
    asked = {"call": "CA1", "person": "hannah", "until": SOON}
    signed = signature(key, asked)
    return f"/panel/frame?{urlencode({**asked, 'signature': signed, **changes})}"


async def shown(visitor: Visitor, path: str) -> tuple[int, str, str, str | None]:
    """The status, the page's title, who may hold it, and what older browsers are told."""
    async with visitor.session.get(visitor.house.url + path, allow_redirects=False) as answer:
        text = await answer.text()
        title = text.partition("<title>")[2].partition("</title>")[0]
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        return answer.status, title, policy["frame-ancestors"], answer.headers.get("X-Frame-Options")


async def test_the_panel_is_shown_to_the_handler_for_whom_it_was_signed(visitor: Visitor) -> None:
    await visitor.sign_in(HANNAH.id)
    assert await shown(visitor, address()) == (200, "Earshot", CAD, None)


async def test_an_old_key_signs_while_it_is_being_replaced(visitor: Visitor) -> None:
    await visitor.sign_in(HANNAH.id)
    assert (await shown(visitor, address(key=b"an old key")))[0] == 200


async def test_whoever_is_not_signed_in_is_told_where_to(visitor: Visitor) -> None:
    assert await shown(visitor, address()) == (200, "Sign in to Earshot", CAD, None)


@pytest.mark.parametrize(
    "path",
    [
        address(key=b"another key"),
        address(call="CA2"),
        address(person="harry"),
        address(until=str(int(SOON) + 1)),
        address(signature="é"),
        "/panel/frame",
    ],
    ids=["wrong key", "other call", "other person", "longer", "not hexadecimal", "nothing"],
)
async def test_an_address_that_was_not_signed_so_is_refused_in_plain_words(
    visitor: Visitor, path: str
) -> None:
    await visitor.sign_in(HANNAH.id)
    assert await shown(visitor, path) == (403, "Earshot cannot be shown here", CAD, None)


async def test_an_address_is_good_until_its_time(visitor: Visitor) -> None:
    await visitor.sign_in(HANNAH.id)
    asked = {"call": "", "person": "hannah", "until": str(int(SOON) - 61)}
    late = urlencode({**asked, "signature": signature(KEY, asked)})
    assert (await shown(visitor, f"/panel/frame?{late}"))[0] == 403


async def test_a_signature_is_no_way_in_for_somebody_else(visitor: Visitor) -> None:
    await visitor.sign_in(SAM.id)
    assert (await shown(visitor, address()))[0] == 403


async def test_without_a_key_nothing_is_good(visitor: Visitor) -> None:
    visitor.house.framing = Framing(ancestors=(CAD,), now=FakeClock().now)
    await visitor.house.restart()
    assert await shown(visitor, address(key=b"")) == (403, "Earshot cannot be shown here", CAD, None)


async def test_no_page_but_the_framed_one_may_be_held(visitor: Visitor) -> None:
    await visitor.sign_in(HANNAH.id)
    assert await shown(visitor, "/panel") == (200, "Earshot", "'none'", "DENY")
