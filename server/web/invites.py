"""The doors of invitations into video: the picture, the questions, the link, and taking it back."""

from collections.abc import Callable
from typing import Annotated, Protocol, TypeVar

import msgspec
from aiohttp import web

from server.domain.events.inviting import Answer, Others
from server.domain.ids import CallId, LinkId
from server.domain.invitations import Invitation
from server.domain.video_links import LinkKind
from server.services.invite_values import Answers, Invited, Picture, Wanted
from server.services.invites import Invites
from server.services.pages import Doing
from server.web.call_acts import Act, Ask, Text, act_of
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import json, who_asks


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


S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class Asking(Protocol[S_contra]):
    """What somebody is asked in from: a call, or a case."""

    async def ask_safety(self, doing: Doing, on: S_contra, answers: Answers, /) -> None: ...

    async def invite(self, doing: Doing, on: S_contra, wanted: Wanted, /) -> Invited: ...

    async def revoke(self, doing: Doing, on: S_contra, link: LinkId, /) -> None: ...


def routes() -> list[web.RouteDef]:
    return video_routes("/api/calls/{call}/video", picture, lambda on: (invites_of(on).inviting, _call(on)))


def video_routes(
    video: str, look: Ask, asked_from: Callable[[web.Request], tuple[Asking[S], S]]
) -> list[web.RouteDef]:
    """The same doors wherever somebody is asked in from."""

    async def safety(request: web.Request) -> web.StreamResponse:
        doing, asked = await act_of(request, Safety)
        asking, on = asked_from(request)
        await asking.ask_safety(doing, on, _answers(asked))
        return json({})

    async def invite(request: web.Request) -> web.StreamResponse:
        doing, asked = await act_of(request, Invite)
        asking, on = asked_from(request)
        return json(await asking.invite(doing, on, _wanted(asked)))

    async def revoke(request: web.Request) -> web.StreamResponse:
        doing, _ = await act_of(request, Act)
        asking, on = asked_from(request)
        await asking.revoke(doing, on, LinkId(request.match_info["link"]))
        return json({})

    return [
        web.get(video, look),
        web.post(f"{video}/safety", safety),
        web.post(f"{video}/invite", invite),
        web.post(f"{video}/links/{{link}}/revoke", revoke),
    ]


async def picture(request: web.Request) -> web.StreamResponse:
    person, invites = await who_asks(request), invites_of(request)
    return json(shown(await invites.inviting.picture(person, _call(request)), invites))


def _answers(asked: Safety) -> Answers:
    return Answers(phone_safe=asked.phone_safe, others=asked.others, alone=asked.alone, word=asked.word)


def _wanted(asked: Invite) -> Wanted:
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


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def invites_of(request: web.Request) -> Invites:
    invites = request.app[DOORS].invites
    if invites is None:
        raise Turned(404, "not-found", "There is nothing here.")
    return invites


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
