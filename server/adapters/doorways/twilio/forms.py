"""A webhook's form, read within limits of size and time."""

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

FORM_BYTES = 64 * 1024
FORM_FIELDS = 200
FORM_WITHIN_S = 5.0
_FORM = "application/x-www-form-urlencoded"

Form = MultiDict[str]


async def read_form(request: web.Request) -> Form:
    """Raises aiohttp's own answers for what is not a small form."""
    if request.content_type != _FORM:
        raise web.HTTPUnsupportedMediaType(text="a form is expected")
    try:
        async with asyncio.timeout(FORM_WITHIN_S):
            body = await _body(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the form took too long") from None
    try:
        return MultiDict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS))
    except ValueError:
        raise web.HTTPBadRequest(text="the form cannot be read") from None


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=FORM_BYTES, actual_size=len(body))
    return bytes(body)
