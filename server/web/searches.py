"""Search: what one looks for, what is found, and one found call to be read."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from aiohttp import web

from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Role
from server.domain.searching import Hit, Query, Subject
from server.services.feed_messages import face
from server.services.indexing import ASSESSED, CALL_OUTCOMES, CASE_OUTCOMES
from server.services.searching import Found, Opened
from server.web.call_acts import Act
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import body_of, json, token_of, who_acts, who_asks

T = TypeVar("T")
ASKED = ("text", "marker", "person", "outcome", "since", "until", "subject")


class Look(Act, frozen=True, kw_only=True):
    """What is looked for goes in the body: an address would keep it in logs and histories."""

    text: str = ""
    marker: str = ""
    person: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    subject: str = ""
    before_at: str = ""
    before: str = ""


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/search/terms", terms),
        web.post("/api/search", search),
        web.get("/api/search/calls/{call}", one),
    ]


async def terms(request: web.Request) -> web.StreamResponse:
    """Whom and what one can choose from. Handlers find no cases."""
    person = await who_asks(request)
    doors = request.app[DOORS]
    room = doors.desks.room
    people = await room.duty.people.people(person.force)
    grades = [f"grade {grade.name}" for grade in room.force(person.force).grades]
    levels = [f"{ASSESSED} {level}" for level in doors.cases.forms.levels(person.force)]
    of_cases = [] if person.role is Role.HANDLER else [*CASE_OUTCOMES, *levels]
    return json(
        {
            "people": [face(one) for one in people],
            "outcomes": [*CALL_OUTCOMES, *grades],
            "case_outcomes": of_cases,
        }
    )


async def search(request: web.Request) -> web.StreamResponse:
    person = await who_acts(request)
    asked = await body_of(request, Look)
    query = query_of({name: getattr(asked, name) for name in ASKED})
    searching = request.app[DOORS].duties.searching
    found, more = await searching.find(person, query, before=_before(asked.before_at, asked.before))
    return json({"found": [_found(one) for one in found], "more": more})


async def one(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    searching = request.app[DOORS].duties.searching
    call = CallId(request.match_info["call"])
    return json(_opened(await searching.open(person, call, session=token_of(request)[:16])))


def query_of(given: Mapping[str, str]) -> Query:
    """Days are whole, as people mean them. Raises `Turned`."""
    until = _read("until", given.get("until", ""), date.fromisoformat)
    since = _read("since", given.get("since", ""), date.fromisoformat)
    return Query(
        text=given.get("text", ""),
        marker=MarkerId(given["marker"]) if given.get("marker") else None,
        person=PersonId(given["person"]) if given.get("person") else None,
        outcome=given.get("outcome", ""),
        since=_midnight(since) if since else None,
        until=_midnight(until) + timedelta(days=1) if until and until < date.max else None,
        subject=_read("subject", given.get("subject", ""), Subject),
    )


def _before(at: str, name: str) -> Hit | None:
    began_at = _read("before_at", at, datetime.fromisoformat)
    if began_at is None or began_at.tzinfo is None:
        return None
    return Hit(subject=Subject.CALL, id=name, began_at=began_at, severity=MarkerClass.NONE, entries=())


def _read(name: str, given: str, read: Callable[[str], T]) -> T | None:
    try:
        return read(given) if given else None
    except ValueError:
        raise Turned(400, "bad-parameter", f"{name} cannot be read.") from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _found(one: Found) -> dict[str, object]:
    return {
        "subject": one.hit.subject,
        "id": one.hit.id,
        "began_at": one.hit.began_at,
        "severity": one.hit.severity,
        "handler": one.handler,
        "specialist": one.specialist,
        "markers": one.markers,
        "quotes": one.quotes,
    }


def _opened(one: Opened) -> dict[str, object]:
    return {"call": one.call, "severity": one.severity, "turns": one.turns}
