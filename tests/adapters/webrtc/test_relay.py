"""A leg through a real relay: coturn takes the credentials that we make, and nothing reaches us but by it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiortc import RTCConfiguration, RTCIceServer, RTCIceTransportPolicy
from aiortc.rtcconfiguration import RTCBundlePolicy

from server.adapters.clock import SystemClock
from server.domain.speech import Party
from server.services.relaying import Relays
from tests.adapters.webrtc.peers import a_room
from tests.house import free_port

SECRET = "not-a-secret"
TURNSERVER = shutil.which("turnserver") or "/usr/bin/turnserver"


@asynccontextmanager
async def coturn(folder: Path) -> AsyncIterator[str]:
    """Its address, once it answers there."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        TURNSERVER,
        "-n",
        f"--listening-port={port}",
        "--listening-ip=127.0.0.1",
        "--use-auth-secret",
        f"--static-auth-secret={SECRET}",
        "--realm=turn.example",
        "--allow-loopback-peers",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        f"--userdb={folder / 'turndb'}",
        f"--pidfile={folder / 'pid'}",
        "--log-file=stdout",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            while not await _answers(port):
                await asyncio.sleep(0.05)
        yield f"turn:127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_who_comes_through_the_relay_is_seen_and_heard(tmp_path: Path) -> None:
    async with coturn(tmp_path) as address, a_room() as stage:
        relays = Relays(clock=SystemClock(), turn=[f"{address}?transport=udp"], secret=SECRET)
        [server] = relays.servers()
        configuration = RTCConfiguration(
            iceServers=[RTCIceServer(**server)],  # type: ignore[arg-type]
            iceTransportPolicy=RTCIceTransportPolicy.RELAY,
            bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
        )
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v")
        victim = stage.peer("v", configuration=configuration)
        await victim.connect(stage.room, party=Party.CALLER, talks=True)
        await stage.watcher.until("connected", "v")
        sent = {one.type for one in victim.candidates}
        assert sent == {"relay"}
        assert abs(await specialist.sees(0) - 200) < 10
        assert len(await stage.line.has_heard(Party.CALLER, 0.5)) > 0
