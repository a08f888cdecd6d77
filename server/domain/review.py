"""What a reviewer is shown: what the machine missed, what nobody acted on, what was done unprompted.

Pure comparison of the live record with the second hearing. It lists and quotes; it grades nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.domain.call import CallState, folded
from server.domain.events import (
    ActionDone,
    ActionOpened,
    Entry,
    FindingJudged,
    HeardAgain,
    MarkerJudged,
    NotHeardAgain,
    PromptAsked,
    PromptRaised,
    PromptShown,
    UtteranceHeard,
    Verdict,
)
from server.domain.evidence import Ledger, entered
from server.domain.ids import ActionId, FindingId, MarkerId, PromptId
from server.domain.review_words import why_missed, why_not_acted
from server.domain.sightings import BY_HAND, Sighting
from server.domain.speech import Party, Utterance
from server.domain.unprompted import Unprompted, asked_in_words, done_unprompted

APART_MS = 8000
"""The two hearings cut and time the same words differently; farther apart they are other words."""
NO_MARKER = MarkerId("")
AROUND_MS = 2500
"""How much around the words is quoted of the other hearing."""


class Listed(StrEnum):
    """Which of the three lists."""

    MISSED = "machine missed live"
    NOT_ACTED = "shown and nobody acted"
    UNPROMPTED = "handler acted unprompted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    id: FindingId
    listed: Listed
    marker: MarkerId
    party: Party
    at_ms: int
    quote: str = field(repr=False)
    live: str = field(default="", repr=False)
    """What was heard live at that moment, where it is not the quote itself."""
    because: str = field(repr=False)
    what: str = ""
    """What it is about, where that is no marker."""
    new: bool = False
    """Whether no other words of the call had shown the marker live."""
    prompt: PromptId | None = None
    judged: FindingJudged | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAction:
    opened: ActionOpened
    done: ActionDone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    state: CallState
    heard_again: HeardAgain | None
    not_heard_again: str
    """Why there is no second hearing; empty: there is one, or it is still to come."""
    findings: tuple[Finding, ...]
    actions: tuple[OpenAction, ...]


def reviewed(entries: Sequence[Entry]) -> Review:
    """The call as its reviewer sees it."""
    again = [entry.event for entry in entries if isinstance(entry.event, HeardAgain)]
    given_up = [entry.event.why for entry in entries if isinstance(entry.event, NotHeardAgain)]
    second = again[-1] if again else None
    return Review(
        state=folded(entries),
        heard_again=second,
        not_heard_again=given_up[-1] if given_up and second is None else "",
        findings=findings(entries, second),
        actions=_actions(entries),
    )


def findings(entries: Sequence[Entry], second: HeardAgain | None) -> tuple[Finding, ...]:
    """The three lists, each in the order of the call."""
    live = _Live.of(entries)
    found = [
        *(live.missed(second.sightings) if second is not None else ()),
        *live.marked_by_hand(),
        *live.not_acted(),
        *(answers := [*live.unprompted()]),
        *live.asked_unprompted(one.because for one in answers),
        *map(_done, done_unprompted(entries)),
    ]
    judged = {entry.event.finding: entry.event for entry in entries if isinstance(entry.event, FindingJudged)}
    order = list(Listed)
    return tuple(
        replace(one, judged=judged.get(one.id))
        for one in sorted(found, key=lambda one: (order.index(one.listed), one.at_ms, one.id))
    )


def hears_more(entries: Sequence[Entry], second: HeardAgain) -> tuple[MarkerId, ...]:
    """The markers that stand in the second hearing and that no words had shown live."""
    found = findings(entries, second)
    return tuple(dict.fromkeys(one.marker for one in found if one.listed is Listed.MISSED and one.new))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """What was heard, shown and done while the call went on."""

    state: CallState
    utterances: tuple[Utterance, ...]
    standing: tuple[Sighting, ...]
    doubted: tuple[Sighting, ...]
    shown: frozenset[PromptId]
    raised_ms: dict[MarkerId, int]
    by_hand: tuple[MarkerJudged, ...]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "_Live":
        ledger, raised_ms = Ledger(), dict[MarkerId, int]()
        for entry in entries:
            ledger = entered(ledger, entry.event)
            if isinstance(entry.event, PromptRaised) and entry.event.prompt.by is None:
                raised_ms.setdefault(entry.event.prompt.marker, entry.event.prompt.at_ms)
        state = folded(entries)
        return cls(
            state=state,
            utterances=tuple(
                entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)
            ),
            standing=tuple(one.sighting for account in ledger.accounts() for one in account.speaking),
            doubted=tuple(one for one in state.sightings if one.doubtful),
            shown=frozenset(
                entry.event.prompt for entry in entries if isinstance(entry.event, PromptShown | PromptAsked)
            ),
            raised_ms=raised_ms,
            by_hand=tuple(one for one in state.judgements.values() if one.verdict is Verdict.MISSED),
        )

    def missed(self, again: Iterable[Sighting]) -> Iterable[Finding]:
        """What stands in the second hearing, or may, and had not been seen in those words live."""
        given: set[tuple[MarkerId, Party, int]] = set()
        # What stands comes first: a doubt of the same moment must not take its place.
        for one in sorted(again, key=lambda one: not one.stands):
            key = (one.marker, one.party, one.start_ms // APART_MS)
            if not (one.stands or one.doubtful) or key in given or self._seen_near(one):
                continue
            given.add(key)
            live = self._heard_around(one)
            yield Finding(
                id=FindingId(f"missed.{one.marker}.{one.party}.{one.start_ms}"),
                listed=Listed.MISSED,
                marker=one.marker,
                party=one.party,
                at_ms=one.start_ms,
                quote=one.quote,
                live=live,
                because=why_missed(live, one),
                new=one.stands and all(seen.marker != one.marker for seen in self.standing),
            )

    def marked_by_hand(self) -> Iterable[Finding]:
        """What a specialist marked because the machine had not."""
        for judged in self.by_hand:
            one = next(
                seen
                for seen in self.state.sightings
                if (seen.marker, seen.party, seen.utterance)
                == (judged.marker, judged.party, judged.utterance)
            )
            yield Finding(
                id=FindingId(f"by-hand.{one.marker}.{one.party}.{one.utterance}"),
                listed=Listed.MISSED,
                marker=one.marker,
                party=one.party,
                at_ms=one.start_ms,
                quote=one.quote,
                because=f"{judged.person} marked these words; the machine had not.",
                new=all(seen.marker != one.marker or seen.rule == BY_HAND for seen in self.standing),
            )

    def not_acted(self) -> Iterable[Finding]:
        """Prompts that stood in front of people and that came to nothing."""
        for state in self.state.prompts.values():
            why = why_not_acted(state, shown=state.prompt.id in self.shown)
            if why:
                yield Finding(
                    id=FindingId(f"not-acted.{state.prompt.id}"),
                    listed=Listed.NOT_ACTED,
                    marker=state.prompt.marker,
                    party=state.prompt.party,
                    at_ms=state.prompt.at_ms,
                    quote=state.prompt.quote,
                    because=why,
                    prompt=state.prompt.id,
                )

    def unprompted(self) -> Iterable[Finding]:
        """What the handler asked before any prompt said to, as the answers show."""
        given: set[MarkerId] = set()
        for one in self.state.sightings:
            raised = self.raised_ms.get(one.marker)
            if not one.answers or one.held or one.marker in given:
                continue
            # The prompt that this very answer raised came after the question.
            if raised is not None and raised < one.start_ms:
                continue
            given.add(one.marker)
            yield Finding(
                id=FindingId(f"unprompted.{one.marker}.{one.party}.{one.utterance}"),
                listed=Listed.UNPROMPTED,
                marker=one.marker,
                party=one.party,
                at_ms=one.start_ms,
                quote=one.quote,
                because=f"The handler asked it unprompted: “{one.answers}”",
            )

    def asked_unprompted(self, answered: Iterable[str]) -> Iterable[Finding]:
        return map(_done, asked_in_words(self.utterances, self.raised_ms, answered))

    def _seen_near(self, again: Sighting) -> bool:
        return any(
            seen.marker == again.marker
            and seen.party == again.party
            and seen.rule != BY_HAND
            and seen.start_ms <= again.end_ms + APART_MS
            and again.start_ms <= seen.end_ms + APART_MS
            for seen in (self.standing if again.stands else (*self.standing, *self.doubted))
        )

    def _heard_around(self, again: Sighting) -> str:
        words = [
            word.text
            for utterance in self.utterances
            if utterance.party is again.party
            for word in utterance.words
            if again.start_ms - AROUND_MS <= word.end_ms and word.start_ms <= again.end_ms + AROUND_MS
        ]
        return " ".join(words)


def _done(one: Unprompted) -> Finding:
    return Finding(
        id=FindingId(f"unprompted.{one.id}"),
        listed=Listed.UNPROMPTED,
        marker=NO_MARKER,
        party=Party.HANDLER,
        at_ms=one.at_ms,
        quote=one.quote,
        because=one.because,
        what=one.what,
    )


def _actions(entries: Iterable[Entry]) -> tuple[OpenAction, ...]:
    opened: dict[ActionId, OpenAction] = {}
    for entry in entries:
        match entry.event:
            case ActionOpened():
                opened.setdefault(entry.event.action, OpenAction(opened=entry.event))
            case ActionDone(action=action) if action in opened:
                opened[action] = OpenAction(opened=opened[action].opened, done=entry.event)
            case _:
                pass
    return tuple(opened.values())
