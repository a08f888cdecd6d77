"""Putting stand-ins into an exercise's sound: silence where something was taken out, and a voice in it."""

import array
import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain.speech import BYTES_PER_MS, Party
from server.domain.training.masking import Masked, silenced
from server.domain.training.stand_ins import StandIn, holes
from server.ports.speaking import Voice

BEFORE_MS = 40
"""A little silence before the voice, as there is before a word."""
LEAST, MOST = 900.0, 6000.0
"""How loud it is, by the root mean square: as loud as what was taken out, but neither lost nor a fright."""
LOUDEST = 32767


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """One call's sound with what stands in it."""

    sound: Mapping[Party, bytes] = field(repr=False)
    spoken: int
    """Holes in which a voice says the stand-in,"""
    silent: int
    """and those that are silent: there is no voice, or it does not fit."""


async def stood_in(
    sound: Mapping[Party, bytes],
    masked: Sequence[Masked],
    standing: Iterable[StandIn],
    voice: Voice | None,
) -> Stood:
    """Nothing of what was taken out is left: first it is silence, then something else is said."""
    standing = tuple(standing)
    done: dict[Party, bytes] = {}
    spoken = silent = 0
    for party, pcm in sound.items():
        mine = [one for one in masked if one.party is party]
        quiet = bytearray(await asyncio.to_thread(silenced, pcm, mine))
        for hole in holes(standing, party):
            from_, to = hole.from_ms * BYTES_PER_MS, min(hole.to_ms * BYTES_PER_MS, len(quiet))
            quiet[from_:to] = bytes(max(0, to - from_))
            said = await _said(hole, pcm, voice)
            begin = from_ + BEFORE_MS * BYTES_PER_MS
            if said is None or begin + len(said) > len(quiet):
                silent += 1
                continue
            quiet[begin : begin + len(said)] = said
            spoken += 1
        done[party] = bytes(quiet)
    return Stood(sound=done, spoken=spoken, silent=silent)


async def _said(hole: StandIn, pcm: bytes, voice: Voice | None) -> bytes | None:
    within_ms = hole.to_ms - hole.from_ms - 2 * BEFORE_MS
    if voice is None or within_ms <= 0:
        return None
    said = await voice.say(hole.text, within_ms=within_ms)
    if said is None:
        return None
    was = pcm[hole.from_ms * BYTES_PER_MS : hole.to_ms * BYTES_PER_MS]
    return await asyncio.to_thread(_as_loud, said, was)


def _as_loud(said: bytes, was: bytes) -> bytes:
    """Only how loud it was is taken from what was taken out."""
    loudness = _loudness(said)
    if not loudness:
        return said
    factor = min(MOST, max(LEAST, _loudness(was))) / loudness
    samples = array.array("h", said)
    return array.array("h", (max(-LOUDEST, min(LOUDEST, round(one * factor))) for one in samples)).tobytes()


def _loudness(pcm: bytes) -> float:
    samples = array.array("h", pcm[: len(pcm) // 2 * 2])
    return math.sqrt(sum(one * one for one in samples) / len(samples)) if samples else 0.0
