"""Plays the demonstration calls to a running server through Twilio's protocol, two at once, and reports."""

import asyncio
from collections.abc import Callable, Sequence

import aiohttp
from rich.table import Table
from rich.text import Text

from server.demo.report import CallReport, reported, show
from server.demo.screen import Screen
from server.demo.stage import CALLS, DemoCall, Options, Stage, call_names, new_sid
from server.demo.telephone import read_legs
from server.demo.twilio_caller import CallRefused, Exchange, PhoneCall, TwilioCaller
from server.domain.callscript import read_script
from server.domain.events import CallEnded
from server.domain.ids import CallId
from server.ports.bus import Notice, Recorded

ENDED_WITHIN_S = 15.0
"""After hanging up: five seconds for the last words, and room to spare."""
DRAMA_CALLER = "+4477009000"
"""Ofcom keeps 07700 900000 to 900999 for drama."""


async def run_demo(stage: Stage, options: Options) -> int:
    """Play the calls and report: 0 when every expectation held, else 1.

    Without `once` it stays until cancelled.
    """
    _show_sign_ins(stage)
    calls = [load(name, number) for number, name in enumerate(call_names(options.calls), start=1)]
    reports = await Playbill(stage, options).play(calls)
    show(stage.console, reports)
    if not options.once:
        stage.console.print("The consoles stay up. Press Ctrl-C to end.")
        await asyncio.Event().wait()
    return 0 if all(report.held for report in reports) else 1


def load(name: str, number: int) -> DemoCall:
    script = read_script((CALLS / f"{name}.call").read_text(encoding="utf-8"))
    inbound, outbound = read_legs(CALLS / script.audio)
    return DemoCall(
        id=CallId(new_sid()),
        name=name,
        caller=f"{DRAMA_CALLER}{number:02}",
        script=script,
        inbound=inbound,
        outbound=outbound,
    )


def _show_sign_ins(stage: Stage) -> None:
    table = Table(title=f"Sign in at {stage.public_url}", title_justify="left")
    for name in ("role", "sign-in", "password"):
        table.add_column(name)
    for sign_in in stage.sign_ins:
        table.add_row(sign_in.role.value, sign_in.person, sign_in.password)
    stage.console.print(table)


class Endings:
    """Knows which calls have ended, so that somebody can wait for one."""

    def __init__(self, calls: Sequence[DemoCall]) -> None:
        self._ended = {call.id: asyncio.Event() for call in calls}

    def watch(self, notice: Notice) -> None:
        if not isinstance(notice, Recorded) or notice.call not in self._ended:
            return
        if any(isinstance(entry.event, CallEnded) for entry in notice.entries):
            self._ended[notice.call].set()

    async def of(self, call: CallId) -> None:
        """Raises `TimeoutError` when the call does not end."""
        async with asyncio.timeout(ENDED_WITHIN_S):
            await self._ended[call].wait()


class Playbill:
    """One evening's calls: some at once, the next begins when one is over."""

    def __init__(self, stage: Stage, options: Options) -> None:
        self._stage = stage
        self._options = options
        self._screen = Screen(stage.console)
        self._caller = TwilioCaller(
            Exchange(public_url=stage.public_url, auth_token=stage.auth_token, connect_to=stage.base_url)
        )
        self._lanes = asyncio.Semaphore(options.at_once)
        self._faults: dict[CallId, str] = {}

    async def play(self, calls: Sequence[DemoCall]) -> list[CallReport]:
        endings = Endings(calls)
        unwatch = self._stage.bus.subscribe(endings.watch)
        try:
            with self._screen.watching(self._stage.bus):
                await self._play_all(calls, endings)
        finally:
            unwatch()
        await asyncio.sleep(self._options.paint_s)
        return [await self._report(call) for call in calls]

    async def _play_all(self, calls: Sequence[DemoCall], endings: Endings) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._screen.run(), name="demo-screen")
            async with asyncio.TaskGroup() as playing:
                for place, call in enumerate(calls):
                    delay_s = self._options.stagger_s * (place % self._options.at_once)
                    playing.create_task(self._play(call, endings, delay_s), name=f"demo-call:{call.name}")
            await self._screen.close()

    async def _play(self, call: DemoCall, endings: Endings, delay_s: float) -> None:
        async with self._lanes:
            await asyncio.sleep(delay_s)
            phone = PhoneCall(
                sid=call.id,
                caller=call.caller,
                called=self._stage.called,
                inbound=call.inbound,
                outbound=call.outbound,
            )
            progress = self._screen.begin(call, length_ms=phone.duration_ms)
            try:
                await self._ring(phone, progress)
                await endings.of(call.id)
            except* (CallRefused, aiohttp.ClientError, TimeoutError) as errors:
                error = _first(errors)
                self._faults[call.id] = str(error) or type(error).__name__
                self._screen.say(call.name, phone.duration_ms, Text("could not be played", style="bold red"))

    async def _ring(self, phone: PhoneCall, progress: Callable[[int], None]) -> None:
        answer = await self._caller.call(phone, speed=self._options.speed, progress=progress)
        if not answer.stream:
            raise CallRefused("the call was connected, but the server did not ask to hear it")

    async def _report(self, call: DemoCall) -> CallReport:
        entries = await self._stage.journal.entries(call.id)
        return reported(call, entries, fault=self._faults.get(call.id, ""))


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
