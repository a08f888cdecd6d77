"""Briefs and transfer sheets for the control room's own system: it fetches them, and says who read them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.briefs import Line
from server.domain.events import SheetKind
from server.domain.ids import ActId, CallId, MarkerId, SheetId
from server.domain.integrations import Scope
from server.domain.markers import MarkerClass
from server.domain.speech import Party
from server.services.crew import Taken
from server.services.sheet_views import SheetView
from server.web.api import shapes
from server.web.api.calls import line_of, on_record
from server.web.api.operations import Asked, Operation
from server.web.api.plain import plain


class BriefLine(shapes.Given, frozen=True, kw_only=True):
    """One marker, by the words that showed it first."""

    marker: str
    title: str
    severity: MarkerClass
    quote: str
    party: Party
    at_ms: int
    said_at: datetime
    must: bool
    """Whether it may not be lost on the way."""
    sure: str


class BriefSheet(shapes.Given, frozen=True, kw_only=True):
    """A brief or a transfer sheet that was given to this system to fetch."""

    sheet: str
    kind: SheetKind
    name: str
    until: datetime
    good: bool
    read_by: list[str]
    missing: list[str]
    """Markers that nobody there has named yet."""


class Brief(shapes.Given, frozen=True, kw_only=True):
    """The four blocks of a call's brief as they stand."""

    call: str
    seq: int
    live: bool
    responsible: str
    heard: list[BriefLine]
    third_hand: list[BriefLine]
    on_record: list[BriefLine]
    records: list[str]
    not_checked: list[str]
    not_asked: list[str]
    must: list[str]
    spoken: str
    """For the radio."""
    sheets: list[BriefSheet]


class SheetSigned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who there has received and read it, and what they named."""

    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,40}$")]
    by: Annotated[str, Meta(min_length=1, max_length=80)]
    named: Annotated[list[str], Meta(max_length=40)] = []


async def brief(asked: Asked) -> Brief:
    await line_of(asked)
    await on_record(asked)
    view = await asked.doors.briefs.crew.fetched(CallId(asked.path("call")))
    made = view.brief
    return Brief(
        call=made.call,
        seq=made.seq,
        live=made.live,
        responsible=view.responsible,
        heard=[_line(line) for line in made.heard],
        third_hand=[_line(line) for line in made.third_hand],
        on_record=[_line(line) for line in made.on_record],
        records=[f"{one.check}: {one.found}{f': {one.text}' if one.text else ''}" for one in made.records],
        not_checked=list(made.not_checked),
        not_asked=[one.label for one in made.not_asked],
        must=list(made.must),
        spoken=view.spoken,
        sheets=[_sheet(sheet) for sheet in view.sheets],
    )


async def read(asked: Asked) -> Brief:
    await line_of(asked)
    taken = Taken(
        sheet=SheetId(asked.path("sheet")),
        by=plain(asked.body.by, instead=asked.key.system),
        named=tuple(MarkerId(marker) for marker in asked.body.named),
        act=ActId(f"{asked.key.id}-{asked.body.id}"),
    )
    await asked.doors.briefs.crew.taken(CallId(asked.path("call")), taken)
    return await brief(asked)


def _line(line: Line) -> BriefLine:
    return BriefLine(
        marker=line.marker,
        title=line.title,
        severity=line.severity,
        quote=line.quote,
        party=line.party,
        at_ms=line.at_ms,
        said_at=line.said_at,
        must=line.must,
        sure=line.sure,
    )


def _sheet(sheet: SheetView) -> BriefSheet:
    return BriefSheet(
        sheet=sheet.sheet,
        kind=sheet.kind,
        name=sheet.name,
        until=sheet.until,
        good=sheet.good,
        read_by=[reading.by for reading in sheet.readings],
        missing=[one.marker for one in sheet.missing],
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/calls/{call}/brief",
        name="getBrief",
        about="The call's brief as it stands, and the sheets given to a system to fetch. It holds words.",
        scope=Scope.BRIEFS,
        gives=Brief,
        does=brief,
    ),
    Operation(
        method="POST",
        path="/calls/{call}/brief/sheets/{sheet}/read",
        name="signForSheet",
        about="Somebody there has received and read it. A transfer is signed for once everything is named.",
        scope=Scope.BRIEFS,
        takes=SheetSigned,
        gives=Brief,
        does=read,
    ),
)
