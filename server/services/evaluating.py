"""Evaluating the reader on labelled lines: utterances, question pairs, whole calls and plain talk."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.measures import Interval, Share, Tally, bootstrap
from server.domain.sightings import Polarity
from server.domain.speech import Party
from server.ports.language import Reader
from server.services.analysing import WORD_MS, Analysis, BadLine, Script, analysed, parsed

KINDS = frozenset({"utterance", "call", "talk"})
SIGHTED = (Polarity.AFFIRMED, Polarity.CONDITIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One labelled line."""

    kind: str
    script: Script
    expect: Mapping[MarkerId, int]
    """Each marker that should fire, and the turn by which a specialist would want it."""
    forbidden: frozenset[MarkerId]
    domestic: bool | None
    plain: bool = False
    """Ordinary telephone talk, in which every marker is a false one."""

    @property
    def hours(self) -> float:
        last = self.script.turns[-1]
        return (last.start_s + len(last.text.split()) * WORD_MS / 1000) / 3600

    @property
    def by_handler(self) -> bool:
        return all(turn.speaker is Party.HANDLER for turn in self.script.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A labelled line and what the reader made of it."""

    labelled: Labelled
    sighted: Mapping[MarkerId, int]
    """The first turn in which each marker was sighted."""
    prompted: Mapping[MarkerId, int]
    domestic: bool

    def tallies(self, markers: Iterable[MarkerId]) -> dict[MarkerId, Tally]:
        wanted, found = self.labelled.expect.keys(), self.sighted.keys()
        return {
            marker: Tally(
                right=marker in wanted and marker in found,
                wrong=marker in found and marker not in wanted,
                missed=marker in wanted and marker not in found,
            )
            for marker in markers
            if marker in wanted or marker in found
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    by_marker: Mapping[MarkerId, Tally]
    micro: Tally
    micro_f1: Interval
    immediate_recall: Share
    hard_negatives_clean: Share
    handler_clean: Share
    pairs: Tally
    forbidden_left_alone: Share
    domestic_found: Share
    others_left_alone: Share
    call_prompts: Tally
    on_time: Share
    mean_turns_late: float
    mean_seconds_late: float
    false_prompts_per_hour: float
    """In calls that are not domestic."""
    false_markers_per_hour: float
    """In plain telephone talk."""
    hours: Mapping[str, float] = field(default_factory=dict)


def labelled(line: str) -> Labelled:
    """Read one labelled line. Raises `BadLine`."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"not JSON: {error.msg}") from error
    if not isinstance(found, dict) or found.get("kind") not in KINDS:
        raise BadLine(f'expected "kind" to be {", ".join(sorted(KINDS))}')
    if found["kind"] == "utterance":
        turn = {"speaker": found.get("speaker", "caller"), "text": found.get("text")}
        script = parsed(json.dumps({"id": found.get("id"), "turns": [turn]}))
        expect = dict.fromkeys(map(MarkerId, found.get("markers", [])), 0)
    else:
        script = parsed(line)
        expect = {}
        for one in found.get("expect", []):
            expect.setdefault(MarkerId(one["marker"]), one.get("turn", 0))
    if not script.turns:
        raise BadLine("expected at least one turn")
    forbidden = frozenset(map(MarkerId, found.get("not", [])))
    domestic = found.get("domestic")
    return Labelled(
        kind=found["kind"],
        script=script,
        expect=expect,
        forbidden=forbidden,
        domestic=domestic,
        plain=_is_plain(found),
    )


def _is_plain(found: Mapping[str, object]) -> bool:
    """Talk by its kind; or a call that nobody made to the police: it has a topic, and nothing is expected."""
    if found["kind"] == "talk":
        return True
    expects = found.get("expect") or found.get("domestic")
    return found["kind"] == "call" and not expects and ("topic" in found or "register" in found)


def read(one: Labelled, reader: Reader) -> Result:
    analysis = analysed(one.script, reader)
    return Result(
        labelled=one,
        sighted=_sighted(analysis),
        prompted={prompt.marker: turn for turn, prompt in reversed(analysis.prompts)},
        domestic=analysis.domestic,
    )


def _sighted(analysis: Analysis) -> dict[MarkerId, int]:
    """Markers sighted, held ones too: what a single sentence shows does not wait for the call's frame."""
    return {one.marker: turn for turn, one in reversed(analysis.sightings) if one.polarity in SIGHTED}


def report(results: Sequence[Result], reader: Reader) -> Report:
    """Add the results up."""
    immediate = {id_ for id_, marker in reader.markers.items() if marker.severity is MarkerClass.IMMEDIATE}
    spoken = [one for one in results if one.labelled.kind == "utterance" and not one.labelled.by_handler]
    pairs = [one for one in results if one.labelled.kind == "call" and one.labelled.domestic is None]
    calls = [one for one in results if one.labelled.kind == "call" and one.labelled.domestic is not None]
    talk = [one for one in results if one.labelled.plain]
    others = [one for one in calls if not one.labelled.domestic]
    domestic = [one for one in calls if one.labelled.domestic]
    late = _lateness(domestic)
    by_marker = _by_marker(spoken, reader)
    return Report(
        by_marker=by_marker,
        micro=_micro(reader, spoken),
        micro_f1=bootstrap(spoken, lambda some: _micro(reader, some).f1),
        immediate_recall=sum((by_marker[one] for one in immediate if one in by_marker), Tally()).recall,
        hard_negatives_clean=_clean([one for one in spoken if not one.labelled.expect]),
        handler_clean=_clean([one for one in results if one.labelled.by_handler]),
        pairs=_micro(reader, pairs),
        forbidden_left_alone=_forbidden(results),
        domestic_found=Share(sum(one.domestic for one in domestic), len(domestic)),
        others_left_alone=Share(sum(not one.domestic for one in others), len(others)),
        call_prompts=sum(map(_prompts, domestic), Tally()),
        on_time=Share(sum(turns <= 0 for turns, _ in late), len(late)),
        mean_turns_late=_mean([max(0, turns) for turns, _ in late]),
        mean_seconds_late=_mean([max(0.0, seconds) for _, seconds in late]),
        false_prompts_per_hour=_per_hour(others, [len(one.prompted) for one in others]),
        false_markers_per_hour=_per_hour(talk, [len(one.sighted) for one in talk]),
        hours={"other calls": _hours(others), "domestic calls": _hours(domestic), "talk": _hours(talk)},
    )


def _by_marker(results: Sequence[Result], reader: Reader) -> dict[MarkerId, Tally]:
    totals: dict[MarkerId, Tally] = {}
    for result in results:
        for marker, tally in result.tallies(reader.markers).items():
            totals[marker] = totals.get(marker, Tally()) + tally
    return dict(sorted(totals.items()))


def _micro(reader: Reader, results: Sequence[Result]) -> Tally:
    counts: Counter[str] = Counter()
    for result in results:
        wanted, found = result.labelled.expect.keys() & reader.markers.keys(), result.sighted.keys()
        counts.update(right=len(wanted & found), wrong=len(found - wanted), missed=len(wanted - found))
    return Tally(counts["right"], counts["wrong"], counts["missed"])


def _clean(results: Sequence[Result]) -> Share:
    return Share(sum(not one.sighted for one in results), len(results))


def _forbidden(results: Sequence[Result]) -> Share:
    pairs = [(one, marker) for one in results for marker in one.labelled.forbidden]
    return Share(sum(marker not in one.sighted for one, marker in pairs), len(pairs))


def _prompts(result: Result) -> Tally:
    wanted, found = result.labelled.expect.keys(), result.prompted.keys()
    return Tally(len(wanted & found), len(found - wanted), len(wanted - found))


def _lateness(results: Sequence[Result]) -> list[tuple[int, float]]:
    """For each expected prompt that came: turns and seconds after it was wanted."""
    late = []
    for one in results:
        turns = one.labelled.script.turns
        for marker, wanted in one.labelled.expect.items():
            came = one.prompted.get(marker)
            if came is not None:
                late.append((came - wanted, turns[came].start_s - turns[wanted].start_s))
    return late


def _hours(results: Sequence[Result]) -> float:
    return sum(one.labelled.hours for one in results)


def _per_hour(results: Sequence[Result], counts: Sequence[int]) -> float:
    hours = _hours(results)
    return sum(counts) / hours if hours else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


Mishear = Callable[[str], str]
"""What a recogniser would have written for a text."""


def evaluated(lines: Iterable[str], reader: Reader, mishear: Mishear | None = None) -> Report:
    """Read every labelled line, misheard or as written, and add up. Raises `BadLine` with its number."""
    results = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                one = labelled(line)
            except BadLine as error:
                raise BadLine(f"line {number}: {error}") from error
            results.append(read(one if mishear is None else misheard(one, mishear), reader))
    return report(results, reader)


def misheard(one: Labelled, mishear: Mishear) -> Labelled:
    turns = tuple(replace(turn, text=mishear(turn.text)) for turn in one.script.turns)
    return replace(one, script=replace(one.script, turns=turns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much recall is left when words are misheard: the share of what a rate of 0 gives."""

    rate: float
    micro: float
    immediate: float


def kept(clear: Report, heard: Report, rate: float) -> Kept:
    """Compare two reports on the same lines, heard clearly and misheard."""
    return Kept(
        rate=rate,
        micro=_ratio(heard.micro.recall, clear.micro.recall),
        immediate=_ratio(heard.immediate_recall, clear.immediate_recall),
    )


def _ratio(heard: Share, clear: Share) -> float:
    return heard.value / clear.value if clear.value else 1.0
