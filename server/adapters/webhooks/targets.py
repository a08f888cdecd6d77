"""Where a posting may go: to public addresses, and to the private networks that the settings name."""

import asyncio
import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


LAST_32_BITS = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64
    ipaddress.IPv6Network("::/96"),
)
OWN_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""Where in these the IPv4 address stands is for each network to decide."""


class Barred(OSError):
    """None of the addresses of a host may be posted to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    networks: Collection[Network]
    public: bool = True
    """Whether public addresses may be posted to: not without TLS."""


def may_reach(address: str, targets: Targets) -> bool:
    """An address is looked at as what it leads to: `::ffff:10.0.0.1` is 10.0.0.1."""
    try:
        there = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    leads_to = _led_to(there)
    if any(one in network for one in (there, leads_to) for network in targets.networks):
        return True
    return targets.public and there not in OWN_NAT64 and leads_to.is_global and not leads_to.is_multicast


def _led_to(address: Address) -> Address:
    """Gateways turn addresses of these kinds into the IPv4 address that stands in them."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in LAST_32_BITS):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (address, address))[1]


class GuardedResolver(AbstractResolver):
    """Hands on only addresses that may be reached: a name cannot lead elsewhere after it was checked."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._inner = ThreadedResolver(loop=asyncio.get_running_loop())

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        allowed = [result for result in found if may_reach(result["host"], self._targets)]
        if not allowed:
            raise Barred("the host has no address that may be posted to")
        return allowed

    async def close(self) -> None:
        await self._inner.close()
