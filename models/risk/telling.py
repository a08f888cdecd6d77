# ruff: noqa: INP001 (a recipe, not a package)
"""Write `config/markers/lexicon/telling.yaml`: the words that tell most of each marker.

A rule of one such word finds far too much; it may stand only where the second opinion bears it out.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from material import Sample

MOST = 300
LEAST_SAID = 3
LEAST_TELLING = 0.75
"""As a log ratio: twice as often beside the marker as elsewhere. The judge hears of nothing that no rule
found, so few words are left out; it says which of them mean anything."""
SMOOTH = 0.5
ANSWERS = frozenset({"aye", "no", "okay", "please", "yeah", "yes"})
"""They tell nothing without their question."""
HEADER = """\
# Made by models/risk/train.py from the development sentences; not for editing by hand. The words that tell
# most of each marker. A word proves nothing: the rules that use them need the second opinion's support.
"""


def telling(samples: Sequence[Sample], marker: str) -> list[str]:
    beside, elsewhere = Counter[str](), Counter[str]()
    for one in samples:
        (beside if marker in one.labels else elsewhere).update(set(one.words))
    having = sum(marker in one.labels for one in samples)
    lacking = len(samples) - having
    ratio = {
        word: math.log((said + SMOOTH) / (having + 1) / ((elsewhere[word] + SMOOTH) / (lacking + 1)))
        for word, said in beside.items()
        if said >= LEAST_SAID and word.isalpha() and word.isascii() and word not in ANSWERS
    }
    # A word counts for as much as it tells and as often as it is said.
    worth = {
        word: value * math.log(1 + beside[word]) for word, value in ratio.items() if value >= LEAST_TELLING
    }
    return sorted(sorted(worth, key=lambda word: (-worth[word], word))[:MOST])


def write(samples: Sequence[Sample], markers: Sequence[str], lexicon: Path) -> None:
    lines = [HEADER]
    for marker in markers:
        words = telling(samples, marker)
        lines.append(f"telling_{marker}: [{', '.join(quoted(word) for word in words)}]\n")
    (lexicon / "telling.yaml").write_text("".join(lines), encoding="utf-8")
    sys.stdout.write("telling words written\n")


def quoted(word: str) -> str:
    """YAML takes some words for something else."""
    return f'"{word}"' if word in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"} else word
