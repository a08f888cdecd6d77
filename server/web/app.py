"""The web application: every door of the server, built from what it is given."""

from aiohttp import web

from server.web import (
    acts,
    briefs,
    call_acts,
    case_forms,
    case_invites,
    cases,
    day,
    disclosures,
    exports,
    grade_acts,
    health,
    history,
    invites,
    playback,
    reviews,
    searches,
    sign_in,
    subjects,
    training,
    transfers,
    video,
)
from server.web.api.app import PREFIX, api_app
from server.web.doors import DOORS, Doors
from server.web.errors import say_why
from server.web.feed import feed
from server.web.headers import add_headers
from server.web.listen import listen
from server.web.pages import Pages, parts
from server.web.visits import Visits

REQUEST_LIMIT = 65_536


SOCKETS = (web.get("/feed", feed), web.get("/api/calls/{call}/listen", listen))


def build_app(doors: Doors) -> web.Application:
    app = web.Application(middlewares=[say_why], client_max_size=REQUEST_LIMIT)
    app[DOORS] = doors
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_end_feeds)
    served = parts()
    app.add_routes(
        [
            *Pages(served).routes(),
            *video.routes(),
            *Visits(served["visit.html"], served["visit-gone.html"]).routes(),
            *sign_in.routes(),
            *acts.routes(),
            *exports.routes(),
            *playback.routes(),
            *disclosures.routes(),
            *subjects.routes(),
            *call_acts.routes(),
            *history.routes(),
            *grade_acts.routes(),
            *reviews.routes(),
            *searches.routes(),
            *training.routes(),
            *day.routes(),
            *briefs.routes(),
            *transfers.routes(),
            *cases.routes(),
            *case_forms.routes(),
            *health.routes(),
            *invites.routes(),
            *case_invites.routes(),
            *SOCKETS,
        ]
    )
    if doors.integrations is not None:
        app.add_subapp(PREFIX, api_app(doors, doors.integrations))
    if doors.duties.training is not None:
        app.add_subapp(training.ROOM, training.room_app(doors, doors.duties.training))
    app.add_routes(doors.routes)
    return app


async def _end_feeds(app: web.Application) -> None:
    app[DOORS].feeds.close()
    app[DOORS].listening_in.close()
