"""Measure how sure heard words are, and what other guesses at them bring for immediate markers; run by hand.

    nice python models/risk/measure_nbest.py hear PLACE   # near an hour of a core; goes on where it stopped
    nice python models/risk/measure_nbest.py count PLACE   # some minutes

`hear` says development utterances with immediate markers, hard negatives, plain talk and calls of other
emergencies over a telephone line, and keeps in the folder PLACE what the recogniser gave: one answer, and
its guesses. `count` reads both as the server would. The settings were chosen on the lot "first"; the lot
"further" was looked at once they were. Needs what measure_confusions.py needs. The check half is never read.
"""  # noqa: INP001 - a recipe beside its material, not part of a package

import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import vosk
from guesses import GUESSES, Otherwise, Settling, weighed
from measure_confusions import (
    DEV,
    MODEL,
    Row,
    aligned,
    drawn,
    lines_for,
    on_the_line,
    plain,
    rows,
    said_words,
    vocabulary,
    voice_for,
)

from server.adapters.doorways.ulaw import pcm_of
from server.adapters.language.reader import SpacyReader
from server.adapters.language.reading import SpacyCallReading
from server.adapters.speech.level import Level
from server.adapters.speech.messages import TimedWord
from server.adapters.speech.recogniser import RATE_HZ, load_model
from server.demo.telephone import mulaw
from server.domain.markers import MarkerClass
from server.domain.sightings import Sighting
from server.domain.speech import Party, Utterance, Word

LOTS = {"first": (150, 60), "further": (110, 60)}
"""Utterances with immediate markers, and hard negatives; each lot goes on where the one before ended."""
CALLS = {"talk": ("talk",), "other emergencies": ("calls", "calls-h", "weigh-calls", "calls-j")}
ASKED = GUESSES
BLOCK_BYTES = RATE_HZ // 10 * 2
TURN_GAP_MS = 400
READER = SpacyReader(Path("config/markers"))
IMMEDIATE = {id_ for id_, marker in READER.markers.items() if marker.severity is MarkerClass.IMMEDIATE}


# ---- what is said


def lots() -> Iterator[tuple[str, Row]]:
    written = [row for row in rows(*sorted(DEV.glob("utterances-*.jsonl"))) if row["kind"] == "utterance"]
    grave = _by_lot(row for row in written if IMMEDIATE & set(row["markers"]))
    clean = _by_lot(row for row in rows(DEV / "negatives.jsonl") if not row.get("markers") and "text" in row)
    for name, (spoken, negative) in LOTS.items():
        yield from ((name, row) for row in _by_lot((*grave[:spoken], *clean[:negative])))
        del grave[:spoken], clean[:negative]


def _by_lot(some: Iterable[Row]) -> list[Row]:
    fit = [row for row in some if not re.search(r"\d", row.get("text", ""))]
    return sorted(fit, key=lambda row: drawn("nbest", row["id"]))


def calls(lot: str) -> list[Row]:
    some = rows(*(DEV / f"{name}.jsonl" for name in CALLS[lot]))
    return _by_lot(row for row in some if row.get("domestic") is False)


def turns(call: Row) -> Iterator[Row]:
    """The turns that are heard; whoever speaks keeps one voice, and the call one line."""
    for number, turn in enumerate(call["turns"]):
        if turn["speaker"] != "handler":
            voice = {**call, "id": f"{call['id']} {turn['speaker']}"}
            yield {"id": f"{call['id']} {number}", "text": turn["text"], "voice": voice, "line": call}


# ---- hearing


def hear(place: Path) -> None:
    model = load_model(MODEL)
    for lot, row in lots():
        _hear(model, place / f"{lot}.jsonl.gz", row)
    for lot in CALLS:
        for call in calls(lot):
            for turn in turns(call):
                _hear(model, place / f"{lot}.jsonl.gz", turn)


def _hear(model: vosk.Model, into: Path, row: Row) -> None:
    if row["id"] in _done(into):
        return
    noisy = lines_for(row.get("line", row))[-1] == "noisy"
    pcm = pcm_of(mulaw(on_the_line(row, voice_for(row.get("voice", row)), noisy=noisy)))
    heard = {"id": row["id"], "said": row["text"], "markers": row.get("markers", [])}
    heard["sound_s"] = len(pcm) / 2 / RATE_HZ
    heard["many"], heard["many_s"] = decoded(model, pcm, ASKED)
    if "line" not in row:
        heard["one"], heard["one_s"] = decoded(model, pcm, 0)
    with gzip.open(into, "at", encoding="utf-8", compresslevel=1) as file:
        file.write(json.dumps(heard) + "\n")
    _done(into).add(row["id"])


_known: dict[Path, set[str]] = {}


def _done(file: Path) -> set[str]:
    if file not in _known:
        _known[file] = {row["id"] for row in kept(file)} if file.exists() else set()
    return _known[file]


def kept(file: Path) -> Iterator[Row]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def decoded(model: vosk.Model, pcm: bytes, alternatives: int) -> tuple[list[Row], float]:
    """Every result of one run, and the processor seconds that it took."""
    ear = vosk.KaldiRecognizer(model, float(RATE_HZ))
    ear.SetWords(enable_words=True)
    ear.SetMaxAlternatives(alternatives)
    ear.SetPartialWords(enable_partial_words=True)
    level, found = Level(), []
    begun_s = time.process_time()

    def settle(result: Callable[[], str]) -> None:
        draft = ear.PartialResult() if alternatives else "{}"
        found.append((draft, result()))

    for start in range(0, len(pcm), BLOCK_BYTES):
        if ear.AcceptWaveform(level.lift(pcm[start : start + BLOCK_BYTES])):
            settle(ear.Result)
    settle(ear.FinalResult)
    took_s = time.process_time() - begun_s
    return [
        json.loads(one) | {"draft": json.loads(draft).get("partial_result", [])} for draft, one in found
    ], took_s


# ---- what each way hears


def as_one(row: Row) -> list[Settling]:
    return [Settling(_words(part.get("result", []))) for part in row["one"]]


def as_guesses(row: Row) -> list[Settling]:
    return [_weighed(part) for part in row["many"] if part.get("alternatives")]


def _weighed(part: Row) -> Settling:
    guesses = [(one["confidence"], _words(one.get("result", []))) for one in part["alternatives"][:GUESSES]]
    return weighed(guesses, _words(part["draft"]))


def _words(words: Iterable[Row]) -> tuple[TimedWord, ...]:
    return tuple(
        TimedWord(word["word"], round(word["start"] * 1000), round(word["end"] * 1000), word.get("conf", 1.0))
        for word in words
    )


def without_guesses(row: Row) -> list[Settling]:
    return [Settling(one.words) for one in as_guesses(row)]


WAYS = {"one answer": as_one, "surest guess": without_guesses, "all guesses": as_guesses}


# ---- counting


def count(place: Path) -> None:
    for lot in LOTS:
        heard = list(kept(place / f"{lot}.jsonl.gz"))
        sure(lot, heard)
        for way, words in WAYS.items():
            recall(f"{lot}, {way}", [(row, found_in(words(row))) for row in heard])
        sound_s = sum(row["sound_s"] for row in heard)
        for cost in ("one_s", "many_s"):
            sys.stdout.write(f"{cost}: {sum(row[cost] for row in heard) / sound_s:.4f} s a second of sound\n")
    for lot in CALLS:
        replays(lot, place)


def sure(lot: str, heard: Sequence[Row]) -> None:
    """How often words of each confidence are wrong, and how well it tells the wrong ones."""
    known = vocabulary()
    for way, words in WAYS.items():
        if way == "all guesses":
            continue
        wrong: list[int] = []
        by: list[float] = []
        for row in heard:
            said = [word for stretch in words(row) for word in stretch.words]
            wrong += flags(said_words(row["said"], known), [word.text for word in said])
            by += [word.confidence for word in said]
        is_wrong, confidence = np.array(wrong, bool), np.array(by)
        told = []
        for low, high in ((0.9, 2.0), (0.7, 0.9), (0.5, 0.7), (0.0, 0.5)):
            band = (confidence >= low) & (confidence < high)
            told.append(f"from {low} {is_wrong[band].mean():.2f} of {band.sum()}")
        area = _area(confidence[is_wrong], confidence[~is_wrong])
        sys.stdout.write(
            f"{lot}, {way}: wrong {is_wrong.mean():.3f} of {len(wrong)}; {'; '.join(told)}; area {area:.3f}\n"
        )


def flags(said: Sequence[str], heard: Sequence[str]) -> list[int]:
    return [int(list(one) != plain(list(other))) for one, other in aligned(said, heard) for _ in other]


def _area(wrong: np.ndarray, right: np.ndarray) -> float:
    """How likely a wrong word is less sure than a right one."""
    ordered = np.sort(right)
    above = len(right) - np.searchsorted(ordered, wrong, "right")
    beside = np.searchsorted(ordered, wrong, "right") - np.searchsorted(ordered, wrong, "left")
    return float((above + beside / 2).mean() / len(right))


@dataclass(slots=True)
class Told:
    """The immediate markers of one call."""

    prompted: set[str] = field(default_factory=set)
    replayed: set[str] = field(default_factory=set)
    asked: int = 0
    """Replays that other guesses asked for."""

    def hear(self, reading: SpacyCallReading, turn: Utterance, others: Sequence[Otherwise] = ()) -> None:
        """Take note of a turn, and of what only another guess at one place of it says."""
        variants = [(other, forked(reading).settle(put(turn, other))) for other in others]
        found = reading.settle(turn)
        self.prompted |= {one.marker for one in found if one.stands} & IMMEDIATE
        known = self.prompted | self.replayed
        doubted = {one.marker for one in found if one.doubtful} & IMMEDIATE - known
        self.replayed |= doubted
        asked = [] if not doubted else [place for one in found if one.doubtful for place in one.matched]
        for other, variant in variants:
            if any(start < other.end and other.start < end for start, end in asked):
                continue
            told = {one.marker for one in variant if one.stands and turns_on(one, turn, other)}
            if new := sorted((told & IMMEDIATE) - self.prompted - self.replayed):
                self.replayed.add(new[0])
                self.asked += 1
                asked.append((other.start, other.end))


def forked(reading: SpacyCallReading) -> SpacyCallReading:
    """The same call, to be read on apart."""
    twin = copy(reading)
    for name, value in vars(reading).items():
        setattr(twin, name, copy(value) if isinstance(value, dict | list) else value)
    return twin


def put(turn: Utterance, other: Otherwise) -> Utterance:
    """The turn with the other guess in its place, heard surely."""
    texts, place = other.text.split(), turn.words[other.start : other.end]
    from_ms, to_ms = place[0].start_ms, place[-1].end_ms
    step_ms = (to_ms - from_ms) // len(texts)
    said = tuple(
        Word(text=text, start_ms=from_ms + at * step_ms, end_ms=from_ms + (at + 1) * step_ms, confidence=1.0)
        for at, text in enumerate(texts)
    )
    return replace(turn, words=(*turn.words[: other.start], *said, *turn.words[other.end :]))


def turns_on(sighting: Sighting, turn: Utterance, other: Otherwise) -> bool:
    end = other.start + len(other.text.split())
    here = (sighting.party, sighting.utterance) == (turn.party, turn.number)
    return here and any(first < end and other.start < last for first, last in sighting.matched)


def found_in(stretches: Sequence[Settling]) -> Told:
    reading, told, from_ms = READER.begin(), Told(), 0
    for number, stretch in enumerate(stretches):
        turn = utterance(stretch, number, from_ms)
        from_ms = turn.heard_to_ms
        if turn.words:
            told.hear(reading, turn, stretch.otherwise)
    return told


def utterance(stretch: Settling, number: int, from_ms: int, party: Party = Party.CALLER) -> Utterance:
    """Vosk goes on counting from stretch to stretch; so the first word's time is only where it stands."""
    first_ms = stretch.words[0].start_ms if stretch.words else 0
    said = tuple(
        Word(
            text=word.text,
            start_ms=from_ms + word.start_ms - first_ms,
            end_ms=from_ms + word.end_ms - first_ms,
            confidence=word.confidence,
        )
        for word in stretch.words
    )
    to_ms = said[-1].end_ms + TURN_GAP_MS if said else from_ms
    return Utterance(party=party, number=number, words=said, heard_to_ms=to_ms)


def recall(name: str, pairs: Sequence[tuple[Row, Told]]) -> None:
    grave = [(set(row["markers"]) & IMMEDIATE, told) for row, told in pairs if row["markers"]]
    clean = [told for row, told in pairs if not row["markers"]]
    wanted = sum(len(markers) for markers, _ in grave)
    prompted = sum(len(markers & told.prompted) for markers, told in grave)
    either = sum(len(markers & (told.prompted | told.replayed)) for markers, told in grave)
    beside = sum(len(told.prompted - markers) for markers, told in grave)
    asked = sum(len(told.replayed - markers - told.prompted) for markers, told in grave)
    sys.stdout.write(
        f"{name}: prompts {prompted / wanted:.3f}, or replay {either / wanted:.3f} "
        f"({prompted}, {either} of {wanted}); "
        f"wrong beside {beside} prompts, {asked} replays; of {len(clean)} negatives "
        f"{sum(bool(told.prompted) for told in clean)} prompted, "
        f"{sum(bool(told.replayed - told.prompted) for told in clean)} replayed\n"
    )


def replays(lot: str, place: Path) -> None:
    heard = {row["id"]: row for row in kept(place / f"{lot}.jsonl.gz")}
    whole = [call for call in calls(lot) if all(turn["id"] in heard for turn in turns(call))]
    for way, words in list(WAYS.items())[1:]:
        told = [in_call(call, heard, words) for call in whole]
        hours = sum(ms for _, ms in told) / 3_600_000
        prompted = sum(len(one.prompted) for one, _ in told)
        replayed = sum(len(one.replayed) for one, _ in told)
        asked = sum(one.asked for one, _ in told)
        sys.stdout.write(
            f"{lot}, {way}: {len(told)} calls, {hours:.2f} hours; immediate prompts {prompted}, "
            f"replays {replayed} ({replayed / hours:.2f} an hour), {asked} of them of other guesses\n"
        )


def in_call(call: Row, heard: dict[str, Row], words: Callable[[Row], list[Settling]]) -> tuple[Told, int]:
    reading, told, now_ms = READER.begin(), Told(), 0
    numbers = dict.fromkeys(Party, 0)
    for at, turn in enumerate(call["turns"]):
        party = Party(turn["speaker"])
        row = heard.get(f"{call['id']} {at}")
        for stretch in words(row) if row else [_written(turn["text"])]:
            said = utterance(stretch, numbers[party], now_ms, party)
            now_ms = said.heard_to_ms
            if said.words:
                numbers[party] += 1
                told.hear(reading, said, stretch.otherwise)
    return told, now_ms


def _written(text: str) -> Settling:
    texts = re.findall(r"[a-z']+", text.lower())
    return Settling(tuple(TimedWord(one, at * 350, at * 350 + 350, 1.0) for at, one in enumerate(texts)))


if __name__ == "__main__":
    {"hear": hear, "count": count}[sys.argv[1]](Path(sys.argv[2]))
