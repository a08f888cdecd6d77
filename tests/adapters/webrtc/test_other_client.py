"""A client that shares no line with ours: libwebrtc in Node, joins, is seen and heard, sees and hears."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.domain.ids import ParticipantId
from server.domain.speech import Party
from server.ports.bridge import Joining
from tests.adapters.webrtc.peers import a_room, pitch

CONSOLES = Path(__file__).parents[2] / "consoles"
CLIENT = CONSOLES / "other_client.cjs"
PRESENT = (CONSOLES / "node_modules/@roamhq/wrtc").exists() and shutil.which("node")
WITHOUT = "npm could not fetch @roamhq/wrtc (make test fetches it where it can)"


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

    def answered(self, sdp: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"answer": sdp}).encode())


@asynccontextmanager
async def other_client() -> AsyncIterator[OtherClient]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", CLIENT, stdin=pipe, stdout=pipe, limit=2**20)
    try:
        yield OtherClient(process)
    finally:
        process.kill()
        await process.communicate()


@pytest.mark.skipif(not PRESENT, reason=WITHOUT)
async def test_an_independent_client_joins() -> None:
    async with a_room() as stage, other_client() as other:
        specialist = await stage.join("s", party=Party.HANDLER, hz=440, brightness=200)
        stage.show("s", "v")
        stage.show("v", "s")
        offer = (await other.until(lambda said: "offer" in said))["offer"]
        joining = Joining(
            participant=ParticipantId("v"),
            attempt=1,
            offer=offer,
            talks=True,
            party=Party.CALLER,
            public=False,
        )
        other.answered(await stage.room.connect(joining))
        await stage.watcher.until("connected", "v")

        assert abs(await specialist.sees(0) - 90) < 20
        heard = await stage.line.has_heard(Party.CALLER, 2.0)
        assert abs(pitch(heard[-4000:], 8000) - 880) < 10
        assert abs((await other.until(lambda said: said.get("grey", 0) > 150))["grey"] - 200) < 30
        assert (await other.until(lambda said: said.get("loud", 0) > 2000))["loud"] > 2000
