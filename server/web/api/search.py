"""Search over the key's own force's calls: which, and where in them, never what was said."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.integrations import Scope
from server.domain.markers import MarkerClass
from server.domain.searching import Hit, Subject
from server.web.api import shapes
from server.web.api.cursors import cursor_to, limit_in, no_page, place_in
from server.web.api.operations import PAGED, Asked, Operation
from server.web.searches import query_of

Short = Annotated[str, Meta(max_length=200)]


class SearchFor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked for; everything named has to hold. In a body, so that no address keeps it."""

    text: Short = ""
    """Words, and phrases between quotation marks."""
    marker: Short = ""
    person: Short = ""
    """The sign-in name of somebody who had to do with the call."""
    outcome: Short = ""
    since: date | None = None
    until: date | None = None


class SearchHit(shapes.Given, frozen=True, kw_only=True):
    subject: Subject
    id: str
    began_at: datetime
    severity: MarkerClass
    entries: list[int]
    """The journal's entries in which the words were found."""


class SearchHits(shapes.Given, frozen=True, kw_only=True):
    items: list[SearchHit]
    next: str | None
    """The cursor of the next page; null: there is none."""


async def search(asked: Asked) -> SearchHits:
    limit = limit_in(asked)
    wanted: SearchFor = asked.body
    days = {name: day.isoformat() for name in ("since", "until") if (day := getattr(wanted, name))}
    words = {name: getattr(wanted, name) for name in ("text", "marker", "person", "outcome")}
    hits = await asked.doors.duties.searching.find_for_system(
        f"key:{asked.key.id}",
        asked.key.force,
        query_of({**words, **days}),
        before=_before(place_in(asked)),
        limit=limit + 1,
    )
    shown = hits[:limit]
    more = cursor_to(f"{shown[-1].began_at.isoformat()} {shown[-1].id}") if len(hits) > limit else None
    return SearchHits(items=[_hit(one) for one in shown], next=more)


def _before(place: str | None) -> Hit | None:
    if place is None:
        return None
    at, _, name = place.partition(" ")
    try:
        began_at = datetime.fromisoformat(at)
    except ValueError:
        raise no_page() from None
    if began_at.tzinfo is None:
        raise no_page()
    return Hit(subject=Subject.CALL, id=name, began_at=began_at, severity=MarkerClass.NONE, entries=())


def _hit(one: Hit) -> SearchHit:
    return SearchHit(
        subject=one.subject,
        id=one.id,
        began_at=one.began_at,
        severity=one.severity,
        entries=list(one.entries),
    )


OPERATIONS = (
    Operation(
        method="POST",
        path="/search",
        name="search",
        about="Calls that ended, the newest first. Every search is in the access log.",
        scope=Scope.SEARCH,
        gives=SearchHits,
        does=search,
        params=PAGED,
        takes=SearchFor,
    ),
)
