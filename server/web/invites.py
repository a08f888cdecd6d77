"""The doors of invitations into video: the picture, the questions, the link, and taking it back."""

from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from server.domain.events.inviting import Answer, Others
from server.domain.ids import CallId, LinkId
from server.domain.invitations import Invitation
from server.domain.video_links import LinkKind
from server.services.invite_values import Answers, Picture, Wanted
from server.services.invites import Invites
from server.services.inviting import Inviting
from server.services.pages import Doing
from server.web.call_acts import Act, Text
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import body_of, json, who_acts, who_asks


class Safety(Act, frozen=True, kw_only=True):
    phone_safe: Answer
    others: Others
    alone: Answer
    word: Text = ""


class Invite(Act, frozen=True, kw_only=True):
    kind: LinkKind
    to: Annotated[str, msgspec.Meta(max_length=40)]
    language: Annotated[str, msgspec.Meta(max_length=8)] = "en"
    guest: bool = False
    talks: bool = True
    name: Text = ""
    record: bool = False
    knowing: bool = False


A = TypeVar("A", bound=Act)


def routes() -> list[web.RouteDef]:
    video = "/api/calls/{call}/video"
    return [
        web.get(video, picture),
        web.post(f"{video}/safety", safety),
        web.post(f"{video}/invite", invite),
        web.post(f"{video}/links/{{link}}/revoke", revoke),
    ]


async def picture(request: web.Request) -> web.StreamResponse:
    person, invites = await who_asks(request), invites_of(request)
    return json(shown(await invites.inviting.picture(person, _call(request)), invites))


async def safety(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Safety)
    inviting = _inviting(request)
    await inviting.ask_safety(doing, _call(request), answers_of(asked))
    return json({})


def answers_of(asked: Safety) -> Answers:
    return Answers(phone_safe=asked.phone_safe, others=asked.others, alone=asked.alone, word=asked.word)


async def invite(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Invite)
    return json(await _inviting(request).invite(doing, _call(request), wanted_of(asked)))


def wanted_of(asked: Invite) -> Wanted:
    return Wanted(
        kind=asked.kind,
        to=asked.to,
        language=asked.language,
        guest=asked.guest,
        talks=asked.talks,
        name=asked.name,
        record=asked.record,
        knowing=asked.knowing,
    )


async def revoke(request: web.Request) -> web.StreamResponse:
    doing, _ = await act_of(request, Act)
    await _inviting(request).revoke(doing, _call(request), LinkId(request.match_info["link"]))
    return json({})


async def act_of(request: web.Request, kind: type[A]) -> tuple[Doing, A]:
    person = await who_acts(request)
    asked = await body_of(request, kind)
    return Doing(person=person, act=asked.id), asked


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def invites_of(request: web.Request) -> Invites:
    invites = request.app[DOORS].invites
    if invites is None:
        raise Turned(404, "not-found", "There is nothing here.")
    return invites


def _inviting(request: web.Request) -> Inviting:
    return invites_of(request).inviting


def shown(picture: Picture, invites: Invites) -> dict[str, object]:
    safety = picture.safety
    return {
        "safety": safety
        and {
            "phone_safe": safety.phone_safe,
            "others": safety.others,
            "alone": safety.alone,
            "word": safety.word,
            "until": safety.until,
            "by": safety.person,
        },
        "facts": [{"speaks": fact.speaks, "text": fact.text, "quote": fact.quote} for fact in picture.facts],
        "links": [_link(one) for one in picture.invitations],
        "number": picture.number,
        "video": picture.video,
        "languages": [
            {"code": code, "name": name, "verified": code not in invites.unread}
            for code, name in invites.languages.items()
        ],
        "sends": invites.sends,
        "records": picture.records,
        "minutes": invites.inviting.rules.link.total_seconds() / 60,
    }


def _link(one: Invitation) -> dict[str, object]:
    return {
        "link": one.link,
        "room": one.room,
        "kind": one.kind,
        "guest": one.guest,
        "by": one.by,
        "to": one.to,
        "name": one.name,
        "made_at": one.made_at,
        "until": one.until,
        "state": one.state,
        "instead": one.instead,
        "tried_elsewhere": one.tried_elsewhere,
    }
