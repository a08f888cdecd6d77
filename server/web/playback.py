"""The doors of a kept call's sound: leave to play it, then any stretch of it, as a browser's player asks."""

import re

import msgspec
from aiohttp import web

from server.domain.ids import ActId, CallId
from server.domain.ulaw_wav import HEADER_BYTES, PER_MS, header
from server.services.playing import Playback, RecordingBroken
from server.web.errors import Turned
from server.web.kept import safekeeping_of
from server.web.requests import body_of, json, who_acts, who_asks

RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
AT_ONCE_MS = 4000
"""So much is opened and sent before the next: what nobody listens to is not opened."""
LATEST_MS = 2**31


class Play(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    from_ms: int = 0


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/calls/{call}/recording", kept),
        web.post("/api/calls/{call}/recording/play", play),
        web.get("/api/calls/{call}/recording/{token}.wav", sound, name="playback"),
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
    return json({"url": str(url), "length_ms": playback.length_ms, "whole": playback.whole})


async def sound(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    playback = safekeeping_of(request).playing.playback(person, _call(request), request.match_info["token"])
    size = HEADER_BYTES + playback.length_ms * PER_MS
    begin, end = _asked(request, size)
    response = web.StreamResponse(status=206 if "Range" in request.headers else 200)
    response.content_type = "audio/wav"
    response.content_length = end - begin
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "no-store"
    if response.status == 206:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    first = await _part(request, playback, begin, end)
    await response.prepare(request)
    part = first
    while part:
        await response.write(part)
        begin += len(part)
        try:
            part = await _part(request, playback, begin, end)
        except RecordingBroken:
            if request.transport is not None:
                request.transport.abort()  # half an answer must not look like a whole one
            return response
    await response.write_eof()
    return response


async def _part(request: web.Request, playback: Playback, begin: int, end: int) -> bytes:
    """The next bytes of the file, as it would lie on a disk."""
    if begin >= end:
        return b""
    if begin < HEADER_BYTES:
        front = header(playback.length_ms)[begin : min(end, HEADER_BYTES)]
        return front + await _part(request, playback, HEADER_BYTES, end)
    from_ms = (begin - HEADER_BYTES) // PER_MS
    to_ms = min(from_ms + AT_ONCE_MS, -(-(end - HEADER_BYTES) // PER_MS), playback.length_ms)
    data = await safekeeping_of(request).playing.sound(playback, from_ms, to_ms)
    skip = begin - HEADER_BYTES - from_ms * PER_MS
    return data[skip : skip + end - begin]


def _asked(request: web.Request, size: int) -> tuple[int, int]:
    """From which byte to before which."""
    given = request.headers.get("Range")
    if given is None:
        return 0, size
    found = RANGE.fullmatch(given.strip())
    if found is None:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    begin, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    if begin >= size or end <= begin:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return begin, min(end, size)


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])
