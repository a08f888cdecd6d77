"""The line of a live call: what a doorway's socket hands in, put in order without ever waiting."""

import asyncio
import logging
from dataclasses import dataclass, replace

from server.domain.events import DigitPressed, Event, GapCause, GapHeard, LegJoined
from server.domain.speech import AudioFrame, Party
from server.services.live_call import LiveCall
from server.services.tap import Tap

log = logging.getLogger(__name__)

MERGE_MS = 1000
"""Gaps of the same leg and cause that lie closer together than this are recorded as one,"""
LONGEST_MS = 5000
"""until they span this much: a leg that stays lost is said so while it lasts."""
MOST_SIGNALS = 1000
"""Facts waiting to be recorded; beyond it (the journal hangs) keys and gaps are dropped, and logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    epoch: int
    at_ms: int
    reached_ms: tuple[tuple[Party, int], ...] = ()
    """How far each leg had come before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Facts to record, and taps whose ears should start."""

    events: tuple[Event, ...]
    taps: tuple[tuple[Party, Tap], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    epoch: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    epoch: int


Signal = Opened | Noted | Lost | Stopped


class LiveLine:
    """Implements the doorway's `Line` for one epoch of one call.

    Gaps are merged before they are put, so signals are as few as the facts they stand for.
    """

    def __init__(
        self,
        *,
        call: LiveCall,
        signals: asyncio.Queue[Signal],
        offset_ms: int,
        tap_ms: int,
        epoch: int,
    ) -> None:
        self._call = call
        self._signals = signals
        self._offset_ms = offset_ms
        self._tap_ms = tap_ms
        self._epoch = epoch
        self._taps: dict[Party, Tap] = {}
        self._gaps: dict[Party, GapHeard] = {}
        self._last_heard_s: dict[Party, float] = {}
        self.begins_ms = offset_ms
        self._open = True
        self._dropped = 0

    @property
    def parties(self) -> frozenset[Party]:
        return frozenset(self._taps)

    def began(self, party: Party, *, now_s: float) -> None:
        """From now on, sound of this leg is missed when it does not come."""
        self._last_heard_s.setdefault(party, now_s)

    def quiet_since(self, moment_s: float) -> frozenset[Party]:
        """The legs of which nothing has come since this moment of the monotonic clock."""
        return frozenset(party for party, last_s in self._last_heard_s.items() if last_s < moment_s)

    def join(self, party: Party) -> None:
        if not self._open or party in self._taps:
            return
        tap = Tap(capacity_ms=self._tap_ms, lost=self._overflowed)
        self._taps[party] = tap
        joined = LegJoined(at_ms=self._offset_ms, party=party)
        self._signals.put_nowait(Noted(events=(joined,), taps=((party, tap),)))

    def hear(self, frame: AudioFrame) -> None:
        tap = self._taps.get(frame.party)
        if not self._open or tap is None:
            return
        # Copied only where it must be: this runs a hundred times a second for every call.
        placed = replace(frame, at_ms=frame.at_ms + self._offset_ms) if self._offset_ms else frame
        self._last_heard_s[frame.party] = frame.received_s
        self._call.media_ms = max(self._call.media_ms, placed.end_ms)
        self._call.reached_ms[frame.party] = placed.end_ms
        self._call.times_of(frame.party).heard(placed)
        tap.offer(placed)
        if self._call.sound is not None:
            self._call.sound.keep(placed)
        self._settle_gap(placed.party, before_ms=placed.at_ms)

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None:
        if self._open:
            self._note_gap(party, from_ms + self._offset_ms, to_ms + self._offset_ms, cause)

    def press(self, party: Party, digit: str, *, at_ms: int) -> None:
        if self._open:
            pressed = DigitPressed(at_ms=at_ms + self._offset_ms, party=party, digit=digit)
            self._note(pressed)

    def stop(self) -> None:
        if self._open:
            self.silence()
            self._signals.put_nowait(Stopped(epoch=self._epoch))

    def lose(self, why: str) -> None:
        if self._open:
            self.silence()
            self._signals.put_nowait(Lost(epoch=self._epoch, why=why))

    def silence(self) -> None:
        """Take nothing more; what is held is still heard."""
        self._open = False
        for party in tuple(self._gaps):
            self._put_gap(party)
        for tap in self._taps.values():
            tap.close()
        self._say_dropped()

    def _overflowed(self, frame: AudioFrame) -> None:
        self._note_gap(frame.party, frame.at_ms, frame.end_ms, GapCause.OVERFLOW)

    def _note_gap(self, party: Party, from_ms: int, to_ms: int, cause: GapCause) -> None:
        held = self._gaps.get(party)
        if held is not None and held.cause is cause and from_ms - held.to_ms <= MERGE_MS:
            self._gaps[party] = replace(held, to_ms=max(held.to_ms, to_ms))
            self._settle_gap(party, before_ms=to_ms)
            return
        if held is not None:
            self._put_gap(party)
        self._gaps[party] = GapHeard(at_ms=from_ms, party=party, from_ms=from_ms, to_ms=to_ms, cause=cause)

    def _settle_gap(self, party: Party, *, before_ms: int) -> None:
        held = self._gaps.get(party)
        if held is None:
            return
        if before_ms - held.to_ms > MERGE_MS or held.to_ms - held.from_ms >= LONGEST_MS:
            self._put_gap(party)

    def _put_gap(self, party: Party) -> None:
        self._note(self._gaps.pop(party))

    def _note(self, event: Event) -> None:
        if self._signals.qsize() >= MOST_SIGNALS:
            self._drop()
            return
        self._say_dropped()
        self._signals.put_nowait(Noted(events=(event,)))

    def _drop(self) -> None:
        """Said at the first of a stretch, and counted at its end: the log must not fill up too."""
        if not self._dropped:
            log.error("facts dropped, the journal hangs", extra={"call": self._call.id})
        self._dropped += 1

    def _say_dropped(self) -> None:
        if self._dropped:
            log.error("facts were dropped", extra={"call": self._call.id, "count": self._dropped})
            self._dropped = 0
