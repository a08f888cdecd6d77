"""The page behind a link, for people outside: shown, opened by one browser, left.

A look changes nothing, since messengers look at links before people do. Whoever is not let in gets one
and the same page, whatever the reason, and it tells nothing of what was there.
"""

from urllib.parse import quote

import msgspec
from aiohttp import web

from server.domain.video_links import Closing, VideoLink
from server.services.invites import Invites
from server.services.refusals import NotLetIn
from server.web.doors import DOORS
from server.web.pages import Part
from server.web.requests import address_of, body_of, check_origin, json

COOKIE = "earshot_v"
"""It holds no name and no number, is its link's alone, and goes with the visit or the browser's window."""
PATH = "/v/"
OPEN_TO = "camera=(self), microphone=(self), geolocation=(self)"
CLEARED = '"cookies", "storage", "cache"'


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Leaving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    quick: bool = False


class Visits:
    def __init__(self, page: Part, gone: Part) -> None:
        self._page = page
        self._gone = gone

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v/{token}", self.show),
            web.get("/v/{token}/start", self.start),
            web.post("/v/{token}/open", self.open),
            web.post("/v/{token}/leave", self.leave),
            web.post("/v/{token}/over", self.over),
            web.get("/v/{rest:.*}", self.nothing, allow_head=False),
        ]

    async def show(self, request: web.Request) -> web.StreamResponse:
        try:
            invites = _invites(request)
        except NotLetIn:
            return self._nothing()
        try:
            await invites.links.look(request.match_info["token"], secret_of(request))
        except NotLetIn:
            return _forgotten(request, self._nothing())
        return _page(self._page)

    async def start(self, request: web.Request) -> web.StreamResponse:
        """What the page says before anybody has decided to go on."""
        invites = _invites(request)
        link = await invites.links.look(request.match_info["token"], secret_of(request))
        return json(_facts(invites, link))

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        del request
        return self._nothing()

    async def open(self, request: web.Request) -> web.StreamResponse:
        invites = _invites(request)
        check_origin(request)
        await body_of(request, _Nothing)
        opened = await invites.links.open(request.match_info["token"], secret_of(request))
        answer = json(_facts(invites, opened.link))
        answer.set_cookie(
            COOKIE,
            opened.secret,
            path=_path(request),
            httponly=True,
            secure=request.app[DOORS].secure,
            samesite="Lax",  # who taps the link again, in a mail on a web page, comes back by it too
        )
        return answer

    async def leave(self, request: web.Request) -> web.StreamResponse:
        invites = _invites(request)
        check_origin(request)
        leaving = await body_of(request, Leaving)
        why = Closing.QUICK_EXIT if leaving.quick else Closing.LEFT
        await invites.links.leave(request.match_info["token"], secret_of(request), why)
        answer = _forgotten(request, json({}))
        answer.headers["Clear-Site-Data"] = CLEARED
        return answer

    async def over(self, request: web.Request) -> web.StreamResponse:
        """The page was shown out: no trace is left, unless its browser may come back after all."""
        invites = _invites(request)
        check_origin(request)
        await body_of(request, _Nothing)
        answer = json({})
        if await invites.links.stands(request.match_info["token"], secret_of(request)):
            return answer
        return _forgotten(request, answer)

    def _nothing(self) -> web.Response:
        return _page(self._gone, status=404)


def secret_of(request: web.Request) -> str:
    return request.cookies.get(COOKIE, "")


def _forgotten(request: web.Request, answer: web.Response) -> web.Response:
    if COOKIE in request.cookies:
        answer.del_cookie(COOKIE, path=_path(request))
    return answer


def _path(request: web.Request) -> str:
    """Of one link: a browser that has two keeps the other's secret when one is over."""
    return PATH + quote(request.match_info["token"], safe="")


def _invites(request: web.Request) -> Invites:
    """Raises `NotLetIn` for an address that asks too often, as for any other reason."""
    invites = request.app[DOORS].invites
    if invites is None or invites.strangers.take(address_of(request)):
        raise NotLetIn
    return invites


def _facts(invites: Invites, link: VideoLink) -> dict[str, object]:
    return {
        "kind": link.kind,
        "guest": link.guest,
        "talks": link.talks,
        "recorded": link.record,
        "language": link.language,
        "languages": invites.languages,
        "leave_to": invites.leave_to,
        "name": link.name,
        "opened": link.opened_at is not None,
    }


def _page(part: Part, *, status: int = 200) -> web.Response:
    answer = web.Response(status=status, body=part.body, content_type=part.content_type, charset="utf-8")
    answer.headers["Permissions-Policy"] = OPEN_TO
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
