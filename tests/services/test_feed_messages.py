"""What a feed says to whom: an event that tells of a call that a person may not know of says nothing."""

from server.domain.events import Entry, Event, LinkConfirmed, LinkFound
from server.domain.ids import CallId
from server.domain.linking import Link, Strength
from server.services.feed_messages import encoded, events_of
from server.services.followed import encode
from tests.fakes import START
from tests.stories import HANNAH, MIDSHIRE, arrived

CALL, HIDDEN = CallId("CA2"), CallId("CA-hidden")
LINK = Link(
    earlier=HIDDEN,
    force=MIDSHIRE,
    before_s=60,
    reasons=("same mobile, 1 min ago",),
    confidence=0.99,
    strength=Strength.LINKED,
)


def said_to(barred: frozenset[CallId]) -> str:
    events: tuple[Event, ...] = (
        arrived(),
        LinkFound(at_ms=5, link=LINK),
        LinkConfirmed(at_ms=6, person=HANNAH.id, earlier=HIDDEN),
    )
    entries = [
        encode(Entry(call=CALL, seq=seq, recorded_at=START, event=event))
        for seq, event in enumerate(events, 1)
    ]
    return encoded(events_of(CALL, entries, barred))


def test_a_link_to_a_call_that_somebody_is_barred_from_keeps_its_number_and_nothing_else() -> None:
    told = said_to(frozenset({HIDDEN}))
    assert "CA-hidden" not in told
    assert "same mobile" not in told
    assert '"seq":2' in told
    assert '"seq":3' in told


def test_everybody_else_is_told_of_the_link() -> None:
    told = said_to(frozenset({CallId("another")}))
    assert told.count("CA-hidden") == 2
