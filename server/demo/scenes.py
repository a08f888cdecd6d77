"""The scenes that the demonstration calls are rendered from: who says what, in which voice."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from server.demo.voices import VOICES, Voice

SCENES = Path(__file__).parent / "scenes"
TURN_PAUSE_MS = 800
PHRASE_PAUSE_MS = 250
CUE = re.compile(r"\s*\[([a-z_ ]+)\]\s*$")


class BadScene(Exception):
    """A scene file cannot be rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    text: str
    cues: tuple[str, ...] = ()
    """Markers whose triggering words end where this phrase ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    party: str
    voice: Voice
    phrases: tuple[Phrase, ...]
    pause_ms: int = TURN_PAUSE_MS
    """Quiet on the whole call before the turn."""

    @property
    def text(self) -> str:
        return " ".join(phrase.text for phrase in self.phrases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    name: str
    title: str
    turns: tuple[Turn, ...]
    tail_ms: int
    """Quiet after the last word, before the line goes dead."""


def read(path: Path) -> Scene:
    """One scene file. A turn's phrases are parted by ` / `; `[marker]` after one is its cue."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        voices = {party: VOICES[name] for party, name in table["voices"].items()}
        turns = tuple(_turn(turn, voices) for turn in table["turns"])
        return Scene(name=path.stem, title=table["title"], turns=turns, tail_ms=table.get("tail_ms", 1500))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise BadScene(f"{path.name}: {error!r}") from error


def _turn(table: dict[str, str | int], voices: dict[str, Voice]) -> Turn:
    party = "caller" if "caller" in table else "handler"
    return Turn(
        party=party,
        voice=voices[str(table.get("voice", party))],
        phrases=tuple(_phrase(part) for part in str(table[party]).split(" / ")),
        pause_ms=int(table.get("pause_ms", TURN_PAUSE_MS)),
    )


def _phrase(part: str) -> Phrase:
    cue = CUE.search(part)
    return Phrase(text=CUE.sub("", part).strip(), cues=tuple(cue[1].split()) if cue else ())
