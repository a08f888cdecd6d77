"""One Vosk recogniser: sound in, words in the recogniser's own time out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import vosk

from server.adapters.speech.level import Level
from server.adapters.speech.messages import TimedWord

RATE_HZ = 8000
SAMPLES_PER_MS = RATE_HZ // 1000
UNSCORED = 0.7
"""The confidence of a word too new for the lattice to have scored; nearly all of them settle above it."""
SHOWN_AFTER_MS = 300
"""How long after its end a word first stands in a draft: the acoustic model looks ahead."""
ONSET_MS = 30
"""One step of the decoder."""
LETTER_MS = 60
"""A fair length of a letter in speech, for words whose times are not known yet."""


class _Word(msgspec.Struct, frozen=True):
    word: str
    start: float
    end: float
    conf: float


class _Result(msgspec.Struct, frozen=True):
    text: str = ""
    partial: str = ""
    result: tuple[_Word, ...] = ()
    partial_result: tuple[_Word, ...] = ()


_decoder = msgspec.json.Decoder(_Result)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one block of sound brought."""

    settled: bool
    words: tuple[TimedWord, ...] | None


def load_model(path: Path) -> vosk.Model:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(path))


class Recogniser:
    """Serves one leg. Not for two threads at once; the native calls let go of the interpreter lock."""

    def __init__(self, model: vosk.Model) -> None:
        self._native = vosk.KaldiRecognizer(model, float(RATE_HZ))
        self._native.SetWords(enable_words=True)
        self._level = Level()
        self._seen: list[tuple[str, int]] = []
        self.samples = 0

    def hear(self, pcm: bytes, *, draft: bool) -> Taken:
        settled = self._native.AcceptWaveform(self._level.lift(pcm))
        self.samples += len(pcm) // 2
        if settled:
            self._seen.clear()
            return Taken(settled=True, words=_spoken(_decoder.decode(self._native.Result()).result))
        return Taken(settled=False, words=self._draft() if draft else None)

    def finish(self) -> tuple[TimedWord, ...]:
        return _spoken(_decoder.decode(self._native.FinalResult()).result)

    def _draft(self) -> tuple[TimedWord, ...]:
        # Vosk gives a draft in two forms: the best path now, without times, and the words of the
        # lattice, timed and scored but up to a second older. The draft is the first, timed by the second.
        self._native.SetPartialWords(enable_partial_words=False)
        newest = _decoder.decode(self._native.PartialResult()).partial.split()
        if not newest:
            self._seen.clear()
            return ()
        self._native.SetPartialWords(enable_partial_words=True)
        timed = _timed(_decoder.decode(self._native.PartialResult()).partial_result)
        return () if _is_onset(timed) and len(newest) == 1 else self._joined(newest, timed)

    def _joined(self, newest: list[str], timed: tuple[TimedWord, ...]) -> tuple[TimedWord, ...]:
        self._note_first_seen(newest)
        known = _matched(newest, timed)
        joined: list[TimedWord] = []
        next_ms = self.samples // SAMPLES_PER_MS
        for index in range(len(newest) - 1, -1, -1):
            word = known[index] or self._guessed(index, next_ms)
            next_ms = min(next_ms, word.start_ms)
            joined.append(word)
        return _in_order(reversed(joined))

    def _note_first_seen(self, newest: list[str]) -> None:
        now_ms = self.samples // SAMPLES_PER_MS
        for index, text in enumerate(newest):
            if index < len(self._seen) and self._seen[index][0] == text:
                continue
            self._seen[index:] = [(text, now_ms)]

    def _guessed(self, index: int, next_ms: int) -> TimedWord:
        text, seen_ms = self._seen[index]
        end_ms = max(0, min(next_ms, seen_ms - SHOWN_AFTER_MS))
        return TimedWord(text, max(0, end_ms - LETTER_MS * len(text)), end_ms, UNSCORED)


def _matched(newest: list[str], timed: tuple[TimedWord, ...]) -> list[TimedWord | None]:
    """For each new word its timed twin, in order; a word or two may differ in between."""
    matched: list[TimedWord | None] = []
    at = 0
    for text in newest:
        twin = next((i for i in range(at, min(at + 3, len(timed))) if timed[i].text == text), None)
        matched.append(None if twin is None else timed[twin])
        at = at if twin is None else twin + 1
    return matched


def _in_order(words: Iterable[TimedWord]) -> tuple[TimedWord, ...]:
    """No word before the end of the one before it: guessed times may not run backwards."""
    ordered: list[TimedWord] = []
    for word in words:
        floor_ms = ordered[-1].end_ms if ordered else 0
        start_ms = max(floor_ms, word.start_ms)
        ordered.append(TimedWord(word.text, start_ms, max(start_ms, word.end_ms), word.confidence))
    return tuple(ordered)


def _spoken(words: tuple[_Word, ...]) -> tuple[TimedWord, ...]:
    timed = _timed(words)
    return () if _is_onset(timed) else timed


def _is_onset(words: tuple[TimedWord, ...]) -> bool:
    """Whether this is the lone "i" that a recogniser hears in its very first step, whatever the sound.

    No word is said in one step. Nothing else is told apart: a word that is faint, short and doubtful
    is just what is left of one that the line cut off.
    """
    return len(words) == 1 and words[0].start_ms == 0 and words[0].end_ms <= ONSET_MS


def _timed(words: tuple[_Word, ...]) -> tuple[TimedWord, ...]:
    # Every word is kept, however faint: a recogniser's doubt is passed on as confidence for the reader
    # to weigh. A threshold here would one day throw away the whispered word that mattered.
    return tuple(
        TimedWord(word.word, round(word.start * 1000), round(word.end * 1000), min(1.0, max(0.0, word.conf)))
        for word in words
    )
