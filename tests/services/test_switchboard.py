"""What becomes of a call between its arrival and its end."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from server.adapters.clock import SystemClock
from server.domain.events import (
    CallArrived,
    CallEnded,
    CryDoubted,
    Ending,
    Entry,
    Event,
    GapCause,
    GapHeard,
    LineLost,
    MarkerSighted,
    PromptAnswered,
    PromptRaised,
    PromptShown,
    SoundDoubted,
    UtteranceHeard,
)
from server.domain.ids import CallId, PromptId
from server.domain.people import Desk, Force
from server.domain.prompts import Outcome, Standing, prompt_for
from server.domain.sightings import BY_HAND
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party
from server.ports.bus import BacklogSeen
from server.ports.journal import JournalLost, UnknownCall
from server.ports.speech import CryHeard, Deafened, HearingLost, Progress, Reopened, Unheard
from server.services import listening, recording
from server.services.carrying import CallLimits
from server.services.lines import LiveLine
from server.services.open_lines import in_danger
from server.services.recording import Recorder
from server.services.switchboard import CallOver
from tests.fakes import FakeJournal
from tests.services.stage import (
    CALL,
    FORCE,
    HANDLER,
    MARKERS,
    SPECIALIST,
    Stage,
    ToldTranscriber,
    frame,
    marker,
    said,
    saying,
    sighting,
    staged,
)


class SlowJournal(FakeJournal):
    """Writes nothing until `open` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()

    async def append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        await self.open.wait()
        return await super().append(call, events)


SHORT = CallLimits(grace_s=0.05, flush_s=0.2, late_s=1.0, goodbye_s=0.05)


async def test_a_call_is_given_to_its_handler() -> None:
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        assert stage.kinds() == ["CallArrived", "HandlerAssigned"]
        assert stage.people.given == {(CALL, HANDLER)}


async def test_what_people_do_by_hand_is_known_to_the_ears() -> None:
    """A prompt raised by hand is not raised again by the words, nor does it take their number."""
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        seen = sighting("weapon", utterance=0)
        by_hand = replace(seen, rule=BY_HAND)
        prompt = prompt_for(MARKERS[seen.marker], by_hand, number=0, standing=Standing.SETTLED)
        raised = replace(prompt, id=PromptId("h1"), by=SPECIALIST)
        recorder = Recorder(journal=stage.journal, bus=stage.bus)
        await recorder.record(
            CALL,
            MarkerSighted(at_ms=200, sighting=by_hand, standing=Standing.SETTLED),
            PromptRaised(at_ms=200, prompt=raised),
        )
        live = stage.switchboard.live[CALL]
        events = live.attention.settled(live.state, said("knife"), [seen])
        assert not any(isinstance(event, PromptRaised) for event in events)
        others = live.attention.settled(live.state, said("throat"), [sighting("strangulation")])
        assert [event.prompt.id for event in others if isinstance(event, PromptRaised)] == ["p1"]


async def test_arriving_twice_is_arriving_once() -> None:
    async with staged(ToldTranscriber()) as stage:
        async with asyncio.TaskGroup() as both:
            both.create_task(stage.arrive())
            both.create_task(stage.arrive())
        assert stage.kinds().count("CallArrived") == 1


async def test_an_arrival_goes_on_though_whoever_asked_has_stopped_waiting() -> None:
    journal = SlowJournal()
    async with staged(ToldTranscriber(), journal=journal) as stage:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await stage.arrive()
        journal.open.set()
        await stage.until("CallArrived")
        await stage.arrive()
        assert stage.kinds() == ["CallArrived", "HandlerAssigned"]
        assert stage.people.given == {(CALL, HANDLER)}


async def test_an_arrival_that_cannot_be_recorded_is_refused_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "PAUSES_S", ())
    async with staged(ToldTranscriber()) as stage:
        stage.journal.lost = True
        with pytest.raises(JournalLost):
            await stage.arrive()
        stage.journal.lost = False
        await stage.arrive()
        assert CALL in stage.switchboard.live


async def test_one_call_that_cannot_be_read_does_not_keep_the_others_from_being_taken_up() -> None:
    journal = FakeJournal()
    for call in (CALL, CallId("CA2")):
        await journal.append(call, [CallArrived(at_ms=0, force=FORCE, doorway="t", caller="", called="")])
    journal.unreadable = {CALL}
    async with staged(ToldTranscriber(), journal=journal) as stage:
        assert set(stage.switchboard.live) == {"CA2"}


async def test_the_last_words_raise_their_prompt_before_the_call_ends() -> None:
    async with staged(ToldTranscriber(at_end=[said("he's got a knife")])) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        after = stage.kinds()[stage.kinds().index("UtteranceHeard") :]
        assert after == [
            "UtteranceHeard",
            "MarkerSighted",
            "RiskRaised",
            "PromptRaised",
            "PromptTimed",
            "LegLeft",
            "CallEnded",
        ]


async def test_ears_that_never_finish_do_not_keep_the_call_open() -> None:
    async with staged(ToldTranscriber(hang=True), limits=SHORT) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        unheard = [event for event in stage.events() if isinstance(event, GapHeard)]
        assert [(gap.cause, gap.from_ms, gap.to_ms) for gap in unheard] == [(GapCause.UNHEARD, 0, 20)]


async def test_last_words_outlive_a_journal_locked_at_the_end() -> None:
    engine = ToldTranscriber(at_end=[said("he's got a knife")])
    async with staged(engine, limits=CallLimits(flush_s=0.05)) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        await stage.until("LegJoined")
        stage.journal.lost = True
        line.hear(frame(0))
        line.stop()
        await asyncio.sleep(0.4)
        stage.journal.lost = False
        await stage.until("CallEnded")
        assert "PromptRaised" in stage.kinds()
        assert "GapHeard" not in stage.kinds()


async def test_sound_that_no_engine_heard_is_recorded_as_a_gap() -> None:
    engine = ToldTranscriber(during=[Unheard(from_ms=0, to_ms=4000)])
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        await stage.until("GapHeard")
        line.stop()


async def test_a_leg_without_a_recogniser_is_not_said_to_be_heard_again() -> None:
    still = Progress(received_to_ms=500, heard_to_ms=0)
    engine = ToldTranscriber(during=[Deafened(at_ms=0, why="died"), still, still])
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        assert (stage.kinds().count("EarLost"), stage.kinds().count("EarRestored")) == (1, 0)


async def test_ears_that_lag_but_get_on_are_waited_for() -> None:
    engine = ToldTranscriber(at_end=[said("he's got a knife")], lag_s=(0.15, 0.15, 0.15))
    async with staged(engine, limits=SHORT) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        assert "PromptRaised" in stage.kinds()
        assert "GapHeard" not in stage.kinds()


async def test_an_open_line_that_brings_nothing_is_said_to_be_deaf_until_sound_comes_again() -> None:
    limits = CallLimits(quiet_s=0.05, tick_s=0.01)
    progress = Progress(received_to_ms=20, heard_to_ms=20)
    async with staged(ToldTranscriber(during=[progress]), limits=limits) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0, received_s=SystemClock().monotonic_s()))
        await stage.until("EarLost")
        await asyncio.sleep(0.1)
        assert (stage.kinds().count("EarLost"), stage.kinds().count("EarRestored")) == (1, 0)
        line.hear(frame(20, received_s=SystemClock().monotonic_s()))
        await stage.until("EarRestored")
        line.lose("socket closed")


async def test_a_leg_that_never_brings_sound_is_deaf_too() -> None:
    async with staged(ToldTranscriber(), limits=CallLimits(quiet_s=0.05, tick_s=0.01)) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.HANDLER)
        await stage.until("EarLost")
        line.stop()


async def test_a_call_whose_stream_never_comes_is_not_calm() -> None:
    async with staged(ToldTranscriber(), limits=CallLimits(quiet_s=0.05, tick_s=0.01)) as stage:
        await stage.arrive()
        await stage.until("LineLost")
        await asyncio.sleep(0.05)
        assert stage.kinds().count("LineLost") == 1
        assert CALL in stage.switchboard.live


async def test_a_stream_that_failed_is_said_at_once() -> None:
    async with staged(ToldTranscriber(), limits=CallLimits(quiet_s=60, tick_s=0.01)) as stage:
        await stage.arrive()
        await stage.switchboard.callback(CALL, about="stream", status="stream-error", code="31920")
        await stage.until("LineLost")


async def test_backlog_is_seen_although_the_ear_hangs() -> None:
    async with staged(
        ToldTranscriber(hang=True), limits=CallLimits(tick_s=0.01, flush_s=0.05, late_s=0.05)
    ) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0, ms=1500, received_s=SystemClock().monotonic_s()))
        async with asyncio.timeout(5):
            while BacklogSeen(call=CALL, party=Party.CALLER, backlog_ms=1500) not in stage.notices:
                await asyncio.sleep(0.01)
        line.lose("socket closed")


async def test_an_arrival_cut_off_after_it_was_recorded_is_still_carried() -> None:
    journal = FakeJournal()
    async with staged(ToldTranscriber(), journal=journal) as stage:
        await journal.append(CALL, [CallArrived(at_ms=0, force=FORCE, doorway="t", caller="", called="")])
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.stop()
        await stage.until("CallEnded")
        await stage.arrive()
        assert stage.kinds().count("CallArrived") == 1


async def test_a_lost_line_settles_its_words_at_once_and_ends_the_call_after_the_grace() -> None:
    async with staged(ToldTranscriber(at_end=[said("he's got a knife")]), limits=SHORT) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.lose("socket closed")
        await stage.until("CallEnded")
        assert stage.kinds().index("PromptRaised") < stage.kinds().index("CallEnded")
        ended = stage.events()[-1]
        assert isinstance(ended, CallEnded)
        assert ended.why is Ending.LINE_LOST


async def test_a_new_line_of_the_same_call_goes_on_where_the_old_one_broke() -> None:
    async with staged(ToldTranscriber(at_end=[said("hello there")])) as stage:
        await stage.arrive()
        first = await stage.switchboard.open_line(CALL)
        first.join(Party.CALLER)
        first.hear(frame(0, ms=1000))
        first.lose("socket closed")
        await stage.until("UtteranceHeard")
        second = await stage.switchboard.open_line(CALL)
        second.join(Party.CALLER)
        second.hear(frame(0))
        second.stop()
        await stage.until("CallEnded")
        numbers = [event.utterance.number for event in stage.events() if isinstance(event, UtteranceHeard)]
        assert numbers == [0, 1]
        assert stage.engine.frames[-1].at_ms >= 1000
        assert stage.events()[-1].at_ms >= 1000


async def test_what_an_old_line_still_says_is_passed_over() -> None:
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        first = await stage.switchboard.open_line(CALL)
        second = await stage.switchboard.open_line(CALL)
        first.join(Party.CALLER)
        first.hear(frame(0))
        first.stop()
        second.join(Party.HANDLER)
        await stage.until("LegJoined")
        assert CALL in stage.switchboard.live
        second.stop()
        await stage.until("CallEnded")
        assert stage.engine.frames == []


async def test_keys_that_show_a_danger_raise_its_prompt() -> None:
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.press(Party.CALLER, "1", at_ms=10)
        line.press(Party.CALLER, "9", at_ms=20)
        await stage.until("PromptRaised")
        assert stage.kinds().count("DigitPressed") == 2
        line.stop()


async def test_a_call_is_in_danger_while_an_immediate_prompt_waits() -> None:
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        assert not in_danger(stage.switchboard.live, CALL)
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.press(Party.CALLER, "9", at_ms=20)
        await stage.until("PromptRaised")
        assert in_danger(stage.switchboard.live, CALL)
        answered = PromptAnswered(at_ms=30, prompt=PromptId("p1"), person=SPECIALIST, outcome=Outcome.YES)
        await Recorder(journal=stage.journal, bus=stage.bus).record(CALL, answered)
        assert not in_danger(stage.switchboard.live, CALL)
        line.stop()
    assert not in_danger(stage.switchboard.live, CallId("CA9"))


async def callers_line(stage: Stage) -> LiveLine:
    """Of a call that has just arrived."""
    await stage.arrive()
    line = await stage.switchboard.open_line(CALL)
    line.join(Party.CALLER)
    return line


async def test_a_cry_of_the_caller_is_on_record_and_keeps_the_line_open_for_a_minute() -> None:
    cry = CryHeard(from_ms=0, to_ms=400)
    async with staged(ToldTranscriber(during=[cry])) as stage:
        line = await callers_line(stage)
        line.hear(frame(0))
        await stage.until("CryDoubted")
        assert in_danger(stage.switchboard.live, CALL)
        line.hear(frame(60_500))
        assert not in_danger(stage.switchboard.live, CALL)
        line.stop()
    cries = [event for event in stage.events() if isinstance(event, CryDoubted)]
    assert [(event.party, event.from_ms, event.to_ms) for event in cries] == [(Party.CALLER, 0, 400)]


async def test_taps_that_answer_raise_what_they_say_with_the_sound_on_record() -> None:
    taps = SoundHeard(kind=SoundKind.TAPS, from_ms=0, to_ms=400, count=2)
    async with staged(ToldTranscriber(during=[taps])) as stage:
        line = await callers_line(stage)
        line.hear(frame(0))
        await stage.until("PromptRaised")
        line.stop()
    (doubted,) = [event for event in stage.events() if isinstance(event, SoundDoubted)]
    assert (doubted.sound, doubted.count, doubted.party) == (SoundKind.TAPS, 2, Party.CALLER)


@pytest.mark.parametrize(("name", "since"), [("weapon", None), ("silent_call_known", 4000)])
async def test_sounds_are_read_beside_a_prompt_for_one_who_cannot_speak_from_when_it_is_shown(
    name: str, since: int | None
) -> None:
    taps = SoundHeard(kind=SoundKind.TAPS, from_ms=4500, to_ms=4900, count=2)
    plain = prompt_for(marker(name), sighting(name), number=0, standing=Standing.SETTLED)
    prompt = replace(plain, id=PromptId("w1"))
    async with staged(ToldTranscriber(at_end=[taps])) as stage:
        line = await callers_line(stage)
        line.hear(frame(0, ms=4000))
        await Recorder(journal=stage.journal, bus=stage.bus).record(
            CALL,
            PromptRaised(at_ms=200, prompt=prompt),
            PromptShown(at_ms=200, prompt=prompt.id, waited_ms=0),
        )
        line.stop()
        await stage.until("SoundDoubted")
    (seen,) = [event.sighting for event in stage.events() if isinstance(event, MarkerSighted)]
    assert seen.because == f"shown since {since}"


async def test_sound_without_a_voice_is_whispering_once_there_are_words_in_it() -> None:
    hushed = [SoundHeard(kind=SoundKind.WHISPER, from_ms=at_ms, to_ms=at_ms + 2000) for at_ms in (0, 9000)]
    async with staged(ToldTranscriber(during=[*hushed, said("help")])) as stage:
        line = await callers_line(stage)
        line.hear(frame(0))
        await stage.until("UtteranceHeard")
        line.stop()
    doubted = [(event.sound, event.from_ms) for event in stage.events() if isinstance(event, SoundDoubted)]
    assert doubted == [(SoundKind.WHISPER, 0)]


async def test_a_call_reported_over_ends_although_its_line_says_nothing() -> None:
    async with staged(ToldTranscriber(), limits=SHORT) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        await stage.switchboard.hang_up(CALL, Ending.HUNG_UP)
        await stage.until("CallEnded")


async def test_no_call_lasts_for_ever() -> None:
    async with staged(ToldTranscriber(), limits=CallLimits(limit_s=0.05)) as stage:
        await stage.arrive()
        await stage.until("CallEnded")
        ended = stage.events()[-1]
        assert isinstance(ended, CallEnded)
        assert ended.why is Ending.TOO_LONG


async def test_a_call_that_never_came_or_is_over_takes_no_line() -> None:
    async with staged(ToldTranscriber(), limits=SHORT) as stage:
        with pytest.raises(UnknownCall):
            await stage.switchboard.open_line(CallId("CA-unknown"))
        await stage.arrive()
        await stage.switchboard.hang_up(CALL, Ending.HUNG_UP)
        await stage.until("CallEnded")
        while CALL in stage.switchboard.live:
            await asyncio.sleep(0)
        with pytest.raises(CallOver):
            await stage.switchboard.open_line(CALL)


async def test_a_call_left_open_by_the_last_run_is_taken_up_and_can_go_on() -> None:
    journal = FakeJournal()
    async with staged(ToldTranscriber(at_end=[said("hello")]), journal=journal) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0, ms=500))
        await stage.until("LegJoined")
    assert isinstance(stage.events()[-1], LineLost)
    async with staged(ToldTranscriber(at_end=[said("he's got a knife")]), journal=journal) as stage:
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        numbers = [event.utterance.number for event in stage.events() if isinstance(event, UtteranceHeard)]
        assert numbers == [0, 1]
        broken = [gap for gap in stage.events() if isinstance(gap, GapHeard)]
        assert [(gap.party, gap.cause, gap.from_ms) for gap in broken] == [
            (Party.CALLER, GapCause.BREAK, 500)
        ]


async def test_an_engine_that_cannot_hear_deafens_the_leg_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "RETRY_S", 0.01)
    failures: list[Exception] = [HearingLost(), ZeroDivisionError()]
    progress = Progress(received_to_ms=60, heard_to_ms=60)
    engine = ToldTranscriber(failures=failures, during=[progress], at_end=[said("he's got a knife")])
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        for at_ms in (0, 20, 40):
            line.hear(frame(at_ms))
        await stage.until("EarRestored")
        line.stop()
        await stage.until("CallEnded")
        assert stage.kinds().count("EarLost") == 1
        assert "PromptRaised" in stage.kinds()


async def test_a_replaced_worker_is_said_in_the_journal() -> None:
    engine = ToldTranscriber(
        during=[Deafened(at_ms=10, why="died"), Reopened(at_ms=20, replayed_ms=20)], at_end=[]
    )
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        await stage.until("EarRestored")
        line.stop()
        await stage.until("CallEnded")


async def test_words_that_cannot_be_read_are_still_recorded() -> None:
    async with staged(ToldTranscriber(at_end=[said("crash"), said("knife", number=1)])) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        assert stage.kinds().count("UtteranceHeard") == 2
        assert "PromptRaised" in stage.kinds()


async def test_a_journal_that_is_lost_for_a_moment_loses_no_word() -> None:
    async with staged(ToldTranscriber(at_end=[said("he's got a knife")])) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        await stage.until("LegJoined")
        stage.journal.lost = True
        line.hear(frame(0))
        line.stop()
        await asyncio.sleep(0.05)
        stage.journal.lost = False
        await stage.until("CallEnded")
        assert "PromptRaised" in stage.kinds()


async def test_a_draft_that_stands_raises_its_prompt_and_the_settled_words_confirm_it() -> None:
    drafts = [saying("he's got a knife"), saying("he's got a knife", heard_to_ms=1200)]
    engine = ToldTranscriber(during=[*drafts], at_end=[said("he's got a knife")])
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        await stage.until("PromptRaised")
        line.stop()
        await stage.until("CallEnded")
        kinds = stage.kinds()
        assert kinds.count("PromptRaised") == 1
        assert kinds.index("PromptRaised") < kinds.index("UtteranceHeard") < kinds.index("PromptConfirmed")


async def test_a_draft_heard_differently_in_the_end_is_withdrawn_visibly() -> None:
    drafts = [saying("he's got a knife"), saying("he's got a knife", heard_to_ms=1200)]
    engine = ToldTranscriber(during=[*drafts], at_end=[said("he's got a life")])
    async with staged(engine) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        assert stage.kinds().count("SightingWithdrawn") == 1
        assert stage.kinds().count("PromptWithdrawn") == 1


async def test_sound_beyond_what_a_tap_holds_loses_the_oldest_and_says_so() -> None:
    limits = CallLimits(tap_ms=1000)
    async with staged(ToldTranscriber(), limits=limits) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        for at_ms in range(0, 1500, 20):
            line.hear(frame(at_ms))
        line.stop()
        await stage.until("CallEnded")
        gaps = [event for event in stage.events() if isinstance(event, GapHeard)]
        assert [(gap.cause, gap.from_ms, gap.to_ms) for gap in gaps] == [(GapCause.OVERFLOW, 0, 500)]
        assert stage.engine.frames[0].at_ms == 500


async def test_gaps_close_together_are_one_fact_and_a_lasting_one_is_said_while_it_lasts() -> None:
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        for at_ms in range(0, 12_000, 20):
            line.gap(Party.CALLER, from_ms=at_ms, to_ms=at_ms + 20, cause=GapCause.LOST)
        line.stop()
        await stage.until("CallEnded")
        gaps = [event for event in stage.events() if isinstance(event, GapHeard)]
        assert sum(gap.to_ms - gap.from_ms for gap in gaps) == 12_000
        assert len(gaps) == 3


async def test_a_new_call_goes_to_the_desk_with_the_fewest() -> None:
    other = Desk(dial="queue:two", handler=SPECIALIST)
    force = Force(id=FORCE, name="F", numbers=(), desks=(Desk(dial="queue:one", handler=HANDLER), other))
    async with staged(ToldTranscriber()) as stage:
        await stage.arrive()
        assert stage.switchboard.choose_desk(force) == other
