"""Text messages by Twilio, and what it reports of them: signed, as its calls are."""

import asyncio
import hmac
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from server.adapters.channels.quiet import silence
from server.ports.channels import Carriage, NotSent, Receipt, Report

log = logging.getLogger(__name__)

STATUS = "/twilio/message-status"
SIGNATURE = "X-Twilio-Signature"
FORM_BYTES = 16_384
SERVICE = re.compile(r"MG[0-9a-f]{32}")
TAG = re.compile(r"[A-Za-z0-9]{1,40}")
PORTS = {"https": 443, "http": 80}

CARRIAGES: Mapping[str, Carriage] = {
    "delivered": Carriage.DELIVERED,
    "read": Carriage.DELIVERED,
    "failed": Carriage.FAILED,
    "undelivered": Carriage.FAILED,
    "canceled": Carriage.FAILED,
}
OFF = "The phone is off or out of reach. Stay on the line, or agree a time to ring."
WRONG = "This is not a mobile number that takes texts. Ask for another number, or read the address out."
STOPPED = "This phone has asked for no more texts. Ask for another number, or read the address out."
FILTERED = "The network held the message back. Read the address out, or ask for another number."
OURS = "Texts cannot be sent now. Go on by voice, and tell whoever looks after Earshot."
INSTEAD: Mapping[str, str] = {
    "21211": WRONG,
    "21214": WRONG,
    "21217": WRONG,
    "21408": "Texts to this country are not allowed here. Ask for another number, or read the address out.",
    "21610": STOPPED,
    "21612": WRONG,
    "21614": WRONG,
    "30003": OFF,
    "30004": FILTERED,
    "30005": WRONG,
    "30006": WRONG,
    "30007": FILTERED,
    "30008": OFF,
}
"""What to do instead, by Twilio's error code."""

Told = Callable[[Report], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    account: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    """The first sends; any of them signs."""
    sender: str
    """A number, a neutral name, or a messaging service (`MG…`)."""
    public_url: str
    api_url: str = "https://api.twilio.com"
    timeout_s: float = 10.0


class TwilioTexts:
    def __init__(self, account: TwilioAccount, http: AsyncTwilioHttpClient) -> None:
        self._account = account
        self._client = Client(account.account, account.auth_tokens[0], http_client=http)

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        account = self._account
        key = "messaging_service_sid" if SERVICE.fullmatch(account.sender) else "from_"
        report = f"{account.public_url}{STATUS}?{urlencode({'tag': tag})}"
        try:
            async with asyncio.timeout(account.timeout_s):
                sent = await self._client.messages.create_async(
                    to=to, body=text, status_callback=report, **{key: account.sender}
                )
        except TwilioRestException as refused:
            log.warning("text refused", extra={"code": str(refused.code)})
            raise NotSent(INSTEAD.get(str(refused.code), OURS)) from None
        except (TwilioException, aiohttp.ClientError, TimeoutError) as error:
            log.warning("text not sent", extra={"why": type(error).__name__})
            raise NotSent(OURS) from None
        return Receipt(reference=str(sent.sid), carriage=CARRIAGES.get(str(sent.status), Carriage.TAKEN))

    async def carriage(self, reference: str) -> Carriage:
        try:
            async with asyncio.timeout(self._account.timeout_s):
                message = await self._client.messages(reference).fetch_async()
        except TwilioRestException:
            return Carriage.TAKEN
        except (TwilioException, aiohttp.ClientError, TimeoutError):
            raise NotSent(OURS) from None
        return CARRIAGES.get(str(message.status), Carriage.TAKEN)


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, with the address of its API as the settings have it."""

    def __init__(self, api_url: str) -> None:
        super().__init__(logger=silence("twilio.async_http_client"))
        self._api_url = api_url

    async def request(
        self,
        method: str,
        url: str,
        *,
        auth: tuple[str, str],
        headers: Mapping[str, str],
        **kwargs: object,
    ) -> object:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        # Twilio's client would give aiohttp a kind of authorisation that aiohttp is about to lose.
        known = {**headers, "Authorization": aiohttp.encode_basic_auth(*auth)}
        address = f"{self._api_url}{parts.path}{query}"
        return await super().request(method, address, headers=known, **kwargs)


@asynccontextmanager
async def twilio_texts(account: TwilioAccount) -> AsyncIterator[TwilioTexts]:
    async with _Http(account.api_url) as http:
        yield TwilioTexts(account, http)


def twilio_routes(account: TwilioAccount, told: Told) -> list[web.RouteDef]:
    validators = [RequestValidator(token) for token in account.auth_tokens]

    async def status(request: web.Request) -> web.StreamResponse:
        form = await _form(request)
        given = request.headers.get(SIGNATURE, "")
        urls = _spellings(account.public_url + request.raw_path)
        if not given.isascii() or not any(
            hmac.compare_digest(validator.compute_signature(url, form), given)
            for validator in validators
            for url in urls
        ):
            log.warning("bad signature", extra={"of": "message status"})
            raise web.HTTPForbidden
        tag, said = request.query.get("tag", ""), CARRIAGES.get(form.get("MessageStatus", ""))
        if said is not None and TAG.fullmatch(tag):
            failed = said is Carriage.FAILED
            instead = INSTEAD.get(form.get("ErrorCode", ""), OFF) if failed else ""
            await told(Report(tag=tag, carriage=said, instead=instead))
        return web.Response(status=204)

    return [web.post(STATUS, status)]


async def _form(request: web.Request) -> dict[str, str]:
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(FORM_BYTES, len(body))
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise web.HTTPBadRequest from None


def _spellings(url: str) -> tuple[str, ...]:
    """With and without the scheme's own port: Twilio signs either."""
    parts = urlsplit(url)
    port = PORTS[parts.scheme]
    bare = parts.netloc.removesuffix(f":{port}")
    if parts.port not in (None, port):
        return (url,)
    return tuple(parts._replace(netloc=netloc).geturl() for netloc in (bare, f"{bare}:{port}"))
