"""coturn, started from the settings that we ship; what stands there in capitals is filled in, and no more."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import certified
from tests.house import free_port

SECRET = "not-a-secret"
NAME = "turn.example"
SAMPLE = Path(__file__).parents[1] / "config/coturn.conf"
TURNSERVER = shutil.which("turnserver") or "/usr/bin/turnserver"
CLIENT = ("stdbuf", "-oL", "turnutils_uclient", "-v")
SAID = {"Forbidden IP": "forbidden", ": success: 0x": "bound", "Cannot complete Allocation": "not known"}


def own_address() -> str:
    """Where this machine is reached, as its own routes have it; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looking:
        looking.connect(("192.0.2.1", 9))
        return str(looking.getsockname()[0])


def filled_in(folder: Path, *, port: int, tls_port: int) -> str:
    """The sample, on ports that are free here, and its log where it can be read."""
    own = own_address()
    text = SAMPLE.read_text()
    for blank, value in {
        "PUBLIC_ADDRESS": own,
        "EARSHOT_MEDIA_ADDRESS": own,
        "THE_SAME_AS_VIDEO_TURN_SECRET": SECRET,
        "TURN.FORCE.EXAMPLE": NAME,
        "tls-listening-port=5349": f"tls-listening-port={tls_port}",
        "\nlistening-port=3478": f"\nlistening-port={port}",
        "/etc/letsencrypt/live": str(folder),
        "\nsyslog\n": f"\nlog-file=stdout\nuserdb={folder}/users\npidfile={folder}/pid\n",
    }.items():
        assert blank in text, blank
        text = text.replace(blank, value)
    return text


@dataclass
class Relay:
    port: int
    tls_port: int
    said: list[str]
    """What it said as it started."""

    async def asked(self, username: str, credential: str, peer: str) -> str:
        """What coturn's own client is told when it asks for a way to this address."""
        process = await asyncio.create_subprocess_exec(
            *(*CLIENT, "-u", username, "-w", credential, "-e", peer, "-r", "9", "-n", "1", "-m", "1"),
            *("-c", "-p", str(self.port), "127.0.0.1"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None
        answer = ""
        while not answer and (line := (await process.stdout.readline()).decode()):
            answer = next((word for said, word in SAID.items() if said in line), "")
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
        return answer


@asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[Relay]:
    port, tls_port = free_port(), free_port()
    certified(NAME).write(folder / NAME)
    settings = folder / "turnserver.conf"
    settings.write_text(filled_in(folder, port=port, tls_port=tls_port))
    process = await asyncio.create_subprocess_exec(
        TURNSERVER, "-c", settings, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said: list[str] = []
    ready = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(_read(process, said, ready))
            async with asyncio.timeout(60):
                await ready.wait()
            yield Relay(port, tls_port, said)
            process.terminate()
            await reading
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _read(process: asyncio.subprocess.Process, said: list[str], ready: asyncio.Event) -> None:
    """Its log to the end, so that it never waits for a reader; only the beginning is kept."""
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode(errors="replace"):
        if len(said) < 500:
            said.append(line)
        if "SQLite DB connection success" in line:
            ready.set()
    ready.set()
