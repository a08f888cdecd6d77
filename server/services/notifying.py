"""Notifying: each endpoint's postings in order, again with growing pauses, and in the end given up."""

import asyncio
import logging
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain.integrations import Endpoint, Posting
from server.ports.bus import Notice, Recorded
from server.ports.clock import Clock
from server.ports.integrations import Courier, IntegrationsLost, NotTaken, Outbox
from server.services.integrations import OutboxState
from server.services.notes import Note
from server.services.telling import KINDS, body_of, signatures

log = logging.getLogger(__name__)

PAUSES_S = (1, 5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200)
"""Between one try and the next; after the last, some 27 hours on, a posting is given up."""
LOOK_S = 3.0
"""How long a posting whose time has come, or a fact that no notice told of, can wait."""


class Notifying:
    def __init__(
        self, *, outbox: Outbox, courier: Courier, endpoints: Collection[Endpoint], clock: Clock
    ) -> None:
        self._outbox = outbox
        self._courier = courier
        self._endpoints = tuple(endpoints)
        self._clock = clock
        self._news = {endpoint.name: asyncio.Event() for endpoint in self._endpoints}
        self._states: dict[str, OutboxState] = {
            endpoint.name: OutboxState(force=endpoint.force, waiting=0, given_up=0)
            for endpoint in self._endpoints
        }

    @property
    def states(self) -> Mapping[str, OutboxState]:
        return self._states

    def notes(self) -> list[Note]:
        return [
            Note(
                f"{state.given_up} posting(s) to {name} were given up: earshot webhooks says which.",
                state.force,
            )
            for name, state in sorted(self._states.items())
            if state.given_up > 0
        ]

    def follow(self, notice: Notice) -> None:
        if isinstance(notice, Recorded) and any(type(entry.event) in KINDS for entry in notice.entries):
            for news in self._news.values():
                news.set()

    async def run(self) -> None:
        """Tell every endpoint until cancelled, each at its own pace."""
        await self._let_go()
        async with asyncio.TaskGroup() as tasks:
            for endpoint in self._endpoints:
                tasks.create_task(self._tell(endpoint), name=f"webhook:{endpoint.name}")

    async def _let_go(self) -> None:
        """Of what was to be told to endpoints that are no longer in the settings: nobody waits for it."""
        try:
            gone = await self._outbox.keep_only([endpoint.name for endpoint in self._endpoints])
        except IntegrationsLost:
            log.warning("outbox out of reach")
            return
        if gone:
            log.warning("postings to removed endpoints let go", extra={"postings": gone})

    async def _tell(self, endpoint: Endpoint) -> None:
        news = self._news[endpoint.name]
        while True:
            news.clear()
            try:
                await self.tell_once(endpoint)
            except IntegrationsLost:
                log.warning("outbox out of reach", extra={"endpoint": endpoint.name})
            except Exception:  # boundary: one endpoint's fault must not end the others, nor the calls
                log.exception("endpoint not told", extra={"endpoint": endpoint.name})
            try:
                async with asyncio.timeout(LOOK_S):
                    await news.wait()
            except TimeoutError:
                continue

    async def tell_once(self, endpoint: Endpoint) -> None:
        """Queue what is new, and post what is due."""
        while await self._gather(endpoint):
            pass
        while due := await self._outbox.due(endpoint.name, now=self._clock.now()):
            for posting in due:
                if not await self._post(endpoint, posting):
                    # One that is down is asked once a round; the others' time comes in the next.
                    await self._count()
                    return
        await self._count()

    async def _gather(self, endpoint: Endpoint) -> bool:
        """Whether there may be more."""
        facts = await self._outbox.facts(endpoint.name, endpoint.force, tuple(KINDS))
        postings = [
            Posting(
                id=f"msg_{secrets.token_hex(16)}",
                endpoint=endpoint.name,
                call=entry.call,
                seq=entry.seq,
                topic=KINDS[type(entry.event)],
                body=body_of(entry, endpoint.force),
                made_at=entry.recorded_at,
                next_at=entry.recorded_at,
            )
            for entry in facts.entries
            if KINDS[type(entry.event)] in endpoint.topics
        ]
        await self._outbox.queue(endpoint.name, postings, place=facts.place)
        return bool(facts.entries)

    async def _post(self, endpoint: Endpoint, posting: Posting) -> bool:
        try:
            await self._courier.post(endpoint, posting, headers=self._headers(endpoint, posting))
        except NotTaken as refused:
            await self._outbox.put_off(self._later(posting, str(refused)))
            return False
        await self._outbox.taken(posting.id)
        return True

    def _headers(self, endpoint: Endpoint, posting: Posting) -> Sequence[tuple[str, str]]:
        at_s = int(self._clock.now().timestamp())
        signed = signatures(endpoint.secrets, posting=posting.id, at_s=at_s, body=posting.body)
        return (
            ("webhook-id", posting.id),
            ("webhook-timestamp", str(at_s)),
            ("webhook-signature", signed),
        )

    def _later(self, posting: Posting, why: str) -> Posting:
        now, tries = self._clock.now(), posting.tries + 1
        facts = {"endpoint": posting.endpoint, "posting": posting.id, "tries": tries, "why": why}
        if tries > len(PAUSES_S):
            log.error("posting given up", extra=facts)
            return replace(posting, tries=tries, dead_at=now, why=why)
        log.warning("posting not taken", extra=facts)
        return replace(posting, tries=tries, next_at=now + timedelta(seconds=PAUSES_S[tries - 1]), why=why)

    async def _count(self) -> None:
        counts = await self._outbox.counts()
        for name, state in self._states.items():
            waiting, given_up = counts.get(name, (0, 0))
            self._states[name] = replace(state, waiting=waiting, given_up=given_up)
