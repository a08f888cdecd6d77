"""Turns take their place in time: the order in which two legs settle changes nothing."""

from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.ids import MarkerId
from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Party, Utterance
from tests.adapters.language.calls import draft, reader, turns, utterance

ASKED = (
    "has he got a knife",
    "did he strangle you",
    "okay stay on the line for me are there any children in the house",
    "do you feel safe",
    "has your husband done this before",
    "what is your address",
    "okay",
)
SAID = (
    "yeah",
    "no",
    "um hang on",
    "i do not know",
    "he's in the kitchen",
    "my husband is kicking the door in",
    "he won't let me out",
    "twelve mill lane",
)
Legs = dict[Party, list[Utterance]]


def _telling(text: str, said: str) -> str:
    return f"handler: {text} / caller: {said}"


def _affirmed(sightings: Iterable[Sighting]) -> set[tuple[MarkerId, Polarity, Party, int]]:
    """What the call shows in the end: a correction takes the answer it speaks of back."""
    shown: set[tuple[MarkerId, Polarity, Party, int]] = set()
    for one in sightings:
        if one.rule.endswith("/corrected"):
            taken_back = {(one.marker, polarity, one.party, one.utterance) for polarity in Polarity}
            shown -= taken_back
        else:
            shown.add((one.marker, one.polarity, one.party, one.utterance))
    return shown


def _read(order: Sequence[Utterance]) -> list[Sighting]:
    reading = reader().begin()
    return [one for turn in order for one in reading.settle(turn)]


def _shuffled(order: Sequence[Utterance], draws: Sequence[bool]) -> list[Utterance]:
    """Another order, in which each leg keeps its own."""
    legs = {party: [turn for turn in order if turn.party is party] for party in Party}
    mixed = []
    for handler_first in draws:
        leg = legs[Party.HANDLER if handler_first else Party.CALLER]
        if leg:
            mixed.append(leg.pop(0))
    return [*mixed, *legs[Party.HANDLER], *legs[Party.CALLER]]


asked_and_answered = st.lists(st.builds(_telling, st.sampled_from(ASKED), st.sampled_from(SAID)), max_size=6)
orders = st.lists(st.booleans(), max_size=12)


@settings(max_examples=100, deadline=None)
@given(pairs=asked_and_answered, draws=orders)
def test_any_order_of_settling_that_keeps_each_legs_own_shows_the_same(
    pairs: list[str], draws: list[bool]
) -> None:
    said = turns(" / ".join(pairs)) if pairs else []
    assert _affirmed(_read(_shuffled(said, draws))) == _affirmed(_read(said))


def test_a_question_that_settles_after_its_answer_still_finds_it() -> None:
    question, answer = turns("handler: has he got a knife / caller: yeah")
    reading = reader().begin()
    assert reading.settle(answer) == ()
    [found] = reading.settle(question)
    assert (found.marker, found.polarity) == ("weapon", Polarity.AFFIRMED)
    assert (found.party, found.utterance, found.start_ms) == (Party.CALLER, 0, answer.start_ms)
    assert found.quote == "yeah"
    assert found.answers == "has he got a knife"


def test_a_later_question_that_settled_first_does_not_take_an_earlier_answer() -> None:
    first, yes, second = turns("handler: has he got a knife / caller: yeah / handler: did he strangle you")
    reading = reader().begin()
    found = [one for turn in (first, second, yes) for one in reading.settle(turn)]
    assert [one.marker for one in found] == ["weapon"]


def test_an_answer_that_overlaps_the_next_turn_belongs_to_the_question_before_it() -> None:
    reading = reader().begin()
    reading.settle(utterance("has he got a knife", party=Party.HANDLER))
    longer = "okay stay on the line for me now did he strangle you"
    reading.settle(utterance(longer, party=Party.HANDLER, number=1, from_ms=2000))
    found = reading.settle(utterance("yeah he has", from_ms=2300))
    assert [one.marker for one in found] == ["weapon"]


def test_an_answer_may_begin_over_the_end_of_its_question() -> None:
    reading = reader().begin()
    reading.settle(utterance("has he got a knife", party=Party.HANDLER))
    assert [one.marker for one in reading.settle(utterance("yeah", from_ms=1000))] == ["weapon"]


def test_an_answer_linked_to_the_wrong_question_is_corrected_in_sight() -> None:
    first, second, no = turns("handler: has he got a knife / handler: did he strangle you / caller: no")
    reading = reader().begin()
    reading.settle(first)
    assert [(one.marker, one.polarity) for one in reading.settle(no)] == [("weapon", Polarity.DENIED)]
    told = {one.marker: one for one in reading.settle(second)}
    assert told[MarkerId("strangulation")].polarity is Polarity.DENIED
    assert told[MarkerId("weapon")].polarity is Polarity.UNCERTAIN
    assert told[MarkerId("weapon")].rule == "weapon/corrected"
    assert "had spoken since" in told[MarkerId("weapon")].because


def test_a_question_is_answered_once() -> None:
    found = _read(turns("handler: has he got a knife / caller: yeah / caller: yeah"))
    assert [one.utterance for one in found] == [0]


def test_a_draft_is_read_in_its_place() -> None:
    reading = reader().begin()
    reading.settle(utterance("has he got a knife", party=Party.HANDLER))
    reading.settle(utterance("did he strangle you", party=Party.HANDLER, number=1, from_ms=9000))
    assert [one.marker for one in reading.draft(draft("yeah", from_ms=2000))] == ["weapon"]


def test_what_a_call_remembers_is_bounded() -> None:
    reading = reader().begin()
    for number in range(300):
        reading.settle(utterance("he's in the kitchen", number=number, from_ms=number * 2000))
    assert len(reading._steps) <= 64
