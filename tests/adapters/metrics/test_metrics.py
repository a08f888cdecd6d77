"""The figures: counted from the journal, without a word in them."""

from server.adapters.metrics import Metrics
from server.domain.attention import Attention
from server.domain.call import CallState
from server.domain.events import Entry, Event, GapCause, GapHeard, PromptPainted, PromptTimed
from server.domain.ids import PersonId, PromptId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, Recorded
from tests.fakes import START
from tests.services.stage import CALL, MARKERS, ToldTranscriber, said, sighting


def shown(*events: Event) -> str:
    metrics = Metrics(health=ToldTranscriber().health, live_calls=lambda: 3)
    entries = tuple(
        Entry(call=CALL, seq=seq, recorded_at=START, event=event) for seq, event in enumerate(events, 1)
    )
    metrics.follow(Recorded(call=CALL, entries=entries))
    metrics.follow(BacklogSeen(call=CALL, party=Party.CALLER, backlog_ms=2500))
    metrics.refused("bad-signature")
    return metrics.render().decode()


def test_a_prompt_is_counted_by_marker_and_timed_by_stage() -> None:
    raised = Attention(markers=MARKERS).settled(CallState(), said("knife"), [sighting("weapon")])
    timed = PromptTimed(
        at_ms=0, prompt=PromptId("p1"), received_ms=20, draft_ms=300, sighted_ms=301, raised_ms=310
    )
    painted = PromptPainted(at_ms=0, prompt=PromptId("p1"), person=PersonId("jo"), after_ms=400)
    text = shown(*raised, timed, painted)
    assert 'earshot_prompts_total{marker="weapon",severity="immediate"} 1.0' in text
    for stage in ("received", "draft", "sighted", "raised", "painted"):
        assert f'earshot_prompt_seconds_count{{stage="{stage}"}} 1.0' in text
    assert "knife" not in text


def test_gaps_backlog_refusals_and_the_engine_are_shown() -> None:
    text = shown(GapHeard(at_ms=0, party=Party.CALLER, from_ms=0, to_ms=1500, cause=GapCause.LOST))
    for line in (
        'earshot_gap_seconds_total{cause="lost"} 1.5',
        "earshot_backlog_seconds 2.5",
        "earshot_backlog_alarms_total 1.0",
        'earshot_refused_total{reason="bad-signature"} 1.0',
        "earshot_workers_ready 1.0",
        "earshot_live_calls 3.0",
    ):
        assert line in text
