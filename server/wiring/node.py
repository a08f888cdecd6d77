"""A whole node: the core, its doorways and its web, started in order and stopped in order."""

import asyncio
import errno
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from server.adapters.doorways.twilio.doorway import TwilioDoorway, routes
from server.adapters.media.webm_reading import WebmReader
from server.adapters.store.passwords import Argon2Hasher
from server.ports.channels import Report
from server.ports.clock import Clock
from server.services.board import Board
from server.services.corrections import Corrections
from server.services.crew import Briefs
from server.services.deliveries import Deliveries
from server.services.desks import Desks
from server.services.duties import Duties
from server.services.feed_writing import Sources
from server.services.feeds import Feeds
from server.services.invites import Invites
from server.services.listening_in import ListeningIn
from server.services.notifying import Notifying
from server.services.room_doors import Video
from server.services.safekeeping import Safekeeping
from server.services.sheet_views import Showing
from server.services.signing_in import Accounts, SigningIn, SignInRules
from server.services.single_sign_on import SingleSignOn
from server.services.their_numbers import TheirNumbers
from server.services.transfers import Transfers
from server.services.video_links import VideoLinks
from server.settings import Settings
from server.web.app import build_app
from server.web.doors import Doors
from server.web.framing import Framing
from server.wiring.briefing import briefs_of
from server.wiring.cases import case_desk_of
from server.wiring.core import Core, run_core
from server.wiring.doorways import twilio_doorway
from server.wiring.duties import duties_of
from server.wiring.erasing import keep_of
from server.wiring.history import beside_of, history_of
from server.wiring.identity import single_sign_on_of
from server.wiring.integrations import integrations_of, notifying_of
from server.wiring.inviting import Texting, Told, invites_of, links_of, texting_of
from server.wiring.transferring import transfers_of
from server.wiring.video import video_of

log = logging.getLogger(__name__)

CLOSE_S = 2.0
"""How long open browser sockets may take to go once everything is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    core: Core
    app: web.Application
    base_url: str
    """Where it listens, as this machine reaches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """The ways in."""

    signing_in: SigningIn
    single_sign_on: SingleSignOn | None
    texting: Texting
    links: VideoLinks
    video: Video | None
    duties: Duties
    transfers: Transfers


async def run_node(
    settings: Settings, body: Callable[[Node], Awaitable[None]], clock: Clock | None = None
) -> None:
    """Start everything, run `body`, stop everything: no new streams, last words, then the screens."""

    async def with_core(core: Core) -> None:
        signing_in, links = _signing_in(core), links_of(core)
        async with (
            notifying_of(core) as notifying,
            single_sign_on_of(core, signing_in) as single_sign_on,
            texting_of(settings) as texting,
            video_of(core, links) as video,
            duties_of(core) as duties,
            transfers_of(core) as transfers,
        ):
            entrance = Entrance(
                signing_in=signing_in,
                single_sign_on=single_sign_on,
                texting=texting,
                links=links,
                video=video,
                duties=duties,
                transfers=transfers,
            )
            await _run_web(core, notifying, entrance, body)

    await run_core(settings, with_core, clock)


async def _run_web(
    core: Core, notifying: Notifying, entrance: Entrance, body: Callable[[Node], Awaitable[None]]
) -> None:
    doorway = twilio_doorway(core) if core.settings.twilio.enabled else None
    feeds = _feeds(core)
    invites, video = invites_of(core, entrance.links, entrance.texting), entrance.video
    doors = replace(_doors(core, feeds, notifying, entrance), invites=invites, video=video)
    reports = entrance.texting.routes(_told(invites, doors.briefs))
    app = build_app(replace(doors, routes=(*(routes(doorway) if doorway else ()), *reports)))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_S)
    await runner.setup()
    async with asyncio.TaskGroup() as tasks:
        following = [
            tasks.create_task(feeds.run(), name="feeds"),
            tasks.create_task(notifying.run(), name="notifying"),
            tasks.create_task(doors.cases.chasing.run(), name="chasing"),
            tasks.create_task(entrance.transfers.handing.run(), name="handing over"),
            tasks.create_task(entrance.transfers.taking.run(), name="taking over"),
            *([tasks.create_task(video.rooms.run(), name="video")] if video is not None else []),
        ]
        try:
            base_url = await _listen(runner, core.settings)
            await core.switchboard.revive()
            if video is not None:
                await video.rooms.revive()
            await body(Node(core=core, app=app, base_url=base_url))
        finally:
            if video is not None:
                await video.rooms.close()
            await _stop(core, doorway)
            for task in following:
                task.cancel()
            await runner.cleanup()


def _told(invites: Invites, briefs: Briefs) -> Told:
    async def told(report: Report) -> None:
        """A message is an invitation's, or a brief's: each looks for its own."""
        await invites.inviting.report(report)
        await briefs.desk.report(report)

    return told


class CannotListen(Exception):
    """The address cannot be had; the message says which, and why."""


async def _listen(runner: web.AppRunner, settings: Settings) -> str:
    server = settings.server
    try:
        await web.TCPSite(runner, server.host, server.port, reuse_address=True).start()
    except OSError as error:
        # A name that cannot be looked up has numbers of its own, which the system's table does not know.
        number = error.errno or 0
        reason = os.strerror(number) if number in errno.errorcode else error.strerror
        raise CannotListen(f"cannot listen on {server.host}:{server.port}: {reason}") from error
    host, port = runner.addresses[0][:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


async def _stop(core: Core, doorway: TwilioDoorway | None) -> None:
    """Live calls are left open in the journal: the next start takes them up."""
    if doorway is not None:
        doorway.drain()
    core.switchboard.close()
    try:
        async with asyncio.timeout(core.settings.server.drain_s):
            await core.switchboard.closed()
    except TimeoutError:
        log.exception("calls were still settling when the server stopped")
    if doorway is not None:
        await doorway.close()


def _feeds(core: Core) -> Feeds:
    deliveries = Deliveries(recorder=core.recorder, clock=core.clock, prompt_clock=core.latency)
    sources = Sources(
        board=Board(journal=core.store.journal, clock=core.clock),
        grants=core.store.grants,
        people=core.store.people,
        bus=core.bus,
        clock=core.clock,
        deliveries=deliveries,
        need_to_know=core.room.need_to_know,
    )
    return Feeds(sources)


def _doors(core: Core, feeds: Feeds, notifying: Notifying, entrance: Entrance) -> Doors:
    return Doors(
        signing_in=entrance.signing_in,
        single_sign_on=entrance.single_sign_on,
        sign_in_label=core.settings.oidc.label,
        history=history_of(core.room, core.store),
        safekeeping=Safekeeping.of(
            core.room, core.vault, keep_of(core), beside_of(core.store), reader=WebmReader()
        ),
        corrections=Corrections(recorder=core.recorder, need_to_know=core.room.need_to_know),
        briefs=briefs_of(
            core.settings,
            core.room,
            Showing(
                markers=core.readers.shipped.markers,
                peers=entrance.transfers.peers,
                history=core.store.history,
            ),
            TheirNumbers(journal=core.store.journal, cases=core.store.cases),
            entrance.texting.channel,
        ),
        transfers=entrance.transfers,
        cases=case_desk_of(core.settings, core.room, core.store.cases, core.readers.shipped.markers),
        desks=Desks.of(core.room, core.readers),
        duties=entrance.duties,
        feeds=feeds,
        listening_in=_listening_in(core),
        daybook=core.daybook,
        journal=core.store.journal,
        markers=core.readers.shipped.markers,
        engine_health=core.transcriber.health,
        render_metrics=core.metrics.render,
        faults=lambda: _faults(core),
        notes=lambda: [*core.readers.notes(), *notifying.notes()],
        public_origins=_origins(core.settings),
        framing=_framing(core),
        integrations=integrations_of(core, notifying),
        behind_proxy=core.settings.server.behind_proxy,
    )


def _framing(core: Core) -> Framing:
    settings = core.settings
    return Framing(ancestors=settings.frames.ancestors, keys=settings.frame_keys, now=core.clock.now)


def _listening_in(core: Core) -> ListeningIn:
    return ListeningIn(
        sounds=core.sounds,
        recorder=core.recorder,
        grants=core.store.grants,
        need_to_know=core.room.need_to_know,
        roles=frozenset(core.settings.listen_in.roles),
    )


def _signing_in(core: Core) -> SigningIn:
    accounts = Accounts(
        people=core.store.people,
        sessions=core.store.sessions,
        hasher=Argon2Hasher(),
        accesses=core.store.accesses,
    )
    sign_in = core.settings.sign_in
    rules = SignInRules(
        session=timedelta(hours=sign_in.session_hours),
        idle=timedelta(minutes=sign_in.idle_minutes),
        proof=timedelta(minutes=sign_in.proof_minutes),
        break_glass_only=bool(core.settings.oidc.issuer),
        failures=sign_in.failures,
        wait_s=sign_in.wait_s,
    )
    return SigningIn(accounts, core.clock, rules)


def _faults(core: Core) -> list[str]:
    """What keeps a running server from being fit for calls, for `/readyz`."""
    faults: list[str] = []
    if core.settings.twilio.enabled and not core.settings.auth_tokens:
        faults.append("Twilio's requests cannot be checked: no auth token is set.")
    if core.recorder.refused:
        faults.append("The journal is not being written; what happens is kept and tried again.")
    return faults


def _origins(settings: Settings) -> frozenset[str]:
    urls = (settings.server.public_url, *settings.server.origins)
    parts = [urlsplit(url) for url in urls]
    return frozenset(f"{part.scheme}://{part.netloc}" for part in parts)
