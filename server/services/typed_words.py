"""Words that were typed on a call, and what somebody tapped: read and acted on like what is said."""

import logging
import re
from datetime import datetime

from server.domain.events import UtteranceHeard
from server.domain.ids import MarkerId
from server.domain.sightings import Polarity, Sighting, Source
from server.domain.speech import Party, Utterance, Word
from server.services.live_call import LiveCall

log = logging.getLogger(__name__)

DURESS_MARKER = MarkerId("perpetrator_present")
DURESS_RULE = "duress tap"
_CURLY = "\u2019"
_WORDS = re.compile(rf"[\w'{_CURLY}£%]+")


def now_ms(call: LiveCall, now: datetime) -> int:
    """Where on the call's timeline this moment lies, sound or none."""
    since = now - call.line_opened_at if call.line_opened_at is not None else None
    return max(call.media_ms, round(since.total_seconds() * 1000) if since is not None else 0)


async def type_words(call: LiveCall, party: Party, text: str, at_ms: int) -> int:
    """Take typed words as a settled turn of this party; returns the turn's number."""
    spoken = tuple(
        Word(text=word.replace(_CURLY, "'").lower(), start_ms=at_ms, end_ms=at_ms, confidence=1.0)
        for word in _WORDS.findall(text)
    )
    async with call.turn:
        number = call.take_number(party)
        said = Utterance(party=party, number=number, words=spoken, heard_to_ms=at_ms, typed=True)
        try:
            found = call.reading.settle(said) if spoken else ()
        except Exception:  # boundary: words that cannot be read must still be recorded
            log.exception("reading failed", extra={"call": call.id, "party": party})
            found = ()
        heard = [UtteranceHeard(at_ms=at_ms, utterance=said)] if spoken else []
        await call.record(*heard, *call.attention.settled(call.state, said, found))
    return number


async def take_duress(call: LiveCall, party: Party, at_ms: int) -> None:
    """The victim tapped that somebody is there: an immediate marker, without a word."""
    if DURESS_MARKER not in call.attention.markers:
        log.error("marker of the duress tap missing", extra={"marker": DURESS_MARKER})
        return
    sighting = Sighting(
        marker=DURESS_MARKER,
        polarity=Polarity.AFFIRMED,
        party=party,
        utterance=call.next_utterance.get(party, 0),
        quote="",
        matched=(),
        start_ms=at_ms,
        end_ms=at_ms,
        rule=DURESS_RULE,
        because="“Someone is here” was tapped on the video page.",
        source=Source.KEYS,
    )
    async with call.turn:
        await call.record(*call.attention.told(call.state, [sighting]))
