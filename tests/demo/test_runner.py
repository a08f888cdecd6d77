"""The demonstration's calls through the real doorway, on an engine that hears what it is told."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from server.adapters.clock import SystemClock
from server.adapters.doorways.twilio.doorway import ControlRoom, TwilioDoorway, TwilioOptions, routes
from server.demo.runner import Playbill
from server.demo.stage import DemoCall, Options, Stage
from server.domain.callscript import read_script
from server.domain.ids import CallId
from server.domain.people import Desk, Force
from server.domain.speech import Party
from server.services.switchboard import Switchboard
from tests.services.stage import FORCE, HANDLER, ToldTranscriber, said, staged

PUBLIC_URL = "https://earshot.example"
TOKEN = "not-a-secret"
NUMBER = "+441632960000"
DESK = Desk(dial="sip:desk1@handlers.example", handler=HANDLER)
SECOND = bytes([0xFF]) * 8000
FAST = Options(once=True, stagger_s=0.0, speed=50.0, paint_s=0.0)


def demo_call(number: int, script: str) -> DemoCall:
    return DemoCall(
        id=CallId(f"CA{number:032x}"),
        name=f"call-{number}",
        caller=f"+4477009000{number:02}",
        script=read_script(script),
        inbound=SECOND,
        outbound=SECOND,
    )


KNIFE = "title: A knife\n00:00.000 caller: a knife\nexpect: weapon within 9s of 00:00.400\n"
QUIET = "title: A quiet call\n00:00.000 caller: a knife\nexpect: none\n"


@asynccontextmanager
async def ready() -> AsyncIterator[tuple[Stage, io.StringIO]]:
    output = io.StringIO()
    engine = ToldTranscriber(at_end=[said("a knife", party=Party.CALLER)])
    async with staged(engine) as services, _served(services.switchboard) as url:
        stage = Stage(
            base_url=url,
            public_url=PUBLIC_URL,
            auth_token=TOKEN,
            called=NUMBER,
            journal=services.journal,
            bus=services.bus,
            sign_ins=(),
            console=Console(file=output, width=120),
        )
        yield stage, output


@asynccontextmanager
async def _served(switchboard: Switchboard) -> AsyncIterator[str]:
    force = Force(id=FORCE, name="Demonstration", numbers=(NUMBER,), desks=(DESK,))
    options = TwilioOptions(
        public_url=PUBLIC_URL, auth_tokens=(TOKEN,), fallback="number:+441632960002", forces=(force,)
    )
    room = ControlRoom(
        lines=switchboard,
        choose_desk=lambda _force: DESK,
        tally=lambda _code: None,
        in_danger=lambda _call: False,
    )
    doorway = TwilioDoorway(options, room=room, clock=SystemClock())
    app = web.Application()
    app.add_routes(routes(doorway))
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
        await doorway.close()


async def test_calls_ring_in_as_twilio_brings_them_and_their_prompts_are_found() -> None:
    async with ready() as (stage, output):
        reports = await Playbill(stage, FAST).play([demo_call(1, KNIFE), demo_call(2, KNIFE)])
    assert [(report.held, report.fault) for report in reports] == [(True, ""), (True, "")]
    assert [report.scores[Party.CALLER].error_rate for report in reports] == [0.0, 0.0]
    shown = output.getvalue()
    assert "call-1        00:00  ringing: A knife" in shown
    assert "caller   a knife" in shown
    assert "weapon: Ask about weapon?" in shown


async def test_a_prompt_in_a_quiet_call_does_not_pass() -> None:
    async with ready() as (stage, _):
        (report,) = await Playbill(stage, FAST).play([demo_call(1, QUIET)])
    assert not report.held
    assert [prompt.marker for prompt in report.verdict.unexpected] == ["weapon"]


async def test_a_call_that_the_server_turns_away_is_reported_and_the_others_go_on() -> None:
    async with ready() as (stage, _):
        refused = replace(demo_call(1, KNIFE), id=CallId("not a call"))
        reports = await Playbill(stage, FAST).play([refused, demo_call(2, KNIFE)])
    assert [report.held for report in reports] == [False, True]
    assert "did not ask to hear it" in reports[0].fault


async def test_a_server_that_cannot_be_reached_is_reported_for_every_call() -> None:
    async with ready() as (stage, _):
        away = replace(stage, base_url="http://127.0.0.1:9")
        reports = await Playbill(away, FAST).play([demo_call(1, KNIFE), demo_call(2, QUIET)])
    assert [report.held for report in reports] == [False, False]
    assert all(report.fault for report in reports)
