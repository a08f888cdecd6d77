"""What a specialist makes of the words by hand: a marker, a prompt, a judgement of what the machine saw."""

from dataclasses import dataclass, replace

from server.domain.call import CallState
from server.domain.events import (
    Event,
    MarkerJudged,
    MarkerSighted,
    PromptDismissed,
    PromptRaised,
    PromptShared,
    RiskRaised,
    UtteranceHeard,
    Verdict,
)
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.markers import PROMPT_LIMIT, Marker, MarkerClass, PromptTexts
from server.domain.people import Role
from server.domain.prompts import Dismissal, Prompt, PromptState, Standing, prompt_for
from server.domain.sightings import BY_HAND, Polarity, Sighting
from server.domain.speech import Party
from server.domain.whispers import Judged
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, line_of_text
from server.services.readers import Readers
from server.services.refusals import (
    AlreadyJudged,
    CallEndedAlready,
    NoSuchMarker,
    NoSuchWords,
    ReadOnly,
)

OWN_QUESTION = Marker(
    id=MarkerId("by_hand"),
    severity=MarkerClass.HIGH,
    title="Asked for by a specialist",
    why="A specialist on the call asks for it.",
    sources=(),
    prompts=PromptTexts(ask="", yes_no="", handler="", specialist=""),
    order=0,
)
"""Stands for a marker where a specialist asks a question of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a settled utterance; the word positions are half-open."""

    party: Party
    utterance: int
    from_word: int
    to_word: int


class Correcting:
    def __init__(self, room: ControlRoom, readers: Readers) -> None:
        self._pages = Pages(room)
        self._readers = readers

    async def mark(self, doing: Doing, call: CallId, span: Span, marker: MarkerId) -> None:
        """Say that these words show a marker that the machine did not see; it prompts as any other.

        Nobody is left to ask once the call has ended: the marker is then kept as evidence alone.
        """
        _check_role(doing)
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, MarkerJudged)):
                return
            meant = self._marker(page, marker)
            sighting = _sighting(page, span, meant)
            events = _sighted(page.state, sighting, meant)
            shown = page.state.prompt_of(marker)
            if not page.state.ended and (shown is None or not shown.waits):
                events.append(_raised(page, doing, prompt_for(meant, sighting, number=0, standing=SETTLED)))
            await page.record(*events, _judged(page, doing, sighting, Verdict.MISSED))

    async def ask(
        self, doing: Doing, call: CallId, span: Span, marker: MarkerId | None, question: str
    ) -> PromptId:
        """Put a prompt before the handler: of a marker, or with a question of one's own, or both."""
        _check_role(doing)
        said = line_of_text(question, PROMPT_LIMIT) if question or marker is None else ""
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, PromptRaised)):
                return _raised_as(page, doing)
            if page.state.ended:
                raise CallEndedAlready
            meant = OWN_QUESTION if marker is None else self._marker(page, marker)
            prompt = prompt_for(meant, _sighting(page, span, meant), number=0, standing=SETTLED)
            if said:
                prompt = replace(prompt, ask=said, yes_no=said, handler=said, specialist=said)
            raised = _raised(page, doing, prompt)
            await page.record(raised)
            return raised.prompt.id

    async def judge(
        self, doing: Doing, call: CallId, judged: Judged, verdict: Verdict, after: int | None = None
    ) -> None:
        """Say whether a marker is in these words. `after` is the number of the judgement it replaces."""
        _check_role(doing)
        async with self._pages.granted(doing.person, call) as page:
            standing = page.state.judgements.get(judged)
            same = standing is not None and standing.verdict is verdict
            if page.done(doing, lambda event: isinstance(event, MarkerJudged)) or same:
                return
            sighting = _latest(page.state, judged)
            if standing is not None and standing.person != doing.by and after != _seq_of(page, standing):
                raise AlreadyJudged(standing.person)
            event = _judged(page, doing, sighting, verdict)
            await page.record(event, *_outcome(page, doing, sighting, verdict))

    def _marker(self, page: Page, marker: MarkerId) -> Marker:
        markers = self._readers.of(page.state.force).markers
        if marker not in markers:
            raise NoSuchMarker
        return markers[marker]


SETTLED = Standing.SETTLED


def _check_role(doing: Doing) -> None:
    if doing.person.role is Role.HANDLER:
        raise ReadOnly


def _sighting(page: Page, span: Span, marker: Marker) -> Sighting:
    heard = [
        entry.event.utterance
        for entry in page.entries
        if isinstance(entry.event, UtteranceHeard)
        and (entry.event.utterance.party, entry.event.utterance.number) == (span.party, span.utterance)
    ]
    if not heard or not 0 <= span.from_word < span.to_word <= len(heard[0].words):
        raise NoSuchWords
    words = heard[0].words[span.from_word : span.to_word]
    return Sighting(
        marker=marker.id,
        polarity=Polarity.AFFIRMED,
        party=span.party,
        utterance=span.utterance,
        quote=" ".join(word.text for word in words),
        matched=((span.from_word, span.to_word),),
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        rule=BY_HAND,
        because="A specialist marked these words.",
    )


def _sighted(state: CallState, sighting: Sighting, marker: Marker) -> list[Event]:
    events: list[Event] = [MarkerSighted(at_ms=sighting.end_ms, sighting=sighting, standing=SETTLED)]
    if marker.severity.rank > state.severity.rank:
        events.append(RiskRaised(at_ms=sighting.end_ms, severity=marker.severity, because=marker.id))
    return events


def _raised(page: Page, doing: Doing, prompt: Prompt) -> PromptRaised:
    """Prompts by hand are numbered apart, so that none meets one that the words raise meanwhile."""
    number = sum(state.prompt.by is not None for state in page.state.prompts.values()) + 1
    by_hand = replace(prompt, id=PromptId(f"h{number}"), by=doing.by)
    return PromptRaised(at_ms=page.at_ms, prompt=by_hand, act=doing.act)


def _raised_as(page: Page, doing: Doing) -> PromptId:
    (raised,) = [
        entry.event.prompt.id
        for entry in page.entries
        if isinstance(entry.event, PromptRaised) and entry.event.act == doing.act
    ]
    return raised


def _judged(page: Page, doing: Doing, sighting: Sighting, verdict: Verdict) -> MarkerJudged:
    return MarkerJudged(
        at_ms=page.at_ms,
        person=doing.by,
        act=doing.act,
        marker=sighting.marker,
        party=sighting.party,
        utterance=sighting.utterance,
        verdict=verdict,
    )


def _latest(state: CallState, judged: Judged) -> Sighting:
    """The sighting that is judged. Raises `NoSuchMarker`."""
    seen = [one for one in state.sightings if Judged(one.marker, one.party, one.utterance) == judged]
    if not seen:
        raise NoSuchMarker
    return seen[-1]


def _seq_of(page: Page, event: MarkerJudged) -> int:
    return next(entry.seq for entry in reversed(page.entries) if entry.event == event)


def _outcome(page: Page, doing: Doing, sighting: Sighting, verdict: Verdict) -> list[Event]:
    """What is true is shown to the handler too; a prompt of words that do not say it is put aside."""
    shown = page.state.prompt_of(sighting.marker)
    if shown is None or not shown.open:
        return []
    if verdict is Verdict.NOT:
        return [_aside(page, doing, shown)] if _all_wrong(page.state, sighting) else []
    if shown.for_handler or shown.prompt.severity is not MarkerClass.HIGH:
        return []
    because = "a specialist says that it is true"
    return [PromptShared(at_ms=page.at_ms, prompt=shown.prompt.id, because=because, by=doing.by)]


def _aside(page: Page, doing: Doing, shown: PromptState) -> PromptDismissed:
    return PromptDismissed(
        at_ms=page.at_ms,
        person=doing.by,
        act=doing.act,
        prompt=shown.prompt.id,
        reason=Dismissal.MISHEARD,
    )


def _all_wrong(state: CallState, wrong: Sighting) -> bool:
    """Whether no other words of the call speak for the marker."""
    others = {
        Judged(one.marker, one.party, one.utterance)
        for one in state.sightings
        if one.stands
        and one.marker == wrong.marker
        and (one.party, one.utterance) != (wrong.party, wrong.utterance)
    }
    return all(key in state.judgements and state.judgements[key].verdict is Verdict.NOT for key in others)
