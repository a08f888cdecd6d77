"""A client that shares no line with ours, libwebrtc in Node, comes in by the link and joins the call."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.webrtc.by_the_doors import joined, signed_in
from tests.stories import HANNAH, SAM
from tests.video_house import open_video_house
from tests.web.test_visits import VIDEO, sent

CONSOLES = Path(__file__).parents[2] / "consoles"
CLIENT = CONSOLES / "other_client.cjs"
NODE = ("node", "--experimental-websocket")
STUCK_S = 120.0


def missing() -> str:
    """What this machine lacks for it."""
    if not (CONSOLES / "node_modules/@roamhq/wrtc").exists() or not shutil.which("node"):
        return "npm could not fetch @roamhq/wrtc (make test fetches it where it can)"
    websocket = (*NODE, "--eval", "WebSocket")
    asked = subprocess.run(websocket, capture_output=True, check=False)  # noqa: S603 - nobody else's words
    return "" if asked.returncode == 0 else "this Node has no WebSocket (20.10 and later ones have)"


MISSING = missing()


class OtherClient:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said: dict[str, Any] = json.loads(line)
            if wanted(said):
                return said
        raise AssertionError("the other client ended")


@asynccontextmanager
async def other_client(url: str, path: str) -> AsyncIterator[OtherClient]:
    pipe = asyncio.subprocess.PIPE
    command = (*NODE, str(CLIENT), url, path)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**20)
    try:
        yield OtherClient(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
async def test_an_independent_client_comes_in_by_the_link(tmp_path: Path) -> None:
    async with open_video_house(tmp_path) as house, signed_in(house, HANNAH.id) as hannah:
        path = await sent(hannah)
        async with other_client(house.url, path) as other, signed_in(house, SAM.id) as sam:
            shown = await other.until(lambda said: "page" in said)
            assert (shown["page"], shown["opened"], shown["facts"]["kind"]) == (200, 200, "video")
            assert (await other.until(lambda said: "seat" in said))["seat"] == "victim"
            async with asyncio.timeout(STUCK_S), joined(sam) as specialist:
                assert abs(await specialist.sees(0) - 90) < 20
                assert abs(await specialist.hears(0) - 880) < 10
                assert abs((await other.until(lambda said: said.get("grey", 0) > 150))["grey"] - 200) < 30
                assert (await other.until(lambda said: said.get("loud", 0) > 2000))["loud"] > 2000
            assert (await hannah.get(VIDEO))[1]["links"][0]["state"] == "opened"
