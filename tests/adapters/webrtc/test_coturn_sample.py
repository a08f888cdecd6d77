"""The relay's settings that we ship, in the real relay: our credentials are known, our networks barred."""

import asyncio
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from server.adapters.clock import SystemClock
from server.services.relaying import Relays
from tests.coturn import SECRET, Relay, own_address, relay
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[3]
BARRED = [
    *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.254", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
]
BARRED_V6 = [
    *("::1", "fc00::1", "fd12:3456::1", "fe80::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"),
    *("64:ff9b::a00:1", "2001::1", "2002:a00:1::"),
]


def credentials(*, secret: str = SECRET, late: bool = False) -> tuple[str, str]:
    clock = FakeClock() if late else SystemClock()
    if isinstance(clock, FakeClock):
        clock.at = SystemClock().now() - timedelta(hours=1)
    [server] = Relays(clock=clock, turn=["turn:turn.example"], secret=secret).servers()
    return str(server["username"]), str(server["credential"])


async def answers(here: Relay, peers: list[str]) -> dict[str, str]:
    """Of each peer, asked for with credentials of its own: one name has four ports at most."""
    async with asyncio.TaskGroup() as tasks:
        asked = {peer: tasks.create_task(here.asked(*credentials(), peer)) for peer in peers}
    return {peer: task.result() for peer, task in asked.items()}


async def test_the_sample_starts_knows_our_credentials_and_bars_our_networks(tmp_path: Path) -> None:
    async with relay(tmp_path) as here:
        said = "".join(here.said)
        assert not [word for word in ("Bad configuration", "Unknown", "ERROR") if word in said]
        for port in (here.port, here.tls_port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
        assert set((await answers(here, BARRED)).values()) == {"forbidden"}
        # Only our own media address is allowed among the private ones, as the papers have it filled in.
        assert set((await answers(here, [own_address(), "8.8.8.8"])).values()) == {"bound"}
        for wrong in (credentials(late=True), credentials(secret="another")):
            assert await here.asked(*wrong, own_address()) == "not known"


def test_the_sample_bars_private_addresses_of_the_newer_kind_too() -> None:
    """A relay that has none is asked for none; where it has, these ranges are what bars them."""
    barred = [line.split("=")[1].split("-") for line in _sample() if line.startswith("denied-peer-ip=")]
    ranges = [(ip_address(one[0]), ip_address(one[-1])) for one in barred]
    for wanted in map(ip_address, BARRED_V6 + BARRED):
        same = [(int(low), int(high)) for low, high in ranges if low.version == wanted.version]
        assert any(low <= int(wanted) <= high for low, high in same) or wanted.is_multicast, wanted
    assert "no-multicast-peers" in _sample()


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, object]]:
    read: dict[str, dict[str, object]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


def test_what_compose_starts_is_what_the_papers_say(services: dict[str, dict[str, object]]) -> None:
    here: dict[str, dict[str, object]] = services["services"]  # type: ignore[assignment]
    assert set(here) == {"earshot", "turn"}
    earshot, turn = here["earshot"], here["turn"]
    assert earshot["build"] == "."
    assert earshot["ports"] == ["127.0.0.1:8080:8080"]
    assert "EXPOSE 8080" in (ROOT / "Dockerfile").read_text()
    assert earshot["secrets"] == list(services["secrets"])
    assert str(turn["image"]).startswith("coturn/coturn:4.")
    assert turn["profiles"] == ["video"]
    assert turn["network_mode"] == "host"
    mounts = [str(one).split(":") for one in turn["volumes"]]  # type: ignore[attr-defined]
    assert ["./secrets/coturn.conf", "/etc/coturn/turnserver.conf", "ro"] in mounts
    paths = [line.split("=")[1] for line in _sample() if line.startswith(("cert=", "pkey="))]
    assert len(paths) == 2
    assert all(path.startswith(mounts[1][1] + "/") for path in paths)


def test_where_compose_puts_us_is_where_the_relay_may_send(services: dict[str, dict[str, object]]) -> None:
    networks: dict[str, dict[str, str]] = services["services"]["earshot"]["networks"]  # type: ignore[index]
    address = networks["media"]["ipv4_address"]
    assert f"allowed-peer-ip={address}" in (ROOT / "config/video.md").read_text()


def _sample() -> list[str]:
    return (ROOT / "config/coturn.conf").read_text().splitlines()
