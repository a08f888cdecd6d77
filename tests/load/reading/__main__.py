"""What reading costs: `python -m tests.load.reading [--turns 300]`.

Processor time on one core, for turns of 20 words taken from the development calls; for drafts that grow
word by word; and the memory that an hour of speech leaves behind. The peer reads the whole call again
on every draft.
"""

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from server.adapters.language.reader import SpacyReader
from server.domain.speech import Draft, Party, Utterance, Word

MARKERS = Path("config/markers")
CORPUS = Path("models/risk/corpus/dev")
TURN_WORDS = 20
WORD_MS = 300
HOUR_TURNS = 3_600_000 // (TURN_WORDS * WORD_MS)
PEER_TURNS = 20


def spoken() -> list[str]:
    lines = [line for name in ("talk", "calls") for line in (CORPUS / f"{name}.jsonl").open(encoding="utf-8")]
    turns = [turn for line in lines for turn in json.loads(line)["turns"]]
    return [word for turn in turns if turn["speaker"] != "handler" for word in turn["text"].lower().split()]


def words(texts: list[str], first: int) -> tuple[Word, ...]:
    return tuple(
        Word(text=text, start_ms=(first + at) * WORD_MS, end_ms=(first + at + 1) * WORD_MS, confidence=0.9)
        for at, text in enumerate(texts)
    )


def turns(texts: list[str], count: int) -> Iterator[Utterance]:
    for number in range(count):
        start = number * TURN_WORDS % (len(texts) - TURN_WORDS)
        said = words(texts[start : start + TURN_WORDS], number * TURN_WORDS)
        yield Utterance(party=Party.CALLER, number=number, words=said, heard_to_ms=said[-1].end_ms)


def drafts(turn: Utterance) -> Iterator[Draft]:
    for size in range(1, len(turn.words) + 1):
        said = turn.words[:size]
        yield Draft(party=turn.party, number=turn.number, words=said, heard_to_ms=said[-1].end_ms)


def spent_us(work: Callable[[], int]) -> float:
    """Processor time for each of the pieces of work done."""
    began_s = time.process_time()
    done = work()
    return (time.process_time() - began_s) / done * 1e6


def settled(reader: SpacyReader, said: list[Utterance]) -> int:
    reading = reader.begin()
    for turn in said:
        reading.settle(turn)
    return len(said)


def drafted(reader: SpacyReader, said: list[Utterance], times: int) -> int:
    """Every draft is sent `times` times, as a recogniser does that has heard no further word."""
    reading = reader.begin()
    done = 0
    for turn in said:
        for draft in drafts(turn):
            for _ in range(times):
                reading.draft(draft)
                done += 1
        reading.settle(turn)
    return done


def naive(reader: SpacyReader, said: list[Utterance]) -> int:
    """The peer: a new reading of everything so far for each draft."""
    done = 0
    for at, turn in enumerate(said):
        for draft in drafts(turn):
            reading = reader.begin()
            for earlier in said[:at]:
                reading.settle(earlier)
            reading.draft(draft)
            done += 1
    return done


def hour_bytes(reader: SpacyReader, texts: list[str]) -> tuple[int, int]:
    """What one call's reading holds after ten minutes, and after an hour.

    The same hour is read before, so that what all calls share (words once looked up) is there already.
    """
    said = list(turns(texts, HOUR_TURNS))
    settled(reader, said)
    tracemalloc.start()
    reading = reader.begin()
    held = []
    for turn in said:
        reading.settle(turn)
        if turn.number in (HOUR_TURNS // 6, HOUR_TURNS - 1):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return held[0], held[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=300)
    count: int = parser.parse_args().turns
    reader, texts = SpacyReader(MARKERS), spoken()
    said = list(turns(texts, count))
    settled(reader, said[:50])
    print(f"turn of {TURN_WORDS} words: {spent_us(lambda: settled(reader, said)):.0f} us")
    few = said[:PEER_TURNS]
    ours = spent_us(lambda: drafted(reader, few, 1))
    print(f"draft with a new word: {ours:.0f} us")
    print(f"draft, each sent 4 times: {spent_us(lambda: drafted(reader, few, 4)):.0f} us")
    peer = spent_us(lambda: naive(reader, few[: PEER_TURNS // 2]))
    print(f"peer that reads {PEER_TURNS // 2} turns again on each draft: {peer:.0f} us, {peer / ours:.1f} x")
    early, late = hour_bytes(reader, texts)
    print(f"memory after 10 minutes {early / 1024:.0f} KiB, after an hour {late / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
