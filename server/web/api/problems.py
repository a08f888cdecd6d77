"""Every refusal under `/api/v1` as a problem of RFC 9457: a code for programs, a sentence for people."""

import logging
import math

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.ports.integrations import IntegrationsLost
from server.ports.journal import JournalLost, UnknownCall
from server.ports.people import PeopleLost
from server.ports.searching import SearchLost
from server.services.refusals import Refused, Taken
from server.web.errors import SENTENCES, STATUSES, Turned, route_of

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
KIND = "urn:earshot:problem:"
TITLES = {
    400: "Bad request",
    401: "No key",
    403: "Not allowed",
    404: "Not found",
    405: "Wrong method",
    409: "Conflict",
    413: "Too large",
    415: "Wrong media type",
    429: "Too many requests",
    500: "Fault",
    503: "Not now",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, as RFC 9457 has it."""

    type: str
    """`urn:earshot:problem:` and the code."""
    title: str
    status: int
    detail: str
    code: str
    who: str | None = None
    """Who was first, where somebody was."""


class TooOften(Turned):
    """Asked more often than is allowed."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = math.ceil(wait_s)
        super().__init__(429, "too-often", f"Too many requests. Wait {self.wait_s} s and try again.")


def problem(status: int, code: str, detail: str, *, who: str | None = None) -> web.Response:
    said = Problem(
        type=KIND + code,
        title=TITLES.get(status, "Refused"),
        status=status,
        detail=detail,
        code=code,
        who=who,
    )
    headers = {"WWW-Authenticate": 'Bearer realm="earshot"'} if status == 401 else {}
    return web.Response(
        status=status, body=msgspec.json.encode(said), content_type=PROBLEM_TYPE, headers=headers
    )


@web.middleware
async def say_problem(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Turned as turned:
        return _turned(turned)
    except Refused as refused:
        status = next((status for kind, status in STATUSES.items() if isinstance(refused, kind)), 400)
        who = refused.who if isinstance(refused, Taken) else None
        return problem(status, refused.code, str(refused), who=who)
    except UnknownCall:
        return problem(404, "no-such-call", "There is no such call.")
    except (JournalLost, PeopleLost, IntegrationsLost, SearchLost):
        log.warning("request needs the journal", extra={"route": route_of(request)})
        sentence = "The record cannot be reached. Nothing was changed; try again."
        return problem(503, "journal-lost", sentence)
    except web.HTTPException as answer:
        return _plain(answer)
    except Exception:  # boundary: one request's fault must not end the server
        log.exception("request failed", extra={"route": route_of(request), "method": request.method})
        return problem(500, "internal", "Something went wrong here. It has been logged.")


def _turned(turned: Turned) -> web.Response:
    response = problem(turned.status, turned.code, str(turned))
    if isinstance(turned, TooOften):
        response.headers["Retry-After"] = str(turned.wait_s)
    return response


def _plain(answer: web.HTTPException) -> web.StreamResponse:
    code, sentence = SENTENCES.get(answer.status, ("refused", "The request was refused."))
    response = problem(answer.status, code, sentence)
    if "Allow" in answer.headers:
        response.headers["Allow"] = answer.headers["Allow"]
    return response
