"""Measure what reading the recogniser's other guesses would bring for immediate markers; run by hand.

    nice python models/risk/measure_nbest.py hear    # some 15 minutes of one core; goes on where it stopped
    nice python models/risk/measure_nbest.py count   # a minute

`hear` says development utterances with immediate markers, and hard negatives, over a telephone line and
keeps what the recogniser gave: its answer as it is used now, and its ten best. `count` reads both for
immediate markers. Needs what measure_confusions.py needs. The check half is never read.
"""  # noqa: INP001 - a recipe beside its material, not part of a package

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import vosk
from measure_confusions import DEV, MODEL, Row, drawn, lines_for, on_the_line, rows, voice_for

from server.adapters.doorways.ulaw import pcm_of
from server.adapters.language.reader import SpacyReader
from server.adapters.speech.level import Level
from server.adapters.speech.recogniser import RATE_HZ, load_model
from server.demo.telephone import mulaw
from server.domain.markers import MarkerClass
from server.domain.sightings import SPEAKING
from server.domain.speech import Party, Utterance, Word

HEARD = Path(tempfile.gettempdir()) / "earshot-nbest.jsonl"
SPOKEN = 240
NEGATIVE = 200
ALTERNATIVES = 10
BLOCK_BYTES = RATE_HZ // 10 * 2
READER = SpacyReader(Path("config/markers"))
IMMEDIATE = {id_ for id_, marker in READER.markers.items() if marker.severity is MarkerClass.IMMEDIATE}


def sample() -> list[Row]:
    written = [row for row in rows(*sorted(DEV.glob("utterances-*.jsonl"))) if row["kind"] == "utterance"]
    said = [row for row in written if not re.search(r"\d", row["text"])]
    grave = [row for row in said if IMMEDIATE & set(row["markers"])]
    clean = [row for row in rows(DEV / "negatives.jsonl") if not row.get("markers") and "text" in row]
    plain = [row for row in clean if not re.search(r"\d", row["text"])]
    return [*_lot(grave, SPOKEN), *_lot(plain, NEGATIVE)]


def _lot(some: Sequence[Row], count: int) -> list[Row]:
    return sorted(some, key=lambda row: drawn("nbest", row["id"]))[:count]


def decoded(model: vosk.Model, pcm: bytes, alternatives: int) -> tuple[list[Row], float]:
    """Every result of one run, and the processor seconds that it took."""
    ear = vosk.KaldiRecognizer(model, float(RATE_HZ))
    ear.SetWords(enable_words=True)
    ear.SetMaxAlternatives(alternatives)
    level, found = Level(), []
    begun_s = time.process_time()
    for start in range(0, len(pcm), BLOCK_BYTES):
        if ear.AcceptWaveform(level.lift(pcm[start : start + BLOCK_BYTES])):
            found += [json.loads(ear.Result())]
    found += [json.loads(ear.FinalResult())]
    return found, time.process_time() - begun_s


def hear() -> None:
    model = load_model(MODEL)
    done = {row["id"] for row in rows(HEARD)} if HEARD.exists() else set()
    for row in sample():
        if row["id"] in done:
            continue
        noisy = lines_for(row)[-1] == "noisy"
        pcm = pcm_of(mulaw(on_the_line(row, voice_for(row), noisy=noisy)))
        one, one_s = decoded(model, pcm, 0)
        many, many_s = decoded(model, pcm, ALTERNATIVES)
        kept = {"id": row["id"], "said": row["text"], "markers": row.get("markers", []), "noisy": noisy}
        cost = {"one_s": one_s, "many_s": many_s, "sound_s": len(pcm) / 2 / RATE_HZ}
        with HEARD.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**kept, **cost, "one": one, "many": many}) + "\n")


def seen(text: str) -> set[str]:
    """The immediate markers that stand in these words."""
    words = [
        Word(text=word, start_ms=at * 300, end_ms=at * 300 + 300, confidence=1.0)
        for at, word in enumerate(text.split())
    ]
    turn = Utterance(party=Party.CALLER, number=0, words=tuple(words), heard_to_ms=len(words) * 300)
    found = READER.begin().settle(turn)
    return {one.marker for one in found if one.polarity in SPEAKING} & IMMEDIATE


def guesses(row: Row, count: int) -> Iterator[str]:
    """The whole utterance by its first guess, its second, …; a stretch with fewer keeps its last."""
    parts = [[one["text"] for one in part.get("alternatives", [])] for part in row["many"]]
    parts = [part for part in parts if part]
    for at in range(count):
        yield " ".join(part[min(at, len(part) - 1)] for part in parts)


def ways(row: Row) -> dict[str, set[str]]:
    """What each way of listening sees."""
    found: dict[str, set[str]] = {"said": seen(row["said"])}
    found["as now"] = seen(" ".join(part.get("text", "") for part in row["one"]))
    by_guess = [seen(text) for text in guesses(row, ALTERNATIVES)]
    for count in (1, 3, 5, ALTERNATIVES):
        found[f"any of {count}"] = found["as now"] | set().union(*by_guess[:count])
    twice = {one for some in by_guess for one in some if sum(one in each for each in by_guess) > 1}
    found["two of 10"] = found["as now"] | twice
    return found


def count() -> None:
    heard = list(rows(HEARD))
    seen_by = [(row, ways(row)) for row in heard]
    for name in seen_by[0][1]:
        _say(name, [(set(row["markers"]) & IMMEDIATE, found[name]) for row, found in seen_by])
    sound_s = sum(row["sound_s"] for row in heard)
    for cost in ("one_s", "many_s"):
        sys.stdout.write(f"{cost}: {sum(row[cost] for row in heard) / sound_s:.3f} s a second of sound\n")
    scored = sum(
        "conf" in word
        for row in heard
        for part in row["many"]
        for one in part.get("alternatives", [])
        for word in one.get("result", [])
    )
    sys.stdout.write(f"words of alternatives with a confidence: {scored}\n")


def _say(name: str, pairs: Iterable[tuple[set[str], set[str]]]) -> None:
    grave = [(wanted, found) for wanted, found in pairs if wanted]
    clean = [found for wanted, found in pairs if not wanted]
    right = sum(len(wanted & found) for wanted, found in grave)
    wrong = sum(len(found - wanted) for wanted, found in grave)
    wanted = sum(len(wanted) for wanted, _ in grave)
    sys.stdout.write(
        f"{name:10} recall {right / wanted:.3f} ({right} of {wanted}), wrong beside {wrong}; "
        f"hard negatives raised {sum(map(bool, clean))} of {len(clean)}\n"
    )


if __name__ == "__main__":
    {"hear": hear, "count": count}[sys.argv[1]]()
