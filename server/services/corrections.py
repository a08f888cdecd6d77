"""Corrections as labelled evidence: counted for anybody who runs the server, exported with the right to."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.domain.access import Access, AccessKind
from server.domain.call import CallState, folded
from server.domain.events import (
    Entry,
    FindingJudged,
    FindingVerdict,
    MarkerJudged,
    UtteranceHeard,
    Verdict,
    WordsExported,
)
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.people import Person, Right
from server.domain.review import Finding, Listed, reviewed
from server.domain.speech import Party, Utterance
from server.domain.whispers import Judged
from server.services.need_to_know import NeedToKnow
from server.services.recording import Recorder
from server.services.refusals import NoRight

PURPOSE = "corrections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    recorder: Recorder
    need_to_know: NeedToKnow

    async def counts(self, force: ForceId) -> Mapping[tuple[MarkerId, Verdict], int]:
        """How often each marker was judged what, without a word of any call."""
        judged: dict[tuple[CallId, Judged], Verdict] = {}
        for call, key, verdict in await self._judgements(force):
            judged[call, key] = verdict
        return Counter((key.marker, verdict) for (_, key), verdict in judged.items())

    async def export(self, person: Person) -> list[str]:
        """The corrections of the person's force as lines for `earshot evaluate`.

        Raises `NoRight`. Every call whose words leave says so in its journal first.
        """
        if Right.EXPORT not in person.rights:
            raise NoRight
        barred = await self.need_to_know.bars.calls_barred(person.id)
        judged = dict.fromkeys(call for call, _, _ in await self._judgements(person.force))
        judged |= dict.fromkeys(await self._reviewed(person.force))
        calls = [call for call in judged if call not in barred]
        lines: list[str] = []
        for call in calls:
            entries = await self.recorder.journal.entries(call)
            of_call = [*_lines(call, entries), *_heard_again(call, entries)]
            if of_call:
                at_ms = max(entry.event.at_ms for entry in entries)
                left = WordsExported(at_ms=at_ms, person=person.id, purpose=PURPOSE)
                await self.recorder.record(call, left)
                await self.need_to_know.accesses.add(
                    Access(person=person.id, kind=AccessKind.EXPORTED, call=call, by=PURPOSE)
                )
            lines += of_call
        return lines

    async def _judgements(self, force: ForceId) -> list[tuple[CallId, Judged, Verdict]]:
        entries = await self.recorder.journal.of_kinds([MarkerJudged], force=force)
        return [
            (entry.call, Judged(event.marker, event.party, event.utterance), event.verdict)
            for entry in entries
            if isinstance(event := entry.event, MarkerJudged)
        ]

    async def _reviewed(self, force: ForceId) -> list[CallId]:
        """The calls of which a reviewer judged what the second hearing heard."""
        entries = await self.recorder.journal.of_kinds([FindingJudged], force=force)
        return [entry.call for entry in entries]


def _lines(call: CallId, entries: Sequence[Entry]) -> Iterator[str]:
    """One line for each utterance that was judged."""
    state = folded(entries)
    heard = [entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)]
    for utterance in heard:
        judged = [
            one
            for key, one in state.judgements.items()
            if (key.party, key.utterance) == (utterance.party, utterance.number)
        ]
        if judged:
            name = f"{_pseudonym(call)}-{utterance.party}-{utterance.number}"
            yield json.dumps(_labelled(name, utterance, judged, _question(state, heard, utterance)))


def _heard_again(call: CallId, entries: Sequence[Entry]) -> Iterator[str]:
    """One line for each utterance of the second hearing of which a reviewer judged a finding."""
    review = reviewed(entries)
    again = review.heard_again.utterances if review.heard_again else ()
    for utterance in again:
        judged = [
            one
            for one in review.findings
            if one.listed is Listed.MISSED
            and one.judged is not None
            and one.party is utterance.party
            and utterance.start_ms <= one.at_ms <= utterance.end_ms
        ]
        found = sorted({one.marker for one in judged if not _is_wrong(one)})
        wrong = sorted({one.marker for one in judged if _is_wrong(one)})
        if judged:
            name = f"{_pseudonym(call)}-again-{utterance.party}-{utterance.number}"
            said = {"speaker": utterance.party, "text": utterance.text}
            yield json.dumps({"id": name, "kind": "utterance", **said, "markers": found, "not": wrong})


def _is_wrong(finding: Finding) -> bool:
    return finding.judged is not None and finding.judged.verdict is FindingVerdict.NOT_SO


def _labelled(
    name: str, utterance: Utterance, judged: Sequence[MarkerJudged], question: str
) -> dict[str, object]:
    found = sorted(one.marker for one in judged if one.verdict is not Verdict.NOT)
    wrong = sorted(one.marker for one in judged if one.verdict is Verdict.NOT)
    said = {"speaker": utterance.party, "text": utterance.text}
    if not question:
        return {"id": name, "kind": "utterance", **said, "markers": found, "not": wrong}
    asked = {"speaker": Party.HANDLER, "text": question}
    expect = [{"marker": marker, "turn": 1} for marker in found]
    return {"id": name, "kind": "call", "turns": [asked, said], "expect": expect, "not": wrong}


def _question(state: CallState, heard: Iterable[Utterance], answer: Utterance) -> str:
    """What the handler said before, where a marker was read from question and answer together."""
    joined = any(
        one.answers for one in state.sightings if (one.party, one.utterance) == (answer.party, answer.number)
    )
    if not joined:
        return ""
    before = [
        one.text
        for one in heard
        if one.party is Party.HANDLER and one.start_ms < answer.start_ms and one.words
    ]
    return before[-1] if before else ""


def _pseudonym(call: CallId) -> str:
    """The same for the same call, and not the call's own id."""
    return f"correction-{hashlib.sha256(call.encode()).hexdigest()[:12]}"
