"""Leaving numbers, postcodes and listed names out of a copy: the words, and all that repeats them."""

from collections.abc import Iterable, Sequence
from typing import Any

from server.domain.events import Entry, HeardAgain, UtteranceHeard
from server.domain.redaction import hidden_in, redacted
from server.domain.speech import Party, Utterance
from server.services.wire import entry_fields

_KEPT = "act by chain digest force kind marker markers medium party person prompt prompts recorded_at"
_KEPT_TOO = "rule severity seq stream whisper"
KEPT_AS_IT_IS = frozenset(f"{_KEPT} {_KEPT_TOO}".split())
"""Fields that hold ids, kinds and times: they name nobody on the call, and some are all digits.

Where one holds more than that (`prompt` in a `PromptRaised` is the whole prompt), it is gone through.
"""
LIVE = 0
PAD_MS = 150
"""So much around a word is silenced too: a recogniser places words to within a tenth of a second."""


class Redaction:
    """Looks over all that each party said at once: a number may go on in their next turn."""

    def __init__(self, names: Sequence[str], entries: Iterable[Entry]) -> None:
        self._names = names
        self.removed = 0
        self.silenced: list[tuple[int, int]] = []
        self._words: dict[tuple[int, Party, int], list[str]] = {}
        """By the hearing (its entry; 0: the live one), the party and the utterance."""
        live: list[Utterance] = []
        for entry in entries:
            if isinstance(entry.event, UtteranceHeard):
                live.append(entry.event.utterance)
            elif isinstance(entry.event, HeardAgain):
                self._look_at(entry.event.utterances, entry.seq)
        self._look_at(live, LIVE)

    def fields(self, entry: Entry) -> dict[str, Any]:
        given = entry_fields(entry)
        if isinstance(entry.event, UtteranceHeard):
            self._say(given["utterance"], entry.event.utterance, LIVE)
            return given
        left = {name: self.value(name, value) for name, value in given.items()}
        if isinstance(entry.event, HeardAgain):
            for shown, said in zip(left["utterances"], entry.event.utterances, strict=True):
                self._say(shown, said, entry.seq)
        return left

    def said(self, utterance: Utterance, hearing: int = LIVE) -> list[str]:
        return self._words[hearing, utterance.party, utterance.number]

    def _say(self, shown: dict[str, Any], utterance: Utterance, hearing: int) -> None:
        for word, text in zip(shown["words"], self.said(utterance, hearing), strict=True):
            word["text"] = text

    def _look_at(self, heard: Iterable[Utterance], hearing: int) -> None:
        said = [*heard]
        for party in Party:
            self._look([one for one in said if one.party is party], hearing)

    def _look(self, heard: Sequence[Utterance], hearing: int) -> None:
        words = [(one.number, word) for one in heard for word in one.words]
        texts = [word.text for _, word in words]
        for stretch in hidden_in(texts, self._names):
            self.removed += 1
            for place in range(stretch.first, stretch.last):
                texts[place] = f"[{stretch.what}]"
            first, last = words[stretch.first][1], words[stretch.last - 1][1]
            self.silenced.append((first.start_ms - PAD_MS, last.end_ms + PAD_MS))
        for one in heard:
            self._words[hearing, one.party, one.number] = []
        for (number, _), text in zip(words, texts, strict=True):
            self._words[hearing, heard[0].party, number].append(text)

    def value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if name in KEPT_AS_IT_IS and is_plain(value):
            return value
        if isinstance(value, str):
            left, removed = redacted(value, self._names)
            self.removed += removed
            return left
        if isinstance(value, list | tuple):
            return [self.value(name, one) for one in value]
        if isinstance(value, dict):
            return {key: self.value(key, one) for key, one in value.items()}
        return value


def is_plain(value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether this is an id, a kind or a number, or a list of them."""
    parts = value if isinstance(value, list | tuple) else [value]
    return not any(isinstance(one, dict | list | tuple) for one in parts)
