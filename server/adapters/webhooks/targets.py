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
        there: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(there, ipaddress.IPv6Address) and there.ipv4_mapped is not None:
        there = there.ipv4_mapped
    if any(there.version == network.version and there in network for network in targets.networks):
        return True
    return targets.public and there.is_global and not there.is_multicast


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
