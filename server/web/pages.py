"""The pages and their parts, read once at start and served from memory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from server.domain.people import Person, Role
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.framing import BadFrame
from server.web.headers import policy
from server.web.requests import who_asks

CONSOLES = Path(__file__).resolve().parent.parent / "consoles"
TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    body: bytes = field(repr=False)
    content_type: str
    etag: str


def parts(folder: Path = CONSOLES) -> dict[str, Part]:
    """Every file that may be served, by its path below the folder. Nothing else can be asked for."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in TYPES:
            body = path.read_bytes()
            etag = hashlib.sha256(body).hexdigest()[:24]
            found[path.relative_to(folder).as_posix()] = Part(
                body=body, content_type=TYPES[path.suffix], etag=etag
            )
    return found


PAGE_OF: Mapping[Role, str] = {
    Role.HANDLER: "/panel",
    Role.SPECIALIST: "/desk",
    Role.SUPERVISOR: "/wall",
}
"""Where each begins their shift."""
READERS: Mapping[str, frozenset[Role]] = {
    "/panel": frozenset({Role.HANDLER}),
    "/desk": frozenset({Role.SPECIALIST, Role.SUPERVISOR}),
    "/wall": frozenset({Role.SUPERVISOR}),
    "/review": frozenset(Role),
    "/search": frozenset(Role),
    "/training": frozenset(Role),
    "/brief": frozenset(Role),
    "/cases": frozenset({Role.SPECIALIST, Role.SUPERVISOR}),
    "/subjects": frozenset(Role),
    "/video": frozenset(Role),
}


class Pages:
    def __init__(self, served: Mapping[str, Part]) -> None:
        self._parts = served
        # Asked for here, so that a broken installation fails at start and not at the first visit.
        self._sign_in = served["sign-in.html"]
        self._crew = served["crew.html"]
        self._frame_refused, self._frame_sign_in = served["frame-refused.html"], served["frame-sign-in.html"]
        self._pages = {path: served[f"{path[1:]}.html"] for path in READERS}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.start),
            web.get("/sign-in", self.sign_in),
            web.get("/console", self.console),
            *(web.get(path, self.page) for path in READERS),
            web.get("/review/{call}", self.page),
            web.get("/training/sessions/{paper}", self.page),
            *(web.get(f"/training/room{path}", self.room) for path in ("/desk", "/panel")),
            web.get("/brief/{call}", self.page),
            web.get("/cases/{case}", self.page),
            web.get("/subjects/{paper}", self.page),
            web.get("/crew", self.crew),
            web.get("/video/{call}", self.page),
            web.get("/panel/frame", self.frame),
            web.get("/consoles/{path:.+}", self.part),
        ]

    async def start(self, _request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/console")

    async def sign_in(self, _request: web.Request) -> web.StreamResponse:
        return _page(self._sign_in)

    async def crew(self, _request: web.Request) -> web.StreamResponse:
        """For whoever has a link: it says nothing before its link has been looked at."""
        return _page(self._crew)

    async def console(self, request: web.Request) -> web.StreamResponse:
        """To the page of the role."""
        raise web.HTTPFound(PAGE_OF[(await _reader(request)).role])

    async def page(self, request: web.Request) -> web.StreamResponse:
        person = await _reader(request)
        own = f"/{request.path.split('/')[1]}"
        if person.role not in READERS[own]:
            raise web.HTTPFound(PAGE_OF[person.role])
        answer = _page(self._pages[own])
        if own == "/video":
            answer.headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
        return answer

    async def room(self, request: web.Request) -> web.StreamResponse:
        """A desk of the training room: the same page, which asks that room and no other."""
        await _reader(request)
        return _page(self._pages[f"/{request.path.rpartition('/')[2]}"])

    async def frame(self, request: web.Request) -> web.StreamResponse:
        """The handler's panel within another system's page, for the person it was signed for."""
        doors = request.app[DOORS]
        try:
            signed_for = doors.framing.person(request.query)
        except BadFrame:
            return _framed(request, self._frame_refused, status=403)
        try:
            person = await who_asks(request)
        except Turned:
            return _framed(request, self._frame_sign_in)
        if person.role is not Role.HANDLER or person.id != signed_for:
            return _framed(request, self._frame_refused, status=403)
        return _framed(request, self._pages[PAGE_OF[Role.HANDLER]])

    async def part(self, request: web.Request) -> web.StreamResponse:
        part = self._parts.get(request.match_info["path"])
        if part is None or part.content_type == "text/html":
            raise web.HTTPNotFound
        # Always asked again, answered by its tag: a new version is never mixed with an old one.
        headers = {"Cache-Control": "no-cache", "ETag": f'"{part.etag}"'}
        if f'"{part.etag}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=part.body, content_type=part.content_type, charset="utf-8", headers=headers)


async def _reader(request: web.Request) -> Person:
    try:
        return await who_asks(request)
    except Turned:
        raise web.HTTPFound("/sign-in") from None


def _framed(request: web.Request, part: Part, *, status: int = 200) -> web.Response:
    doors = request.app[DOORS]
    answer = web.Response(status=status, body=part.body, content_type=part.content_type, charset="utf-8")
    answer.headers["Content-Security-Policy"] = policy(doors.public_origins, doors.framing.ancestors)
    return answer


def _page(part: Part) -> web.Response:
    return web.Response(body=part.body, content_type=part.content_type, charset="utf-8")
