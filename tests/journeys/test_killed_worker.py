"""A speech worker that is killed in the middle of a sentence costs no word of it."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from server.adapters.speech.vosk_local import VoskTranscriber
from server.demo.expecting import prompts_of
from server.demo.wording import score
from server.domain.events import EarLost, EarRestored, UtteranceHeard
from server.domain.speech import Party
from server.wiring.core import Core
from tests.journeys.control_room import Heard, heard

MID_SENTENCE_MS = 19_000
"""Within "it's my husband we had a row in the kitchen and he had his hands round my throat"."""
SENTENCE_WORDS = 16
SENTENCE_MS = range(14_000, 21_000)


@dataclass(slots=True)
class Killing:
    """Kills the worker that hears the call, once."""

    killed: int | None = None

    def __call__(self, core: Core, at_ms: int) -> None:
        if at_ms >= MID_SENTENCE_MS and self.killed is None:
            assert isinstance(core.transcriber, VoskTranscriber)
            self.killed = core.transcriber.worker_pids[0]
            os.kill(self.killed, signal.SIGKILL)


def sentence_of(call: Heard) -> list[str]:
    """What the caller was heard to say while the worker was killed."""
    utterances = [e.event.utterance for e in call.entries if isinstance(e.event, UtteranceHeard)]
    words = [word for said in utterances if said.party is Party.CALLER for word in said.words]
    return [word.text for word in words if word.start_ms in SENTENCE_MS]


def parties(call: Heard, kind: type[EarLost | EarRestored]) -> set[Party]:
    return {entry.event.party for entry in call.entries if isinstance(entry.event, kind)}


def test_a_worker_killed_in_mid_sentence_loses_no_word_and_no_prompt(tmp_path: Path) -> None:
    killing = Killing()
    killed = heard(["strangulation"], tmp_path, moment=killing)["strangulation"]
    assert killing.killed is not None
    assert parties(killed, EarLost) == parties(killed, EarRestored) == {Party.CALLER, Party.HANDLER}

    (quiet := tmp_path / "undisturbed").mkdir()
    undisturbed = heard(["strangulation"], quiet)["strangulation"]
    # A recogniser that begins afresh may add a word of noise at its start; it may not lose or change one.
    counted = score(sentence_of(undisturbed), sentence_of(killed))
    assert counted.spoken >= SENTENCE_WORDS
    assert (counted.missed, counted.wrong) == (0, 0)
    markers = {prompt.marker for prompt in prompts_of(killed.entries)}
    assert markers == {one.marker for one in killed.call.script.expectations}
