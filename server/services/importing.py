"""Importing a force's history: every row is judged first, and all of it is brought in or nothing."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from unicodedata import category
from zoneinfo import ZoneInfo

from server.domain.entities import EntityKind, Known
from server.domain.history import EarlierCall, EarlierMarker
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.markers import Marker
from server.ports.history import CallHistory, Matcher

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}")
LONGEST = 500
NO_TEXT = frozenset({"Cc", "Cs", "Cn"})
EARLIEST = 1970
BRITISH = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
"""As spreadsheets here write it. With the month first a file has days that are no months, and is refused."""
_NOBODY = """
anonymous|withheld|restricted|private|unavailable|refused|declined|unknown|not known|unk|n/k|nk|n/a|na|none
null|nil|not given|not stated|not recorded|tbc|tba|?|-|--|.|male|female|unknown male|unknown female|passer by
caller
"""
NOBODY = frozenset(word.strip() for line in _NOBODY.split("\n") for word in line.split("|") if word.strip())
"""Who is so named is nobody, and no mistake: as a name it would link strangers by the thousand."""
ERRORS = ("#n/a", "#ref!", "#name?", "#value!", "#null!", "#num!", "#div/0!", "####")
"""What a spreadsheet writes where it failed."""
SINGLE = {
    "caller": (EntityKind.NUMBER, "caller"),
    "address": (EntityKind.ADDRESS, ""),
    "victim": (EntityKind.PERSON, "victim"),
    "suspect": (EntityKind.PERSON, "suspect"),
    "vehicle": (EntityKind.VEHICLE, ""),
    "order": (EntityKind.ORDER, ""),
}
"""Fields that hold one thing, or several apart by semicolons."""
COLUMNS = ("ref", "at", "channel", "grade", "outcome", *SINGLE, "people", "markers", "quotes")


class BadRow(Exception):
    """Why a row cannot be imported; never with what stands in it."""


class FileChanged(Exception):
    """The file was not the same the second time: nothing of it is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a row holds: texts, by column."""

    number: int
    """As people count the rows of a file."""
    fields: Mapping[str, str] = field(repr=False)
    wrong: str = ""
    """Why it could not be read; never with what stands in it."""


@dataclass(slots=True, kw_only=True)
class Report:
    rows: int = 0
    bad: list[str] = field(default_factory=list)
    """One line each."""
    brought_in: int = 0
    held: int = 0
    """Were there already, and stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose history it is."""

    force: ForceId
    zone: str
    now: datetime


class Importing:
    def __init__(
        self, about: About, *, history: CallHistory, matcher: Matcher, markers: Mapping[MarkerId, Marker]
    ) -> None:
        self._about = about
        self._history = history
        self._matcher = matcher
        self._markers = markers

    async def bring_in(self, rows: Callable[[], Iterable[Told]], *, dry_run: bool) -> Report:
        """`rows` reads the file from its beginning each time: it may be too large to be held."""
        report = self._judged(rows())
        if report.bad or dry_run:
            return report
        await self._history.drop_unsettled(self._about.force)
        batch = f"import-{token_hex(8)}"
        try:
            brought = await self._history.bring_in(batch, (self._kept(told) for told in rows()))
        except BadRow as bad:
            raise FileChanged from bad
        if brought.rows != report.rows:
            raise FileChanged
        await self._history.settle(batch)
        report.brought_in, report.held = brought.new, brought.rows - brought.new
        return report

    def _judged(self, rows: Iterable[Told]) -> Report:
        report, seen = Report(), set[str]()
        for told in rows:
            report.rows += 1
            try:
                call = self._read(told).call
            except BadRow as bad:
                report.bad.append(f"row {told.number}: {bad}")
                continue
            if call in seen:
                report.bad.append(f"row {told.number}: ref: another row of this file has it")
            seen.add(call)
        return report

    def _kept(self, told: Told) -> tuple[EarlierCall, Collection[str]]:
        call = self._read(told)
        return call, self._matcher.keys(call.known, call.at)

    def _read(self, told: Told) -> EarlierCall:
        fields = told.fields
        if told.wrong:
            raise BadRow(told.wrong)
        unknown = sorted(set(fields) - set(COLUMNS))
        if unknown:
            raise BadRow(f"{unknown[0][:40]}: there is no such column")
        reference = fields.get("ref", "").strip()
        if not REFERENCE.fullmatch(reference):
            raise BadRow("ref: expected the force's own reference, 1 to 64 letters and digits")
        known = tuple(dict.fromkeys((*self._single(fields), *self._people(fields))))
        if not known:
            raise BadRow("expected at least one of caller, address, victim, suspect, people, vehicle, order")
        return EarlierCall(
            call=CallId(f"record:{self._about.force}:{reference}"),
            force=self._about.force,
            at=self._at(fields.get("at", "")),
            channel=_text(fields, "channel"),
            outcome=_text(fields, "outcome"),
            grade=_text(fields, "grade"),
            imported=True,
            markers=tuple(self._marked(fields)),
            known=known,
        )

    def _at(self, text: str) -> datetime:
        at = _when(" ".join(text.split()))
        if at is None:
            raise BadRow("at: expected a date and time such as 2026-03-01 22:15 or 01/03/2026 22:15")
        if at.year < EARLIEST:
            raise BadRow(f"at: is before {EARLIEST}")
        at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self._about.zone))
        if at > self._about.now:
            raise BadRow("at: is still to come")
        return at.astimezone(UTC)

    def _single(self, fields: Mapping[str, str]) -> Iterator[Known]:
        for column, (kind, about) in SINGLE.items():
            for text in _named(fields, column):
                yield self._known(column, kind, text, about)

    def _people(self, fields: Mapping[str, str]) -> Iterator[Known]:
        """`Khaola Saleem (mother); Ann Lee`."""
        for text in _named(fields, "people"):
            name, _, about = text.partition("(")
            yield self._known("people", EntityKind.PERSON, name, about.rstrip(") ").strip().casefold()[:40])

    def _known(self, column: str, kind: EntityKind, text: str, about: str) -> Known:
        read = self._matcher.read(kind, text)
        if read is None:
            raise BadRow(f"{column}: cannot be read as {'an' if kind[0] in 'ao' else 'a'} {kind}")
        return Known(kind=kind, value=read.value, about=about)

    def _marked(self, fields: Mapping[str, str]) -> Iterator[EarlierMarker]:
        quotes = _parts(fields, "quotes")
        for place, name in enumerate(_parts(fields, "markers")):
            marker = self._markers.get(MarkerId(name))
            if marker is None:
                raise BadRow("markers: there is no such marker")
            quote = quotes[place] if place < len(quotes) else ""
            yield EarlierMarker(marker=marker.id, severity=marker.severity, title=marker.title, quote=quote)


def _when(text: str) -> datetime | None:
    """A day without a time is none: which calls are of one night is what they are brought in for."""
    if ":" not in text:
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    for form in BRITISH:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the force's
    return None


def _text(fields: Mapping[str, str], column: str) -> str:
    text = " ".join(fields.get(column, "").split())
    if len(text) > LONGEST:
        raise BadRow(f"{column}: is longer than {LONGEST} characters")
    if not text.isprintable() and any(category(one) in NO_TEXT for one in text):
        raise BadRow(f"{column}: holds characters that are no text")
    return text


def _parts(fields: Mapping[str, str], column: str) -> list[str]:
    return [part.strip() for part in _text(fields, column).split(";") if part.strip()]


def _named(fields: Mapping[str, str], column: str) -> Iterator[str]:
    for text in _parts(fields, column):
        if text.casefold().startswith(ERRORS):
            raise BadRow(f"{column}: holds an error of the spreadsheet that it comes from")
        if text.partition("(")[0].strip().casefold() not in NOBODY:
            yield text
