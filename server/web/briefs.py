"""Briefs and transfer sheets: the desk's doors, and the crew's by a signed link."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from server.domain.events import CheckResult, RecordCheck, SheetKind, SheetWay
from server.domain.ids import CallId, MarkerId, SheetId
from server.services.briefing import Briefing, Look, Sending
from server.services.crew import Reader
from server.services.pages import Doing
from server.web.call_acts import Act, Text
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import body_of, check_origin, json, token_of, who_acts, who_asks

LINK_HEADER = "X-Sheet-Link"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Named = Annotated[tuple[MarkerId, ...], msgspec.Meta(max_length=40)]


class Note(Act, frozen=True, kw_only=True):
    text: Text


class Checked(Act, frozen=True, kw_only=True):
    check: RecordCheck
    found: CheckResult
    text: Text = ""
    source: Text = ""


class Send(Act, frozen=True, kw_only=True):
    kind: SheetKind = SheetKind.BRIEF
    way: SheetWay
    name: Name
    to: Text = ""
    why: Text = ""


class Signed(Act, frozen=True, kw_only=True):
    by: Name
    named: Named = ()


class There(Act, frozen=True, kw_only=True):
    by: Name


class Asked(Act, frozen=True, kw_only=True):
    by: Name
    text: Text


A = TypeVar("A", bound=Act)
Do = Callable[["On", A], Awaitable[object]]


class On:
    """Who acts on which call's brief."""

    def __init__(self, request: web.Request, doing: Doing) -> None:
        self.desk: Briefing = request.app[DOORS].briefs.desk
        self.doing = doing
        self.call = CallId(request.match_info["call"])
        self.sheet = SheetId(request.match_info.get("sheet", ""))


def routes() -> list[web.RouteDef]:
    brief = "/api/calls/{call}/brief"
    return [
        web.get(brief, view),
        _post(f"{brief}/notes", Note, lambda on, asked: on.desk.note(on.doing, on.call, asked.text)),
        _post(f"{brief}/checks", Checked, _checked),
        _post(f"{brief}/advice", Note, lambda on, asked: on.desk.advise(on.doing, on.call, asked.text)),
        _post(f"{brief}/there", Act, lambda on, _: on.desk.crew_there(on.doing, on.call)),
        _post(f"{brief}/sheets", Send, _send),
        _post(
            f"{brief}/sheets/{{sheet}}/read",
            Signed,
            lambda on, asked: on.desk.read_for(on.doing, on.call, on.sheet, asked.by, asked.named),
        ),
        _post(f"{brief}/sheets/{{sheet}}/end", Act, lambda on, _: on.desk.end(on.doing, on.call, on.sheet)),
        web.get("/api/crew", crew_view),
        web.post("/api/crew/read", crew_read),
        web.post("/api/crew/there", crew_there),
        web.post("/api/crew/ask", crew_ask),
    ]


async def view(request: web.Request) -> web.StreamResponse:
    """The brief as it stands; `{}` where nothing was recorded after the entry that `after` names."""
    person = await who_asks(request)
    desk = request.app[DOORS].briefs.desk
    call = CallId(request.match_info["call"])
    shown = await desk.view(person, call, after=_after(request), session=token_of(request))
    if shown is None:
        return json({})
    peers = [{"id": peer.id, "name": peer.name, "phone": peer.phone} for peer in desk.peers(person)]
    return json({"view": shown, "ways": desk.ways, "peers": peers})


async def _checked(on: On, asked: Checked) -> None:
    look = Look(check=asked.check, found=asked.found, text=asked.text, source=asked.source)
    await on.desk.checked(on.doing, on.call, look)


async def _send(on: On, asked: Send) -> object:
    sending = Sending(kind=asked.kind, way=asked.way, name=asked.name, to=asked.to, why=asked.why)
    return await on.desk.send(on.doing, on.call, sending)


async def crew_view(request: web.Request) -> web.StreamResponse:
    shown = await request.app[DOORS].briefs.crew.view(_reader(request), after=_after(request))
    return json({} if shown is None else shown)


async def crew_read(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    asked = await body_of(request, Signed)
    await request.app[DOORS].briefs.crew.read(_reader(request, asked, asked.by), asked.named)
    return json({})


async def crew_there(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    asked = await body_of(request, There)
    await request.app[DOORS].briefs.crew.there(_reader(request, asked, asked.by))
    return json({})


async def crew_ask(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    asked = await body_of(request, Asked)
    await request.app[DOORS].briefs.crew.ask(_reader(request, asked, asked.by), asked.text)
    return json({})


def _reader(request: web.Request, act: Act | None = None, by: str = "") -> Reader:
    """The link comes in a header: an address would stand in logs."""
    token = request.headers.get(LINK_HEADER, "")
    return Reader(token=token, by=by, act=act.id) if act else Reader(token=token)


def _after(request: web.Request) -> int:
    given = request.query.get("after", "0")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise Turned(400, "bad-parameter", "after: a number of the call's journal.")
    return int(given)


def _post(path: str, kind: type[A], do: Do[A]) -> web.RouteDef:
    async def act(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind)
        done = await do(On(request, Doing(person=person, act=asked.id)), asked)
        return json(done or {})

    return web.post(path, act)
