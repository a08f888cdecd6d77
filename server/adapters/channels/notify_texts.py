"""Text messages by GOV.UK Notify, and what it reports of them: with the bearer token that was agreed."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import msgspec
import requests
from aiohttp import web
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from server.adapters.channels.quiet import silence
from server.ports.channels import Carriage, NotSent, Receipt, Report

log = logging.getLogger(__name__)

STATUS = "/notify/message-status"
BODY_BYTES = 16_384
CARRIAGES: Mapping[str, Carriage] = {
    "delivered": Carriage.DELIVERED,
    "permanent-failure": Carriage.FAILED,
    "temporary-failure": Carriage.FAILED,
    "technical-failure": Carriage.FAILED,
}
WRONG = "This number takes no texts. Ask for another number, or read the address out."
OFF = "The phone is off or out of reach. Stay on the line, or agree a time to ring."
OURS = "Texts cannot be sent now. Go on by voice, and tell whoever looks after Earshot."
INSTEAD: Mapping[str, str] = {
    "permanent-failure": WRONG,
    "temporary-failure": OFF,
    "technical-failure": OURS,
}
Told = Callable[[Report], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyService:
    key: str = field(repr=False)
    template: str
    """Its whole text is `((text))`: what is said is set here, by language."""
    sender: str = ""
    """Which of the service's senders; empty: its default."""
    callback_token: str = field(default="", repr=False)
    """What Notify sends with its reports; empty: they are not taken."""
    api_url: str = "https://api.notifications.service.gov.uk"
    timeout_s: int = 10


class _Message(msgspec.Struct, frozen=True):
    """What a report holds of which we make use."""

    reference: str | None
    status: str


class NotifyTexts:
    """The client is not made for several threads, so each message has one of its own."""

    def __init__(self, service: NotifyService) -> None:
        silence("notifications_python_client.base")
        self._service = service

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        service = self._service
        asked = {
            "phone_number": to,
            "template_id": service.template,
            "personalisation": {"text": text},
            "reference": tag or None,
            "sms_sender_id": service.sender or None,
        }
        answer = await self._ask(lambda client: client.send_sms_notification(**asked))  # type: ignore[no-untyped-call]
        return Receipt(reference=str(answer["id"]))

    async def carriage(self, reference: str) -> Carriage:
        answer = await self._ask(lambda client: client.get_notification_by_id(reference))  # type: ignore[no-untyped-call]
        return CARRIAGES.get(str(answer["status"]), Carriage.TAKEN)

    async def _ask(self, ask: Callable[[NotificationsAPIClient], dict[str, object]]) -> dict[str, object]:
        service = self._service
        client = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            service.key, base_url=service.api_url, timeout=service.timeout_s
        )
        try:
            return await asyncio.to_thread(ask, client)
        except APIError as refused:
            log.warning("text refused", extra={"status": refused.status_code})
            raise NotSent(WRONG if refused.status_code == web.HTTPBadRequest.status_code else OURS) from None
        except requests.RequestException as error:
            log.warning("text not sent", extra={"why": type(error).__name__})
            raise NotSent(OURS) from None
        finally:
            client.request_session.close()


def notify_routes(service: NotifyService, told: Told) -> list[web.RouteDef]:
    async def status(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not service.callback_token or not hmac.compare_digest(
            given.encode(), service.callback_token.encode()
        ):
            log.warning("bad signature", extra={"of": "message status"})
            raise web.HTTPForbidden
        message = await _message(request)
        carriage = CARRIAGES.get(message.status)
        if carriage is not None and message.reference:
            instead = INSTEAD.get(message.status, "")
            await told(Report(tag=message.reference, carriage=carriage, instead=instead))
        return web.Response(status=204)

    return [web.post(STATUS, status)]


async def _message(request: web.Request) -> _Message:
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(BODY_BYTES, len(body))
    try:
        return msgspec.json.decode(body, type=_Message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None
