"""Measure what the built-in recogniser makes of the development utterances; run by hand.

    nice python models/risk/measure_confusions.py hear    # about 10 minutes of one core
    nice python models/risk/measure_confusions.py count   # half a minute

`hear` says a seeded sample of the development half with synthetic voices over a telephone line and
writes down what the recogniser heard, with the labels of what was said. `count` lines the two up and
writes `confusions.tsv`. Needs the Debian packages espeak-ng, flite and sox. The check half is never read.
"""  # noqa: INP001 - a recipe beside its material, not part of a package

import json
import random
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from server.adapters.doorways.ulaw import pcm_of
from server.adapters.speech.messages import TimedWord
from server.adapters.speech.recogniser import Recogniser, load_model
from server.demo.telephone import mulaw, with_line_noise
from server.demo.voices import RATE_HZ, SPEECH_LEVEL, Samples, Voice, spoken
from server.demo.wording import Score, score, words
from server.domain.mishearing import MISSED
from server.domain.sounding import apart

HERE = Path(__file__).parent
DEV = HERE / "corpus" / "dev"
SAID = tuple(DEV / f"{name}.jsonl" for name in ("utterances-a", "utterances-b"))
HEARD = {"quiet": DEV / "heard.jsonl", "noisy": DEV / "heard-noisy.jsonl"}
TABLE = HERE / "confusions.tsv"
SELDOM = 2
MODEL = HERE.parent / "speech" / "small-en-8k"

SEED = 999
UTTERANCES = 960
NOISY_EVERY = 3
NOISE_LEVEL = SPEECH_LEVEL / 10
"""White noise 20 dB below the speech, before the line."""
BLOCK_BYTES = RATE_HZ // 10 * 2
LEAD_S, TAIL_S = 0.25, 0.5
MADE_UP = re.compile(r"\([^)]*\)")

ACCENTS = ("en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
OWN_ACCENT = {
    "scots": "en-gb-scotland",
    "brummie": "en-gb-x-gbcwmd",
    **dict.fromkeys(("yorkshire", "geordie", "scouse", "mancunian"), "en-gb-x-gbclan"),
    **dict.fromkeys(("caribbean", "mle", "multicultural-london"), "en-029"),
}
VARIANTS = ("", *(f"+{sex}{number}" for sex in "fm" for number in (1, 2, 3, 4, 5)))
FLITE = ("slt", "awb", "rms", "kal16")
FLITE_SHARE = 0.25

Row = dict[str, Any]


def rows(*paths: Path) -> Iterator[Row]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def sample() -> list[Row]:
    fit = [row for row in rows(*SAID) if row["kind"] == "utterance" and not re.search(r"\d", row["text"])]
    return sorted(fit, key=lambda row: drawn(row["id"]))[:UTTERANCES]


def drawn(*what: str) -> int:
    """A number by lot, the same in every run, and whatever else the sample holds."""
    return zlib.crc32(" ".join((str(SEED), *what)).encode())


def voice_for(row: Row) -> Voice:
    rng = random.Random(f"{SEED} {row['id']}")  # noqa: S311 - a lot to draw, not a secret
    rate = rng.uniform(0.88, 1.05)
    if rng.random() < FLITE_SHARE:
        return Voice(engine="flite", name=rng.choice(FLITE), rate=rate)
    accent = OWN_ACCENT.get(row.get("register", ""), rng.choice(ACCENTS))
    return Voice(engine="espeak-ng", name=accent + rng.choice(VARIANTS), rate=rate)


@dataclass(frozen=True)
class Ear:
    model: Any

    def hear(self, sound: Samples) -> tuple[list[str], list[float]]:
        ear = Recogniser(self.model)
        found: list[TimedWord] = []
        pcm = pcm_of(mulaw(sound))
        for start in range(0, len(pcm), BLOCK_BYTES):
            found += ear.hear(pcm[start : start + BLOCK_BYTES], draft=False).words or ()
        found += ear.finish()
        return [word.text for word in found], [round(word.confidence, 2) for word in found]


def heard_row(row: Row, voice: Voice, heard: tuple[list[str], list[float]], said: list[str]) -> Row:
    kept: Row = {key: row[key] for key in ("kind", "speaker", "markers", "not", "register") if key in row}
    text, confidences = heard
    return {
        "id": f"h-{row['id']}",
        **kept,
        "said": row["text"],
        "text": " ".join(text),
        "wer": round(score(said, plain(text)).error_rate, 3),
        "voice": f"{voice.engine}:{voice.name}",
        "confidences": confidences,
    }


def hear() -> None:
    """Hear what is not heard yet; stopped half-way, it goes on from there."""
    ear, known = Ear(load_model(MODEL)), vocabulary()
    done = {line: {found["id"] for found in rows(path)} for line, path in HEARD.items() if path.exists()}
    for row in sample():
        said = said_words(row["text"], known)
        for line in lines_for(row):
            if f"h-{row['id']}" not in done.get(line, ()):
                voice = voice_for(row)
                heard = ear.hear(on_the_line(row, voice, noisy=line == "noisy"))
                with HEARD[line].open("a", encoding="utf-8") as file:
                    file.write(json.dumps(heard_row(row, voice, heard, said), ensure_ascii=False) + "\n")


def lines_for(row: Row) -> tuple[str, ...]:
    return ("quiet", "noisy") if drawn("noisy", row["id"]) % NOISY_EVERY == 0 else ("quiet",)


def on_the_line(row: Row, voice: Voice, *, noisy: bool) -> Samples:
    sound = spoken(voice, MADE_UP.sub(" ", row["text"]))
    sound = np.pad(sound, (int(LEAD_S * RATE_HZ), int(TAIL_S * RATE_HZ)))
    seed = zlib.crc32(row["id"].encode())
    if noisy:
        return sound + np.random.default_rng(seed).normal(0.0, NOISE_LEVEL, len(sound))
    return with_line_noise(sound, seed=seed)


def vocabulary() -> frozenset[str]:
    lines = (MODEL / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines)


WRITTEN_BARE = {"cant": "can't", "wont": "won't", "im": "i'm", "dont": "don't"}


def said_words(text: str, known: frozenset[str]) -> list[str]:
    """What was said, as the recogniser would write it: "hes" typed in haste is "he's"."""
    full = {word.replace("'", ""): word for word in sorted(known) if "'" in word}
    full = {bare: word for bare, word in full.items() if bare not in known} | WRITTEN_BARE
    return [full.get(word, word) for word in words(MADE_UP.sub(" ", text))]


def plain(heard: Sequence[str]) -> list[str]:
    """A letter that the recogniser writes with a stop ("t.") is the letter."""
    return [word.rstrip(".") for word in heard]


Pair = tuple[tuple[str, ...], tuple[str, ...]]
STEPS = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))
ALONE_COST = 0.75
UNLIKE_COST = 0.9


def aligned(said: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """What was said beside what was heard for it, one or two words with one or two, by sound."""
    best: dict[tuple[int, int], tuple[float, Pair, tuple[int, int]]] = {(0, 0): (0.0, ((), ()), (0, 0))}
    for here in range(len(said) + 1):
        for there in range(len(heard) + 1):
            ways = [
                (best[before][0] + _cost(*pair), pair, before)
                for mine, yours in STEPS
                if (before := (here - mine, there - yours)) in best
                for pair in [(tuple(said[before[0] : here]), tuple(heard[before[1] : there]))]
            ]
            if ways:
                best[here, there] = min(ways, key=lambda way: way[0])
    pairs, at = [], (len(said), len(heard))
    while at != (0, 0):
        _, pair, at = best[at]
        pairs.append(pair)
    return pairs[::-1]


def _cost(said: tuple[str, ...], heard: tuple[str, ...]) -> float:
    if said == tuple(plain(heard)):
        return 0.0
    if not said or not heard:
        return ALONE_COST
    if set(said) & set(heard):
        return 2 * ALONE_COST + UNLIKE_COST
    base = 0.4 if len(said) == len(heard) else 0.7
    return base + UNLIKE_COST * apart(" ".join(said), " ".join(heard))


@dataclass
class Tally:
    seen: Counter[str]
    """Each word, how often said."""
    bearers: dict[str, set[str]]
    """Each word, the utterances that say it."""
    couples: Counter[tuple[str, str]]
    wrong: dict[tuple[str, ...], Counter[tuple[str, ...]]]
    doubts: dict[str, list[float]]
    """Confidence of the words heard rightly and wrongly."""


def tally() -> tuple[Tally, dict[tuple[str, str], Score]]:
    known = vocabulary()
    one = Tally(Counter(), defaultdict(set), Counter(), defaultdict(Counter), {"right": [], "wrong": []})
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    for line, path in HEARD.items():
        for row in rows(path):
            said, heard = said_words(row["said"], known), row["text"].split()
            scores[row["voice"].partition("+")[0], line] += score(said, plain(heard))
            pairs = aligned(said, heard)
            _add(one, row["id"], said, pairs)
            _add_doubts(one, pairs, row["confidences"])
    return one, scores


def _add(one: Tally, id_: str, said: Sequence[str], pairs: Sequence[Pair]) -> None:
    one.seen.update(said)
    one.couples.update(pairwise(said))
    for word in said:
        one.bearers[word].add(id_)
    for mine, yours in pairs:
        if mine != tuple(plain(yours)):
            one.wrong[mine][yours] += 1


def _add_doubts(one: Tally, pairs: Sequence[Pair], confidences: Sequence[float]) -> None:
    left = iter(confidences)
    for mine, yours in pairs:
        one.doubts["right" if mine == tuple(plain(yours)) else "wrong"] += [next(left) for _ in yours]


def settle_seldom(one: Tally) -> None:
    """A couple said once tells nothing about couples: its longer word was misheard, the other missed."""
    for said in [said for said in one.wrong if len(said) == 2 and one.couples[said[0], said[1]] < SELDOM]:
        for form, count in one.wrong.pop(said).items():
            longer, shorter = sorted(said, key=len, reverse=True)
            one.wrong[longer,][form] += count
            one.wrong[shorter,][()] += count


def rare(one: Tally) -> tuple[int, int, int]:
    """Words that only one utterance has: how often said, wrong, and missed among those."""
    alone = [word for word, bearers in one.bearers.items() if len(bearers) == 1]
    wrong = [one.wrong.get((word,), Counter()) for word in alone]
    return (
        sum(one.seen[word] for word in alone),
        sum(map(Counter.total, wrong)),
        sum(some[()] for some in wrong),
    )


def table(one: Tally, scores: dict[tuple[str, str], Score]) -> Iterator[str]:
    digest = sha256((MODEL / "am" / "final.mdl").read_bytes()).hexdigest()
    measured = datetime.fromtimestamp(HEARD["noisy"].stat().st_mtime, UTC).date()
    yield f"# What {MODEL.name} heard instead of what was said; made by measure_confusions.py, do not edit."
    yield f"# Measured {measured} on {sum(1 for _ in rows(*HEARD.values()))} hearings."
    yield f"# Digest of the acoustic model: {digest}."
    yield "# spoken: words spoken. rare: words of one utterance only: said, wrong (missed ones too), missed."
    yield "# added: heard where nothing was said."
    yield "# said: one word or two, times said, what was heard instead (- for nothing) and how often."
    for line in HEARD:
        total = sum((found for (_, on), found in scores.items() if on == line), Score())
        wrongs = f"{total.wrong} wrong, {total.missed} missed, {total.added} added"
        yield f"# {line} line: {total.spoken} words, {wrongs}"
    yield f"spoken\t{one.seen.total()}"
    yield "rare\t" + "\t".join(map(str, rare(one)))
    yield "added\t" + _forms(one.wrong[()])
    for word, seen in sorted(one.seen.items()):
        if seen >= SELDOM:
            yield _said((word,), seen, one.wrong.get((word,), Counter()))
    for couple, seen in sorted(one.couples.items()):
        if couple in one.wrong:
            yield _said(couple, seen, one.wrong[couple])


def _said(said: tuple[str, ...], seen: int, forms: Counter[tuple[str, ...]]) -> str:
    return "\t".join(filter(None, ("said", " ".join(said), str(seen), _forms(forms))))


def _forms(forms: Counter[tuple[str, ...]]) -> str:
    return "\t".join(f"{' '.join(form) or MISSED}={count}" for form, count in forms.most_common())


def count() -> None:
    one, scores = tally()
    settle_seldom(one)
    TABLE.write_text("\n".join(table(one, scores)) + "\n", encoding="utf-8")
    for (voice, line), found in sorted(scores.items()):
        sys.stdout.write(f"{voice} {line}: {found.error_rate:.1%} of {found.spoken} words\n")
    for name, doubts in one.doubts.items():
        sys.stdout.write(f"confidence of words heard {name}: {np.quantile(doubts, (0.1, 0.5, 0.9))}\n")


if __name__ == "__main__":
    {"hear": hear, "count": count}[sys.argv[1]]()
