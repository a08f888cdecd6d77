"""Links into video and who sends their texts, as the settings have it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from server.adapters.channels.console import ConsoleTexts
from server.adapters.channels.notify_texts import NotifyService, NotifyTexts, notify_routes
from server.adapters.channels.twilio_texts import TwilioAccount, twilio_routes, twilio_texts
from server.ports.channels import Report, TextChannel
from server.services.case_pages import CasePages
from server.services.invite_values import InviteRules
from server.services.invites import Invites
from server.services.inviting import Inviting
from server.services.inviting_cases import CaseInviting
from server.services.rates import Rate, Rates
from server.services.their_numbers import TheirNumbers
from server.services.video_links import VideoLinks
from server.settings import BadSettings, Settings
from server.web.languages import FIRST, BadLanguage, Language, languages
from server.wiring.choosing import chosen
from server.wiring.core import Core

STRANGERS = Rate(per_s=1.0, burst=60)
"""A page, its start, its opening and its coming back, for a house or a mast behind one address."""
SENT = Rate(per_s=0.05, burst=5)
"""Links of one call."""


Told = Callable[[Report], Awaitable[None]]
"""Who hears what a provider says of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """A channel, and the doors by which its provider reports."""

    channel: TextChannel
    routes: Callable[[Told], list[web.RouteDef]] = field(default=lambda _told: [])


@asynccontextmanager
async def _console(settings: Settings, rest: str) -> AsyncIterator[Texting]:
    del settings, rest
    yield Texting(channel=ConsoleTexts())


@asynccontextmanager
async def _twilio(settings: Settings, rest: str) -> AsyncIterator[Texting]:
    account = TwilioAccount(
        account=settings.texts.account,
        auth_tokens=settings.auth_tokens,
        sender=rest,
        public_url=settings.server.public_url,
        timeout_s=settings.texts.timeout_s,
    )
    async with twilio_texts(account) as texts:
        yield Texting(channel=texts, routes=lambda told: twilio_routes(account, told))


@asynccontextmanager
async def _notify(settings: Settings, rest: str) -> AsyncIterator[Texting]:
    key, token = settings.notify_secrets
    service = NotifyService(
        key=key,
        template=rest,
        sender=settings.texts.sender,
        callback_token=token,
        timeout_s=round(settings.texts.timeout_s),
    )
    yield Texting(channel=NotifyTexts(service), routes=lambda told: notify_routes(service, told))


CHANNELS: Mapping[str, Callable[[Settings, str], AbstractAsyncContextManager[Texting]]] = {
    "console": _console,
    "twilio": _twilio,
    "notify": _notify,
}


def texting_of(settings: Settings) -> AbstractAsyncContextManager[Texting]:
    url = settings.texts.channel
    return chosen(CHANNELS, "texts.channel", url)(settings, url.partition(":")[2])


def links_of(core: Core) -> VideoLinks:
    return VideoLinks(
        book=core.store.links,
        recorder=core.recorder,
        turns=core.room.turns,
        clock=core.clock,
        hold=timedelta(minutes=core.settings.links.hold_minutes),
    )


def invites_of(core: Core, links: VideoLinks, texting: Texting) -> Invites:
    settings = core.settings
    spoken = languages()
    inviting = Inviting(
        room=core.room,
        links=links,
        readers=core.readers,
        text=texting.channel,
        rules=_rules(settings, spoken),
        rates=Rates(core.clock, SENT),
        theirs=TheirNumbers(journal=core.store.journal, cases=core.store.cases),
    )
    return Invites(
        inviting=inviting,
        cases=CaseInviting(inviting=inviting, pages=CasePages(core.room, core.store.cases)),
        links=links,
        strangers=Rates(core.clock, STRANGERS),
        languages={code: language.name for code, language in spoken.items()},
        unread=frozenset(code for code, language in spoken.items() if not language.verified),
        leave_to=settings.links.leave_to,
        sends=not settings.texts.channel.startswith("console:"),
    )


def _rules(settings: Settings, spoken: Mapping[str, Language]) -> InviteRules:
    messages = {code: language.message for code, language in spoken.items()}
    given = settings.links
    return InviteRules(
        base_url=given.base_url or settings.server.public_url,
        messages={**messages, FIRST: given.message or messages[FIRST]},
        channel=settings.texts.channel.partition(":")[0],
        link=timedelta(minutes=given.minutes),
        safety=timedelta(hours=given.safety_hours),
    )


def check_texts(settings: Settings) -> None:
    """Raises `BadSettings`, with every mistake."""
    mistakes = []
    kind = settings.texts.channel.partition(":")[0]
    if kind == "twilio" and not (settings.texts.account and settings.auth_tokens):
        mistakes.append("texts.account: expected Twilio's account and twilio.auth_token with twilio:")
    try:
        key, _ = settings.notify_secrets
        if kind == "notify" and len(key) < 73:
            mistakes.append("texts.key: expected GOV.UK Notify's API key, by EARSHOT_TEXTS__KEY or key_file")
    except OSError as error:
        mistakes.append(f"texts.key_file: cannot be read ({type(error).__name__})")
    try:
        languages()
    except BadLanguage as bad:
        mistakes.append(str(bad))
    if mistakes:
        raise BadSettings(mistakes)
