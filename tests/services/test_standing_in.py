"""What stands in an exercise's sound: nothing of the original in the hole, and the stand-in where it fits."""

from server.domain.speech import BYTES_PER_MS, Party
from server.domain.training.masking import Masked, suggested
from server.domain.training.stand_ins import StandIn, stand_ins
from server.services.standing_in import BEFORE_MS, stood_in
from tests.stories import said

WAS, VOICE = b"\x10\x20", b"\x00\x30"
SOUND = {Party.CALLER: WAS * 8 * 4000, Party.HANDLER: WAS * 8 * 4000}


class Humming:
    """Says everything for as long as it is told, and notes what it said."""

    def __init__(self, ms: int) -> None:
        self.said: list[str] = []
        self._ms = ms

    async def say(self, text: str, *, within_ms: int) -> bytes | None:
        self.said.append(text)
        return VOICE * 8 * self._ms if self._ms <= within_ms else None


def named() -> tuple[tuple[Masked, ...], tuple[StandIn, ...]]:
    utterance = said(Party.CALLER, 0, "my name is priya and he hit me", at_ms=1000).utterance
    masked = suggested([utterance])
    return masked, stand_ins([utterance], masked)


async def test_a_voice_says_the_stand_in_and_nothing_else_is_left_where_somebody_was_named() -> None:
    masked, standing = named()
    voice = Humming(300)
    stood = await stood_in(SOUND, masked, standing, voice)
    (hole,) = standing
    begin, end = hole.from_ms * BYTES_PER_MS, hole.to_ms * BYTES_PER_MS
    caller, was = stood.sound[Party.CALLER], SOUND[Party.CALLER]
    assert (voice.said, stood.spoken, stood.silent) == (["Sam"], 1, 0)
    assert (caller[:begin], caller[end:]) == (was[:begin], was[end:])
    said_from = begin + BEFORE_MS * BYTES_PER_MS
    said_to = said_from + 300 * BYTES_PER_MS
    assert not any(caller[begin:said_from] + caller[said_to:end])
    heard = caller[said_from:said_to]
    assert len({heard[at : at + 2] for at in range(0, len(heard), 2)}) == 1
    assert any(heard)
    assert WAS not in {heard[at : at + 2] for at in range(0, len(heard), 2)}
    assert stood.sound[Party.HANDLER] == SOUND[Party.HANDLER]


async def test_where_there_is_no_voice_or_it_does_not_fit_there_is_silence() -> None:
    masked, standing = named()
    (hole,) = standing
    for voice in (None, Humming(2000)):
        stood = await stood_in(SOUND, masked, standing, voice)
        assert (stood.spoken, stood.silent) == (0, 1)
        caller = stood.sound[Party.CALLER]
        assert not any(caller[hole.from_ms * BYTES_PER_MS : hole.to_ms * BYTES_PER_MS])
