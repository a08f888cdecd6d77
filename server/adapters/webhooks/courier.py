"""Posting to an endpoint: one request, no detours, and an answer that is only looked at for its status."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp

from server.adapters.webhooks.targets import Barred, GuardedResolver, Network, may_reach
from server.domain.integrations import Endpoint, Posting
from server.ports.integrations import NotTaken

TAKEN = range(200, 300)
AT_ONCE = 16


class HttpCourier:
    def __init__(self, session: aiohttp.ClientSession, networks: Collection[Network]) -> None:
        self._session = session
        self._networks = networks

    async def post(
        self, endpoint: Endpoint, posting: Posting, *, headers: Collection[tuple[str, str]]
    ) -> None:
        self._check_literal(endpoint.url)
        try:
            async with self._session.post(
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

    def _check_literal(self, url: str) -> None:
        """A host that is an address is not looked up, so it is looked at here."""
        host = urlsplit(url).hostname or ""
        literal = host.replace(".", "").isdigit() or ":" in host
        if literal and not may_reach(host, self._networks):
            raise NotTaken("its address may not be posted to")


@asynccontextmanager
async def http_courier(*, networks: Collection[Network], timeout_s: float) -> AsyncIterator[HttpCourier]:
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(networks), limit=AT_ONCE, use_dns_cache=False, force_close=True
    )
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    headers = {"User-Agent": "earshot"}
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers) as session:
        yield HttpCourier(session, networks)
