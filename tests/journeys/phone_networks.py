"""A phone with two networks to the server, in namespaces of their own: each's address can go and come.

Nothing of this machine's own networks is touched. It takes the right to make networks, which root has where
nobody took it away.
"""

import asyncio
import ctypes
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import CHROMIUM

SERVER = "10.77.0.1"
"""Where the server is, by whichever network."""
WIFI, MOBILE = "wifi", "mobile"
_NETS = {WIFI: "10.77.1", MOBILE: "10.77.2"}
_CLONE_NEWNET = 0x40000000


def may_be_made() -> bool:
    """Whether this machine lets us: tried with a pair that goes with its namespace."""
    if not all(shutil.which(one) for one in ("ip", "unshare", "nsenter")):
        return False
    pair = ["unshare", "--net", "ip", "link", "add", WIFI, "type", "veth", "peer", MOBILE]
    tried = subprocess.run(pair, capture_output=True, check=False)  # noqa: S603 - nobody else's words
    return tried.returncode == 0


@dataclass(frozen=True)
class Networks:
    server: int
    phone: int
    """The process that holds each one's namespace."""

    async def gain(self, name: str) -> None:
        """The phone has an address there, and its way to the server leads by it."""
        net = _NETS[name]
        await _run(self.phone, "ip", "addr", "add", f"{net}.2/24", "dev", name)
        await _run(self.phone, "ip", "link", "set", name, "up")
        await _run(self.phone, "ip", "route", "replace", "default", "via", f"{net}.1")

    async def lose(self, name: str) -> None:
        """Without a word to anybody at the other end."""
        await _run(self.phone, "ip", "link", "set", name, "down")
        await _run(self.phone, "ip", "addr", "flush", "dev", name)

    def chromium(self, folder: Path) -> Path:
        """A browser that has the phone's networks and no other."""
        path = folder / "chromium-on-the-phone"
        path.write_text(f'#!/bin/sh\nexec nsenter --target {self.phone} --net {CHROMIUM} "$@"\n')
        path.chmod(0o755)
        return path

    @contextmanager
    def at_the_server(self) -> Iterator[None]:
        """What this thread opens and starts meanwhile is where the server is."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.server}/ns/net", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(own)
            os.close(own)
            os.close(there)


@asynccontextmanager
async def networks() -> AsyncIterator[Networks]:
    """The phone is in the Wi-Fi."""
    async with _namespace() as server, _namespace() as phone:
        for pid in (server, phone):
            await _run(pid, "ip", "link", "set", "lo", "up")
        await _run(server, "ip", "addr", "add", f"{SERVER}/32", "dev", "lo")
        for name, net in _NETS.items():
            await _run(server, "ip", "link", "add", name, "type", "veth", "peer", name, "netns", str(phone))
            await _run(server, "ip", "addr", "add", f"{net}.1/24", "dev", name)
            await _run(server, "ip", "link", "set", name, "up")
        found = Networks(server, phone)
        await found.gain(WIFI)
        yield found


@asynccontextmanager
async def _namespace() -> AsyncIterator[int]:
    """While a process holds it."""
    command = ("unshare", "--net", "sh", "-c", "echo here; exec sleep infinity")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"here\n"
        yield process.pid
    finally:
        process.kill()
        await process.communicate()


async def _run(pid: int, *command: str) -> None:
    process = await asyncio.create_subprocess_exec("nsenter", "--target", str(pid), "--net", *command)
    assert await process.wait() == 0, command


def _enter(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
