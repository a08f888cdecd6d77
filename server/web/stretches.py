"""Which bytes of a sound a browser asks for, and how the answer says which they are."""

import re

from aiohttp import web

RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


def stretch_of(request: web.Request, size: int) -> tuple[int, int]:
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


def sound_answer(request: web.Request, begin: int, end: int, size: int) -> web.StreamResponse:
    """For so much of a WAV file, which is still to be written."""
    response = web.StreamResponse(status=206 if "Range" in request.headers else 200)
    response.content_type = "audio/wav"
    response.content_length = end - begin
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "no-store"
    if response.status == 206:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    return response
