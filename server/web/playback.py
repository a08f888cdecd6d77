"""The doors of a kept call: leave to play it, then any stretch of its sound or of a camera's pictures."""

import logging
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from aiohttp import web

from server.domain import pcm_wav, ulaw_wav
from server.domain.ids import ActId, CallId
from server.services.playing import Playback, RecordingBroken
from server.services.playing_video import packed
from server.web.errors import Turned
from server.web.kept import safekeeping_of
from server.web.requests import body_of, json, who_acts, who_asks
from server.web.stretches import sound_answer, stretch_of

log = logging.getLogger(__name__)

AT_ONCE_MS = 4000
"""So much is opened and sent before the next: what nobody listens to is not opened."""
LATEST_MS = 2**31
PICTURES_MS = 10_000
"""So many milliseconds of pictures are had at once, at most."""


class _Form(NamedTuple):
    """How a WAV file is laid out."""

    header: Callable[[int], bytes]
    header_bytes: int
    per_ms: int


TELEPHONE = _Form(ulaw_wav.header, ulaw_wav.HEADER_BYTES, ulaw_wav.PER_MS)
VIDEO = _Form(pcm_wav.header, pcm_wav.HEADER_BYTES, pcm_wav.PER_MS)


class Play(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    from_ms: int = 0


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/calls/{call}/recording", kept),
        web.post("/api/calls/{call}/recording/play", play),
        web.get("/api/calls/{call}/recording/{token}.wav", sound, name="playback"),
        web.get("/api/calls/{call}/recording/{token}/{stream}", pictures, name="playback-pictures"),
    ]


async def kept(request: web.Request) -> web.Response:
    person = await who_asks(request)
    length_ms = await safekeeping_of(request).playing.kept(person, _call(request))
    return json({"length_ms": length_ms})


async def play(request: web.Request) -> web.Response:
    person = await who_acts(request)
    wanted = await body_of(request, Play)
    if not 0 <= wanted.from_ms < LATEST_MS:
        raise Turned(400, "bad-moment", "The moment to play from must be milliseconds into the call.")
    playback = await safekeeping_of(request).playing.begin(
        person, _call(request), act=ActId(wanted.id), from_ms=wanted.from_ms
    )
    url = request.app.router["playback"].url_for(call=playback.call, token=playback.token)
    said = {"url": str(url), "length_ms": playback.length_ms, "whole": playback.whole}
    return json({**said, "videos": _videos(request, playback)})


def _videos(request: web.Request, playback: Playback) -> list[dict[str, object]]:
    door = request.app.router["playback-pictures"]
    return [
        {
            "party": file.party,
            "from_ms": file.from_ms,
            "to_ms": file.to_ms,
            "url": str(door.url_for(call=playback.call, token=playback.token, stream=file.stream.id)),
        }
        for file in playback.videos
    ]


async def pictures(request: web.Request) -> web.Response:
    """Of one camera, as they were sent: each with its moment, whether it needs no other, and its length."""
    person = await who_asks(request)
    playing, call = safekeeping_of(request).playing, _call(request)
    playback = playing.playback(person, call, request.match_info["token"])
    from_ms, to_ms = (_moment(request.query.get(name, "")) for name in ("from_ms", "to_ms"))
    if not from_ms < to_ms <= from_ms + PICTURES_MS:
        raise Turned(400, "bad-moment", f"Ask for at most {PICTURES_MS} milliseconds at once.")
    found = await playing.pictures(
        playback, request.match_info["stream"], from_ms, to_ms, fresh="fresh" in request.query
    )
    return web.Response(
        body=packed(found), content_type="application/octet-stream", headers={"Cache-Control": "no-store"}
    )


def _moment(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise Turned(400, "bad-moment", "The moment to play from must be milliseconds into the call.")
    return int(text)


async def sound(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    playback = safekeeping_of(request).playing.playback(person, _call(request), request.match_info["token"])
    form = _form(playback)
    size = form.header_bytes + playback.length_ms * form.per_ms
    begin, end = stretch_of(request, size)
    response = sound_answer(request, begin, end, size)
    part = await _part(request, playback, begin, end)
    await response.prepare(request)
    try:
        while part:
            begin += len(part)
            await response.write(part)
            part = await _part(request, playback, begin, end)
        await response.write_eof()
    except RecordingBroken:
        if request.transport is not None:
            request.transport.abort()  # half an answer must not look like a whole one
    except ConnectionResetError:
        log.debug("a player has what it wanted")
    return response


async def _part(request: web.Request, playback: Playback, begin: int, end: int) -> bytes:
    """The next bytes of the file, as it would lie on a disk."""
    if begin >= end:
        return b""
    form = _form(playback)
    if begin < form.header_bytes:
        front = form.header(playback.length_ms)[begin : min(end, form.header_bytes)]
        return front + await _part(request, playback, form.header_bytes, end)
    from_ms = (begin - form.header_bytes) // form.per_ms
    to_ms = min(from_ms + AT_ONCE_MS, -(-(end - form.header_bytes) // form.per_ms), playback.length_ms)
    data = await safekeeping_of(request).playing.sound(playback, from_ms, to_ms)
    skip = begin - form.header_bytes - from_ms * form.per_ms
    return data[skip : skip + end - begin]


def _form(playback: Playback) -> _Form:
    return VIDEO if playback.videos else TELEPHONE


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])
