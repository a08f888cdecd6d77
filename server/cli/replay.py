"""`earshot replay`: a recording or a scripted call through the whole path, printing its journal live."""

import asyncio
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.serve import stop_signal
from server.cli.start import FAILED, OK, ConfigOption, JsonOption, all_mistakes, draft_settings, err, refuse
from server.settings import Settings

if TYPE_CHECKING:
    from server.adapters.doorways.replay.wav import Legs
    from server.domain.events import Entry, Event
    from server.domain.ids import CallId
    from server.ports.bus import Notice
    from server.wiring.core import Core

READY_S = 120.0
"""A large model takes a minute from a cold disk."""
SETTLED_S = 30.0
"""After the sound is over: the last words, and whatever a fast replay left to be heard."""

FileArgument = Annotated[
    Path, typer.Argument(help="A WAV (stereo: caller left, handler right; mono: caller) or a .call script.")
]
HandlerOption = Annotated[
    Path | None, typer.Option("--handler", help="The handler's side, where each leg is a mono file.")
]
SpeedOption = Annotated[
    float, typer.Option(min=0.1, max=100, help="1 is real time; faster waits for the ears where it must.")
]


def replay(
    file: FileArgument,
    handler: HandlerOption = None,
    speed: SpeedOption = 1.0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a call and print its journal as it happens. Nothing of it is kept."""
    from server.adapters.doorways.replay.files import read_recording
    from server.adapters.doorways.replay.wav import BadSound

    try:
        legs = read_recording(file, handler)
    except BadSound as bad:
        refuse([str(bad)], as_json=as_json)
    found = draft_settings(config)
    settings = found.settings
    mistakes = all_mistakes(found, settings, needs_token=False)
    if mistakes:
        refuse(mistakes, as_json=as_json)
    with TemporaryDirectory(prefix="earshot-replay-") as folder:
        apart = settings.store.model_copy(update={"url": f"sqlite:{folder}/replay.db"})
        settings = settings.model_copy(update={"store": apart})
        raise typer.Exit(_replayed(settings, Replay(legs, speed=speed, as_json=as_json)))


def _replayed(settings: Settings, call: "Replay") -> int:
    import uvloop

    from server.wiring.core import run_core

    async def run() -> None:
        stop = stop_signal()

        async def body(core: "Core") -> None:
            async with asyncio.TaskGroup() as tasks:
                playing = tasks.create_task(call.play(core), name="replay")
                stopping = tasks.create_task(stop.wait(), name="replay-stop")
                await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                playing.cancel()
                stopping.cancel()

        await run_core(settings, body)

    uvloop.run(run())
    return OK if call.ended else FAILED


class Replay:
    """One replayed call, from its arrival to its end."""

    def __init__(self, legs: "Legs", *, speed: float, as_json: bool) -> None:
        self._legs = legs
        self._speed = speed
        self._as_json = as_json
        self._over = asyncio.Event()

    @property
    def ended(self) -> bool:
        return self._over.is_set()

    async def play(self, core: "Core") -> None:
        from server.adapters.doorways.replay.player import Backlog, Playing, ReplayDoorway
        from server.domain.ids import CallId
        from server.services.switchboard import Arrival

        call = CallId(f"replay-{secrets.token_hex(8)}")
        backlog = Backlog(call)
        core.bus.subscribe(backlog.follow)
        core.bus.subscribe(lambda notice: self._follow(call, notice))
        await core.transcriber.wait_ready(timeout_s=READY_S)
        arrival = Arrival(call=call, force=core.forces[0].id, doorway="replay")
        playing = Playing(speed=self._speed, backlog=backlog)
        await ReplayDoorway(core.switchboard, core.clock).play(arrival, self._legs, playing)
        try:
            async with asyncio.timeout(SETTLED_S):
                await self._over.wait()
        except TimeoutError:
            err.print("the last words did not settle in time")

    def _follow(self, call: "CallId", notice: "Notice") -> None:
        from server.domain.events import CallEnded
        from server.ports.bus import Recorded

        if not isinstance(notice, Recorded) or notice.call != call:
            return
        for entry in notice.entries:
            self._print(entry)
            if isinstance(entry.event, CallEnded):
                self._over.set()

    def _print(self, entry: "Entry") -> None:
        from server.services.wire import entry_json

        typer.echo(entry_json(entry) if self._as_json else told(entry))


def told(entry: "Entry") -> str:
    """One entry as a line for people."""
    at_ms = entry.event.at_ms
    clock = f"{at_ms // 60_000:02}:{at_ms % 60_000 / 1000:06.3f}"
    return f"{clock}  {_facts(entry.event)}"


def _facts(event: "Event") -> str:
    from server.domain import events as happened

    match event:
        case happened.UtteranceHeard(utterance=said):
            return f"{said.party}: {said.text}"
        case happened.PromptRaised(prompt=prompt):
            return f"PROMPT {prompt.id} {prompt.title}: {prompt.ask} ({prompt.party}: {prompt.quote!r})"
        case happened.PromptWithdrawn() | happened.PromptConfirmed():
            return f"{_kind(event)} {event.prompt}"
        case happened.GapHeard():
            return f"{event.party}: nothing heard from {event.from_ms} to {event.to_ms} ms ({event.cause})"
        case happened.EarLost():
            return f"NOT LISTENING to the {event.party}: {event.why}"
        case happened.CallEnded():
            return f"{_kind(event)}: {event.why}"
        case _:
            return _kind(event)


def _kind(event: "Event") -> str:
    """`MarkerSighted` as `marker sighted`."""
    name = type(event).__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
