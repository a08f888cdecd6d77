"""Posting to another system: one request, no detours, and of its answer no more is read than is wanted."""

import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from server.adapters.webhooks.targets import Barred, GuardedResolver, Network, Targets, may_reach
from server.domain.integrations import Endpoint, Posting
from server.ports.integrations import NotTaken
from server.ports.transfers import Answer

TAKEN = range(200, 300)
AT_ONCE = 16
LONGEST_ANSWER = 262_144
"""Bytes of an answer that are read; what is longer is cut, and then does not bear its signature."""

NO_AUTHORITY = "its certificate is of no authority that is trusted here"
NOT_ITS_NAME = "its certificate is for another name than the one that it was asked by"
CERTIFICATES = {
    **dict.fromkeys((2, 7, 18, 19, 20, 21), NO_AUTHORITY),
    **dict.fromkeys((62, 64), NOT_ITS_NAME),
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
}
"""By what OpenSSL calls them (X509_V_ERR); who mends a connection has to know which of them it is."""


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
        answer = await self._post(endpoint.url, posting.body, headers, read=0)
        if answer.status not in TAKEN:
            raise NotTaken(f"answered {answer.status}")

    async def ask(self, url: str, body: str, *, headers: Collection[tuple[str, str]]) -> Answer:
        return await self._post(url, body, headers, read=LONGEST_ANSWER)

    async def _post(self, url: str, body: str, headers: Collection[tuple[str, str]], *, read: int) -> Answer:
        parts = urlsplit(url)
        way = self._ways[parts.scheme]
        _check_literal(parts.hostname or "", way.targets)
        try:
            async with way.session.post(
                url,
                data=body.encode(),
                headers={"Content-Type": "application/json", **dict(headers)},
                allow_redirects=False,
            ) as answer:
                said = await _read(answer.content, read)
                return Answer(status=answer.status, headers=_small(answer.headers), body=said)
        except TimeoutError:
            raise NotTaken("no answer in time") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise NotTaken(_not_believed(error.certificate_error)) from None
        except aiohttp.ClientConnectorError as error:
            barred = isinstance(error.os_error, Barred)
            raise NotTaken("its address may not be posted to" if barred else "no connection") from None
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            raise NotTaken("the connection broke off") from None
        except aiohttp.ClientError as error:
            raise NotTaken(type(error).__name__) from None


def _not_believed(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return CERTIFICATES.get(code, "its certificate is not accepted here")


def _small(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    said = b""
    while len(said) < most and (part := await content.read(most - len(said))):
        said += part
    return said


def _check_literal(host: str, targets: Targets) -> None:
    """A host that is an address is not looked up, so it is looked at here."""
    literal = host.replace(".", "").isdigit() or ":" in host
    if literal and not may_reach(host, targets):
        raise NotTaken("its address may not be posted to")


@asynccontextmanager
async def http_courier(
    *, networks: Collection[Network], timeout_s: float, trusted: Path | None = None
) -> AsyncIterator[HttpCourier]:
    """`trusted`: the authorities whose certificates are taken; none: those that this machine trusts."""
    tls = ssl.create_default_context(cafile=trusted)
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with AsyncExitStack() as stack:
        ways = {}
        for scheme, public in (("https", True), ("http", False)):
            targets = Targets(networks=networks, public=public)
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(targets),
                limit=AT_ONCE,
                use_dns_cache=False,
                force_close=True,
                ssl=tls,
            )
            session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, headers={"User-Agent": "earshot"}
            )
            ways[scheme] = Way(session=await stack.enter_async_context(session), targets=targets)
        yield HttpCourier(ways)
