"""Posting to an endpoint: one request, no detours, and an answer that is only looked at for its status."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from server.adapters.webhooks.targets import Barred, GuardedResolver, Network, Targets, may_reach
from server.domain.integrations import Endpoint, Posting
from server.ports.integrations import NotTaken

TAKEN = range(200, 300)
AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a scheme's endpoints are reached."""

    session: aiohttp.ClientSession
    targets: Targets


class HttpCourier:
    def __init__(self, ways: Mapping[str, Way]) -> None:
        self._ways = ways

    async def post(
        self, endpoint: Endpoint, posting: Posting, *, headers: Collection[tuple[str, str]]
    ) -> None:
        parts = urlsplit(endpoint.url)
        way = self._ways[parts.scheme]
        _check_literal(parts.hostname or "", way.targets)
        try:
            async with way.session.post(
                endpoint.url,
                data=posting.body.encode(),
                headers={"Content-Type": "application/json", **dict(headers)},
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except TimeoutError:
            raise NotTaken("no answer in time") from None
        except aiohttp.ClientConnectorError as error:
            barred = isinstance(error.os_error, Barred)
            raise NotTaken("its address may not be posted to" if barred else "no connection") from None
        except aiohttp.ClientError as error:
            raise NotTaken(type(error).__name__) from None
        if status not in TAKEN:
            raise NotTaken(f"answered {status}")


def _check_literal(host: str, targets: Targets) -> None:
    """A host that is an address is not looked up, so it is looked at here."""
    literal = host.replace(".", "").isdigit() or ":" in host
    if literal and not may_reach(host, targets):
        raise NotTaken("its address may not be posted to")


@asynccontextmanager
async def http_courier(*, networks: Collection[Network], timeout_s: float) -> AsyncIterator[HttpCourier]:
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with AsyncExitStack() as stack:
        ways = {}
        for scheme, public in (("https", True), ("http", False)):
            targets = Targets(networks=networks, public=public)
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(targets), limit=AT_ONCE, use_dns_cache=False, force_close=True
            )
            session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, headers={"User-Agent": "earshot"}
            )
            ways[scheme] = Way(session=await stack.enter_async_context(session), targets=targets)
        yield HttpCourier(ways)
