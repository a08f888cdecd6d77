"""The peer of the ingest bench: how samples of Media Streams usually take their sound.

`json.loads` of every message, `base64` and `audioop` of every frame, and a list of sound
for each leg, handed on in blocks of a tenth of a second. It checks no signature, no token, no
sequence and no time, so it does less than our doorway for every frame.
"""

import base64
import json
import warnings

from aiohttp import WSMsgType, web

from tests.load.ingest.sink import Figures

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

BLOCK_BYTES = 1600
TWIML = (
    "<Response><Start><Stream url='wss://bench.example/twilio/media' track='both_tracks'/></Start>"
    "<Dial><Number>1</Number></Dial></Response>"
)


def usual_sample(figures: Figures) -> list[web.RouteDef]:
    async def voice(_request: web.Request) -> web.Response:
        return web.Response(text=TWIML, content_type="text/xml")

    async def media(request: web.Request) -> web.WebSocketResponse[bool]:
        ws: web.WebSocketResponse[bool] = web.WebSocketResponse()
        await ws.prepare(request)
        sound: dict[str, bytearray] = {"inbound": bytearray(), "outbound": bytearray()}
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said["event"] == "media":
                _hear(sound[said["media"]["track"]], said["media"]["payload"])
                figures.frames += 1
            elif said["event"] == "stop":
                break
        return ws

    return [web.post("/twilio/voice", voice), web.get("/twilio/media", media)]


def _hear(leg: bytearray, payload: str) -> None:
    leg += audioop.ulaw2lin(base64.b64decode(payload), 2)
    if len(leg) >= BLOCK_BYTES:
        bytes(leg)
        leg.clear()
