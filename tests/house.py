"""A whole house to test by the front door: the real web application over the real store, on a free port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from server.adapters.bus.local import LocalBus
from server.adapters.channels.console import ConsoleTexts
from server.adapters.clock import SystemClock
from server.adapters.doorways.ulaw import ulaw_of
from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.media.webm_reading import WebmReader
from server.adapters.store import Store, open_store
from server.adapters.store.search import open_search
from server.adapters.vault import AesSealer, FileVault
from server.domain.casework.files import CaseFiles
from server.domain.events import Event
from server.domain.ids import CallId, ForceId, MarkerId, PromptId
from server.domain.markers import Marker, MarkerClass, PromptTexts
from server.domain.people import Force, Person
from server.domain.searching import Document, Hit, Query, Subject, Within
from server.domain.transfers import Peers
from server.ports.bus import Notice
from server.ports.searching import SearchIndex, SearchLost
from server.ports.speech import EngineHealth
from server.ports.vault import Vault
from server.services.api_keys import ApiKeys
from server.services.board import Board
from server.services.briefing import Channels, SheetRules
from server.services.case_desk import CaseDesk, CaseKit
from server.services.case_pages import CasePages
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.corrections import Corrections
from server.services.crew import Briefs
from server.services.daybook import Daybook
from server.services.deliveries import Deliveries
from server.services.desks import Desks
from server.services.duties import Duties
from server.services.duty import Duty
from server.services.feed_writing import Sources
from server.services.feeds import Feeds
from server.services.history import History
from server.services.integrations import Integrations, OutboxState
from server.services.invite_values import InviteRules
from server.services.invites import Invites
from server.services.inviting import Inviting
from server.services.inviting_cases import CaseInviting
from server.services.listening_in import ListeningIn
from server.services.need_to_know import NeedToKnow
from server.services.notes import Note
from server.services.rates import Rate, Rates
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.remembering import Remembering
from server.services.room_doors import Video
from server.services.safekeeping import Beside, Keep, Safekeeping
from server.services.sheet_links import SheetLinks
from server.services.sheet_views import Showing
from server.services.signing_in import Accounts, SigningIn, SignInRules
from server.services.single_sign_on import SingleSignOn
from server.services.sounds import Sounds
from server.services.their_numbers import TheirNumbers
from server.services.training import Training
from server.services.transfers import Transfers
from server.services.video_links import VideoLinks
from server.settings.retention import load_retention
from server.web.app import build_app
from server.web.doors import Doors
from server.web.framing import Framing
from server.web.languages import languages
from tests.fakes import FakeHasher
from tests.services.stage import PlainReader
from tests.stories import HANNAH, HARRY, SAM, SUE, TEXTS

PASSWORD = "correct horse battery"
HEALTHY = EngineHealth(
    model="small-en-gb-8k", demonstration=True, workers=1, workers_ready=1, restarts=0, legs=0
)

PLENTY = Rate(per_s=10_000, burst=10_000)


class Unremembered:
    def after_ms(self, call: CallId, prompt: PromptId) -> int | None:
        return None


def marker(name: str) -> Marker:
    texts = TEXTS[name]
    return Marker(
        id=MarkerId(name),
        severity=MarkerClass.IMMEDIATE,
        title=texts["title"],
        why="Because of what follows it.",
        sources=("A study",),
        prompts=PromptTexts(**{key: text for key, text in texts.items() if key != "title"}),
        order=1,
    )


MARKERS = {MarkerId(name): marker(name) for name in TEXTS}
SHEET_KEY = b"k" * 64


class Unsearchable:
    """An index that cannot be had."""

    async def put(self, document: Document) -> None:
        raise SearchLost

    async def forget(self, subject: Subject, name: str) -> None:
        raise SearchLost

    async def place(self) -> int:
        raise SearchLost

    async def reach(self, place: int) -> None:
        raise SearchLost

    async def find(
        self, query: Query, within: Within, *, before: Hit | None = None, limit: int = 50
    ) -> Sequence[Hit]:
        raise SearchLost


@dataclass
class House:
    store: Store
    port: int
    host: str = "127.0.0.1"
    bus: LocalBus = field(default_factory=LocalBus)
    health: EngineHealth = HEALTHY
    origins: frozenset[str] = frozenset()
    """The public addresses, where they are not the one that the house is really at."""
    faults: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    routes: Sequence[web.AbstractRouteDef] = ()
    framing: Framing = field(default_factory=lambda: Framing(now=SystemClock().now))
    rate: Rate = PLENTY
    rules: SignInRules = field(default_factory=SignInRules)
    channels: Channels = field(default_factory=Channels)
    case_files: CaseFiles = field(default_factory=CaseFiles)
    single_sign_on: SingleSignOn | None = None
    forces: Mapping[ForceId, Force] = field(default_factory=dict)
    states: dict[str, OutboxState] = field(default_factory=dict)
    video: Video | None = None
    """The video rooms; none: there is no video here."""
    vault: Vault | None = None
    """Where recordings are kept; none: nothing becomes of calls that are over."""
    index: SearchIndex = field(default_factory=Unsearchable)
    training: Training | None = None
    peers: Peers = field(default_factory=Peers)
    """Other forces' servers, which calls are handed over to and taken over from."""
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        accounts = Accounts(
            people=self.store.people,
            sessions=self.store.sessions,
            hasher=FakeHasher(),
            accesses=self.store.accesses,
        )
        self.signing_in = SigningIn(accounts, SystemClock(), self.rules)
        self.recorder = Recorder(journal=self.store.journal, bus=self.bus)
        self.sounds = Sounds(keep_ms=60_000, encode=ulaw_of)
        self.daybook = Daybook(SystemClock(), self._force_of)
        self.need_to_know = NeedToKnow(bars=self.store.bars, accesses=self.store.accesses)
        self.room = self._new_room()
        self.remembering = self._new_memory()
        self.deliveries = Deliveries(recorder=self.recorder, clock=SystemClock(), prompt_clock=Unremembered())
        self.feeds = self._new_feeds()
        self.invites = invites_in(self)
        self.transfers: Transfers | None = None

    @property
    def showing(self) -> Showing:
        return Showing(markers=MARKERS, peers=self.peers, history=self.store.history)

    @property
    def safekeeping(self) -> Safekeeping | None:
        if self.vault is None:
            return None
        beside = Beside(
            papers=self.store.papers,
            cases=self.store.cases,
            history=self.store.history,
            matcher=LibraryMatcher(),
        )
        return Safekeeping.of(self.room, self.vault, _keep(self.store), beside, reader=WebmReader())

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def record(self, call: CallId, *events: Event) -> None:
        await self.recorder.record(call, *events)

    async def grant(self, call: CallId, *people: Person) -> None:
        for person in people:
            await self.store.grants.give(call, person.id)

    def _force_of(self, call: CallId) -> ForceId | None:
        return self.room.casebook.force_of(call)  # of the present room: a restart brings another

    def hear(self, notice: Notice) -> None:
        self.room.casebook.follow(notice)
        self.feeds.hear(notice)
        self.remembering.follow(notice)
        self.daybook.follow(notice)

    async def open(self) -> None:
        self._runner = web.AppRunner(build_app(self._doors()), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener()).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self) -> None:
        """As after a crash: nothing remembered but what the store keeps, and the sessions."""
        await self.close()
        self.room = self._new_room()
        self.remembering = self._new_memory()
        self.feeds = self._new_feeds()
        self.invites = invites_in(self)
        await self.open()

    def _listener(self) -> socket.socket:
        """With small buffers, so that a browser that does not read is felt soon."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)
        listener.bind((self.host, self.port))
        return listener

    def _new_room(self) -> ControlRoom:
        clock = SystemClock()
        return ControlRoom(
            recorder=self.recorder,
            duty=Duty(people=self.store.people, grants=self.store.grants, bus=self.bus),
            casebook=Casebook(journal=self.store.journal, clock=clock),
            need_to_know=self.need_to_know,
            clock=clock,
            forces=self.forces,
        )

    def _new_memory(self) -> Remembering:
        """Looks at what it followed when a test says `await house.remembering.look()`."""
        return Remembering(
            self.room, history=self.store.history, matcher=LibraryMatcher(), reader=HeardEntities()
        )

    def _new_feeds(self) -> Feeds:
        clock = SystemClock()
        board = Board(journal=self.store.journal, clock=clock)
        return Feeds(
            Sources(
                board=board,
                grants=self.store.grants,
                people=self.store.people,
                bus=self.bus,
                clock=clock,
                deliveries=self.deliveries,
                need_to_know=self.need_to_know,
            )
        )

    def _case_kit(self) -> CaseKit:
        files = self.case_files
        return CaseKit(book=self.store.cases, files=lambda _: files, markers=MARKERS, mail=self.channels.mail)

    def sheet_rules(self) -> SheetRules:
        links = SheetLinks(keys=(SHEET_KEY,))
        theirs = TheirNumbers(journal=self.store.journal, cases=self.store.cases)
        return SheetRules(base_url=self.url, links=links, theirs=theirs, channels=self.channels)

    def _integrations(self) -> Integrations:
        clock = SystemClock()
        return Integrations(
            keys=ApiKeys(book=self.store.keys, clock=clock),
            rates=Rates(clock, self.rate),
            strangers=Rates(clock, self.rate),
            postings=self,
        )

    def _doors(self) -> Doors:
        return Doors(
            signing_in=self.signing_in,
            desks=Desks.of(self.room, Readers(shipped=PlainReader())),
            duties=Duties.of(self.room, self.store.papers, self.index, self.training),
            feeds=self.feeds,
            cases=CaseDesk.of(self.room, self._case_kit()),
            briefs=Briefs.of(self.room, self.showing, self.sheet_rules()),
            transfers=self.transfers,
            listening_in=ListeningIn(
                sounds=self.sounds,
                recorder=self.recorder,
                grants=self.store.grants,
                need_to_know=self.need_to_know,
            ),
            daybook=self.daybook,
            history=History(self.room, history=self.store.history, matcher=LibraryMatcher()),
            corrections=Corrections(recorder=self.recorder, need_to_know=self.need_to_know),
            single_sign_on=self.single_sign_on,
            sign_in_label="Sign in with your force account",
            framing=self.framing,
            journal=self.store.journal,
            markers=MARKERS,
            engine_health=lambda: self.health,
            render_metrics=lambda: b"earshot_up 1\n",
            faults=lambda: tuple(self.faults),
            notes=lambda: tuple(self.notes),
            integrations=self._integrations(),
            safekeeping=self.safekeeping,
            invites=self.invites,
            video=self.video,
            public_origins=self.origins or frozenset({self.url}),
            routes=self.routes,
        )


def invites_in(house: House) -> Invites:
    """Links into video, whose texts nobody is sent: whoever sends them is shown them."""
    links = VideoLinks(
        book=house.store.links, recorder=house.recorder, turns=house.room.turns, clock=house.room.clock
    )
    spoken = languages()
    rules = InviteRules(
        base_url=house.url,
        messages={code: language.message for code, language in spoken.items()},
        channel="console",
    )
    inviting = Inviting(
        room=house.room,
        links=links,
        readers=Readers(shipped=PlainReader()),
        text=ConsoleTexts(),
        rules=rules,
        rates=Rates(house.room.clock, PLENTY),
        theirs=TheirNumbers(journal=house.store.journal, cases=house.store.cases),
    )
    return Invites(
        inviting=inviting,
        cases=CaseInviting(inviting=inviting, pages=CasePages(house.room, house.store.cases)),
        links=links,
        strangers=Rates(house.room.clock, house.rate),
        languages={code: language.name for code, language in spoken.items()},
        unread=frozenset(code for code, language in spoken.items() if not language.verified),
        leave_to=f"{house.url}/sign-in",
        sends=False,
    )


@asynccontextmanager
async def open_house(folder: Path, *forces: Force) -> AsyncIterator[House]:
    sealer = AesSealer([bytes(32)])
    async with (
        open_store(f"sqlite:{folder / 'earshot.db'}", clock=SystemClock(), sealer=sealer) as store,
        open_search(folder / "search.db", bytes(32)) as index,
    ):
        for person in (HANNAH, HARRY, SAM, SUE):
            await store.people.add(replace(person, on_duty=False), password_hash=f"hash:{PASSWORD}")
            await store.people.set_duty(person.id, on_duty=True)
        vault = FileVault(folder / "vault", sealer=sealer, keys=store.shelf)
        known = {force.id: force for force in forces}
        house = House(store=store, port=free_port(), forces=known, vault=vault, index=index)
        leave = house.bus.subscribe(house.hear)
        await house.open()
        try:
            async with asyncio.TaskGroup() as tasks:
                telling = tasks.create_task(house.deliveries.run())
                yield house
                telling.cancel()
        finally:
            leave()
            await house.close()
            await vault.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


def _keep(store: Store) -> Keep:
    classes = load_retention(Path(__file__).parents[1] / "config/retention.toml")
    return Keep(retention=store.retention, audit=store.audit, classes=classes)
