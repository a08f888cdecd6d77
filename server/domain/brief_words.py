"""A brief in few words: what is read in twenty seconds, and what is said over the radio."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from server.domain.briefs import Brief, Line, Sureness
from server.domain.said_earlier import SaidEarlier
from server.domain.speech import Party
from server.domain.topics import Asking

LEAD_WORDS = 80
"""Twenty seconds at four words a second."""
LEAST_QUOTE = 4
EARLIER = 3
"""What was said on earlier calls: so much of it by name, the rest is counted."""
LOUD = 2
"""How many records that nobody checked are named, the gravest first; the rest are counted."""
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WHOSE = {Party.CALLER: "caller", Party.HANDLER: "handler", Party.OTHER: "background"}


def lead_of(brief: Brief) -> tuple[tuple[str, str], ...]:
    """The four blocks, each one line of text, in at most `LEAD_WORDS` words.

    Everything that must not be lost is named; quotes are cut before a name is.
    """
    for most, longest in ((8, 12), (8, 8), (6, 6), (5, LEAST_QUOTE), (3, LEAST_QUOTE), (0, LEAST_QUOTE)):
        blocks = _blocks(brief, most=most, longest=longest)
        if sum(len(f"{name} {text}".split()) for name, text in blocks) <= LEAD_WORDS:
            return blocks
    return _blocks(brief, most=0, longest=0)


def _blocks(brief: Brief, *, most: int, longest: int) -> tuple[tuple[str, str], ...]:
    return (
        ("Heard now", _lines(brief.heard, most, longest) or "nothing yet"),
        ("Third-hand", _lines(brief.third_hand, most, longest) or "nothing"),
        ("Police record", _records(brief, longest, brief_form=most < 6)),
        ("Not asked", _not_asked(brief, most)),
    )


def _lines(lines: Sequence[Line], most: int, longest: int) -> str:
    kept = [line for place, line in enumerate(lines) if line.must or place < most]
    left = len(lines) - len(kept)
    said = [_line(line, longest) for line in kept]
    return "; ".join([*said, f"{left} more"] if left else said)


def _line(line: Line, longest: int) -> str:
    doubt = ", not sure of the words" if line.sure is Sureness.DOUBTFUL else ""
    said = f" “{_cut(line.quote, longest)}”" if longest else ""
    return f"{_short(line.title)}{doubt}{said}"


def _cut(quote: str, longest: int) -> str:
    words = quote.split()
    return " ".join(words[:longest]) + ("…" if len(words) > longest else "")


def _short(title: str) -> str:
    """A title without what stands in brackets or after a comma."""
    return title.partition(" (")[0].partition(",")[0].partition(" / ")[0]


def _records(brief: Brief, longest: int, *, brief_form: bool) -> str:
    said = [
        f"{record.check} {record.found}{f': {record.text}' if record.text and not brief_form else ''}"
        for record in brief.records
    ]
    said += [f"{_short(line.title)}, says {WHOSE[line.party]}" for line in brief.on_record if not brief_form]
    if brief.earlier_calls:
        calls = "1 earlier call" if brief.earlier_calls == 1 else f"{brief.earlier_calls} earlier calls"
        said.append(f"{calls}{_earlier(brief, longest, brief_form=brief_form)}")
    if brief.not_checked:
        left = len(brief.not_checked) - LOUD
        unlooked = ", ".join(brief.not_checked[:LOUD]) + (f" and {left} others" if left > 0 else "")
        said.append(f"NOT CHECKED: {unlooked}")
    return "; ".join(said)


def _earlier(brief: Brief, longest: int, *, brief_form: bool) -> str:
    """The dangers that were said on them, each once; in short without the words."""
    if brief.earlier_unread:
        return f", {'its' if brief.earlier_calls == 1 else 'their'} words cannot be read now"
    each = list({one.marker: one for one in reversed(brief.earlier)}.values())[::-1]
    said = [
        _short(one.title) if brief_form else f"{_short(one.title)} “{_cut(one.quote, longest)}”"
        for one in each[:EARLIER]
    ]
    left = [f"{len(each) - EARLIER} more"] if len(each) > EARLIER else []
    return f": {', '.join([*said, *left])}" if said else ""


def _not_asked(brief: Brief, most: int) -> str:
    open_ones = [one.label.partition(",")[0] for one in brief.topics if one.asking is Asking.NOT_ASKED]
    shown = open_ones[: max(most, 3)]
    left = len(open_ones) - len(shown)
    return ", ".join([*shown, f"{left} more"] if left else shown) or "everything was asked"


def spoken(brief: Brief, *, name: str, zone: tzinfo) -> str:
    """As it is read out over the radio: whole words, short sentences, times digit by digit."""
    said = [f"Brief for {name}.", *_standing(brief)]
    said += ["Heard on the call."] if brief.heard else ["Nothing of risk heard on the call yet."]
    said += [_spoken_line(line, zone) for line in brief.heard]
    if brief.third_hand:
        said += ["At third hand.", *(_spoken_line(line, zone) for line in brief.third_hand)]
    said += ["Police record.", *_spoken_records(brief, zone)]
    unasked = [one.label for one in brief.topics if one.asking is Asking.NOT_ASKED]
    said.append(f"Not asked: {', '.join(unasked).lower()}." if unasked else "Everything was asked.")
    said += [f"Specialist adds: {note.text}." for note in brief.notes]
    return " ".join([*said, "End of brief. Read back what is in danger of being lost."])


def _standing(brief: Brief) -> Iterable[str]:
    if brief.third_party:
        yield "The caller speaks for somebody else."
    if brief.covert:
        yield "The caller may not be free to speak."
    if brief.whispering:
        yield "The caller may be whispering."


def _spoken_line(line: Line, zone: tzinfo) -> str:
    doubt = " We are not sure of the words." if line.sure is Sureness.DOUBTFUL else ""
    back = " Later taken back." if line.taken_back else ""
    at = _spoken_time(line.said_at, zone)
    return (
        f"{_short(line.title)}: {WHOSE[line.party]} said, quote, {line.quote}, unquote, at {at}.{doubt}{back}"
    )


def _spoken_time(at: datetime, zone: tzinfo) -> str:
    return " ".join(DIGITS[int(digit)] for digit in f"{at.astimezone(zone):%H%M}")


def _spoken_earlier(one: SaidEarlier, zone: tzinfo) -> str:
    at = _spoken_time(one.said_at, zone)
    return f"{_short(one.title)}, on an earlier call: quote, {one.quote}, unquote, at {at}."


def _spoken_calls(brief: Brief, zone: tzinfo) -> Iterable[str]:
    """A danger to life in its words; what else was said of danger by its name."""
    single = brief.earlier_calls == 1
    yield "1 earlier call is linked." if single else f"{brief.earlier_calls} earlier calls are linked."
    yield from (_spoken_earlier(one, zone) for one in brief.earlier if one.grave)
    others = dict.fromkeys(_short(one.title).lower() for one in brief.earlier if not one.grave)
    them = "it" if single else "them"
    if others:
        yield f"Also said on {them}: {', '.join(others)}."
    if brief.earlier_unread:
        yield f"What was said on {them} cannot be read now."


def _spoken_records(brief: Brief, zone: tzinfo) -> Iterable[str]:
    for record in brief.records:
        detail = f", {record.text}" if record.text else ""
        yield f"{str(record.check).capitalize()}: {record.found}{detail}."
    if brief.earlier_calls:
        yield from _spoken_calls(brief, zone)
    if brief.not_checked:
        yield f"Not checked: {', '.join(brief.not_checked)}."
