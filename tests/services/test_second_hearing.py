"""The second hearing: what it puts on record, what it asks for, and what it leaves alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from server.domain.events import (
    CallEnded,
    Ending,
    HeardAgain,
    NotHeardAgain,
    RecordingBegan,
    RecordingEnded,
    ReviewAsked,
    ReviewWhy,
)
from server.domain.ids import CallId
from server.domain.markers import MarkerClass
from server.domain.recordings import StreamId, StreamKind
from server.domain.review import Listed, hears_more, reviewed
from server.domain.sightings import Polarity
from server.domain.speech import Party, Utterance
from server.ports.following import News
from server.ports.recordings import NoRecording
from server.ports.speech import HearingLost, Transcriber
from server.services.readers import Readers
from server.services.second_hearing import FOLLOWER, Ears, Hearers, SecondHearing
from tests.services.room import CALL, Room
from tests.services.stage import PlainReader, ToldTranscriber, words
from tests.stories import said, sighted

SOUND = {Party.CALLER: bytes(16_000), Party.HANDLER: b""}
ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
KNIFE = Utterance(party=Party.CALLER, number=0, words=words("he has a knife"), heard_to_ms=900)


class Kept:
    """Recordings by call; any other has none."""

    def __init__(self, sound: Mapping[CallId, Mapping[Party, bytes]]) -> None:
        self._sound = sound

    async def sound(self, call: CallId) -> Mapping[Party, bytes]:
        if call not in self._sound:
            raise NoRecording("no sound of this call was kept")
        return self._sound[call]


class Diary:
    """The journal of a room, followed from its beginning."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.place = 0

    async def news(self, follower: str, kinds: Sequence[str], *, limit: int = 500) -> tuple[list[News], int]:
        assert follower == FOLLOWER
        news, reached = await self.after(self.place)
        return [one for one in news if one.kind in kinds], reached

    async def after(self, place: int, *, limit: int = 500) -> tuple[list[News], int]:
        lines = [
            News(call=call, kind=type(entry.event).__name__)
            for call, entries in self.room.journal.kept.items()
            for entry in entries
        ]
        return lines[place:], len(lines)

    async def reach(self, follower: str, place: int) -> None:
        self.place = place


def hearing(
    room: Room, transcriber: Transcriber, sound: Mapping[CallId, Mapping[Party, bytes]]
) -> SecondHearing:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Transcriber]:
        yield transcriber

    ears = Ears(model="large", how="a larger model", open=opened)
    hearers = Hearers(recordings=Kept(sound), ears=lambda: ears, readers=Readers(shipped=PlainReader()))
    return SecondHearing(room.recorder, Diary(room), hearers, room.clock)


async def test_what_is_heard_more_is_on_record_and_asks_for_review() -> None:
    room = await Room().open()
    await room.happens(said(Party.CALLER, 0, "he has a wife", at_ms=0), ENDED)
    room.clock.advance(60)
    await hearing(room, ToldTranscriber(at_end=[KNIFE]), {CALL: SOUND}).catch_up()
    (again,) = room.of_kind(HeardAgain)
    assert isinstance(again, HeardAgain)
    assert (again.model, again.utterances) == ("large", (KNIFE,))
    assert room.of_kind(ReviewAsked) == [
        ReviewAsked(at_ms=9000, why=ReviewWhy.HEARD_MORE, severity=MarkerClass.NONE)
    ]
    (finding,) = reviewed(room.journal.kept[CALL]).findings
    assert (finding.listed, finding.marker, finding.new) == (Listed.MISSED, "weapon", True)
    assert finding.live == "he has a wife"


async def test_what_the_second_hearing_doubts_is_listed_unless_live_ears_did_and_asks_for_no_review() -> None:
    seen = sighted("weapon", "he has a knife", utterance=0, at_ms=0)
    doubt = replace(seen.sighting, polarity=Polarity.UNCERTAIN, doubtful="knife or night")
    again = HeardAgain(
        at_ms=9000, model="large", how="a wider search", utterances=(KNIFE,), sightings=(doubt,)
    )
    room, doubted = await Room().open(), await Room().open()
    await room.happens(said(Party.CALLER, 0, "good night", at_ms=0), ENDED, again)
    await doubted.happens(
        said(Party.CALLER, 0, "he has a knife", at_ms=0), replace(seen, sighting=doubt), again
    )
    (finding,) = reviewed(room.journal.kept[CALL]).findings
    assert (finding.listed, finding.marker, finding.new) == (Listed.MISSED, "weapon", False)
    assert "not sure of it: knife or night?" in finding.because
    assert hears_more(room.journal.kept[CALL], again) == ()
    assert reviewed(doubted.journal.kept[CALL]).findings == ()


async def test_a_doubt_hides_nothing_that_is_heard_for_sure_a_little_later() -> None:
    doubt = sighted("weapon", "a night", utterance=0, at_ms=8500).sighting
    sure = sighted("weapon", "he has got a knife", utterance=1, at_ms=14_000).sighting
    again = HeardAgain(
        at_ms=20_000,
        model="large",
        how="a wider search",
        utterances=(KNIFE,),
        sightings=(replace(doubt, polarity=Polarity.UNCERTAIN, doubtful="knife or night"), sure),
    )
    room = await Room().open()
    await room.happens(said(Party.CALLER, 0, "good night", at_ms=8500), ENDED, again)
    (finding,) = reviewed(room.journal.kept[CALL]).findings
    assert (finding.at_ms, finding.quote, finding.new) == (14_000, "he has got a knife", True)
    assert hears_more(room.journal.kept[CALL], again) == ("weapon",)


async def test_a_call_is_heard_again_once_and_not_before_its_recording_is_whole() -> None:
    room = await Room().open()
    second = hearing(room, ToldTranscriber(at_end=[KNIFE]), {CALL: SOUND})
    caller = StreamId("caller")
    began = RecordingBegan(at_ms=0, stream=caller, medium=StreamKind.ULAW, policy="always", pieces=0)
    await room.happens(began, ENDED)
    await second.catch_up()
    assert room.of_kind(HeardAgain) == []
    await room.happens(RecordingEnded(at_ms=9000, stream=caller, pieces=9, to_ms=9000, chain=""))
    await second.catch_up()
    await second.hear(CALL)
    assert len(room.of_kind(HeardAgain)) == 1


async def test_a_call_that_cannot_be_heard_again_says_so_and_is_left_alone() -> None:
    room = await Room().open()
    await room.happens(ENDED)
    room.clock.advance(60)
    await hearing(room, ToldTranscriber(), {}).catch_up()
    deaf = await Room().open()
    await deaf.happens(ENDED)
    deaf.clock.advance(60)
    await hearing(
        deaf, ToldTranscriber(failures=[HearingLost("the engine cannot be had")]), {CALL: SOUND}
    ).catch_up()
    assert room.of_kind(NotHeardAgain) == [NotHeardAgain(at_ms=9000, why="no sound of this call was kept")]
    assert deaf.of_kind(NotHeardAgain) == [NotHeardAgain(at_ms=9000, why="the engine cannot be had")]
    assert reviewed(room.journal.kept[CALL]).not_heard_again == "no sound of this call was kept"
