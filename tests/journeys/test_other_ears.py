"""A whole server on a call by Twilio's door: a supervisor hears what was said, and another system is told."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from server.adapters.doorways.ulaw import pcm_of
from server.adapters.store.passwords import Argon2Hasher
from server.cli.demo import demonstration
from server.demo.runner import load as load_call
from server.demo.seeding import FORCE, seed
from server.demo.twilio_caller import Exchange, PhoneCall, TwilioCaller
from server.domain.events import CallEnded, Entry, ListeningBegan
from server.domain.ids import CallId, PersonId
from server.domain.integrations import Scope
from server.services.api_keys import ApiKeys
from server.services.listening_in import HEAD
from server.settings import Settings, load
from server.settings.model import Speech, Store, Webhooks
from server.wiring.node import Node, run_node
from tests.house import free_port

SECRET = "a-secret-of-quite-some-length"
SPOKEN_MS = 6000
FROM_MS = 1000
PATIENCE_S = 120


@dataclass
class OtherSystem:
    """Takes what it is told, and looks at the signature."""

    got: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body, headers = await request.text(), request.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        self.got.append(json.loads(body))
        self.news.set()
        return web.Response(status=204)

    async def told(self, topic: str) -> dict[str, Any]:
        while True:
            for said in self.got:
                if said["type"] == topic:
                    return said
            self.news.clear()
            await self.news.wait()


@dataclass
class Heard:
    """What came out of the listening socket, and what stood in the journal when it began."""

    began: dict[str, Any] = field(default_factory=dict)
    audited: list[Entry] = field(default_factory=list)
    caller: bytes = b""
    handler: bytes = b""
    from_ms: int = -1


def settings_of(folder: Path, hook: str) -> Settings:
    made = demonstration(load(environ={}), port=free_port())
    webhooks = {
        "endpoints": [{"name": "cad", "force": FORCE, "url": hook}],
        "secret": SECRET,
        "networks": ["127.0.0.0/8"],
    }
    return made.model_copy(
        update={
            "store": Store(url=f"sqlite:{folder / 'ears.db'}"),
            "speech": Speech(workers=1, spares=0),
            "webhooks": Webhooks.model_validate(webhooks),
        }
    )


async def with_server(folder: Path, other: OtherSystem, body: Callable[[Node], Awaitable[None]]) -> None:
    app = web.Application()
    app.add_routes([web.post("/hook", other.take)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        async with asyncio.timeout(PATIENCE_S):
            await run_node(settings_of(folder, hook), body)
    finally:
        await runner.cleanup()


async def ring(node: Node, phone: PhoneCall) -> None:
    settings = node.core.settings
    exchange = Exchange(
        public_url=settings.server.public_url, auth_token=settings.auth_tokens[0], connect_to=node.base_url
    )
    await TwilioCaller(exchange).call(phone)


async def listen(node: Node, call: CallId, password: str) -> Heard:
    heard, url = Heard(), node.core.settings.server.public_url
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        body = {"name": "supervisor", "password": password}
        async with session.post(f"{url}/sign-in", json=body, headers={"Origin": url}) as answer:
            assert answer.status == 200
        path = f"{url}/api/calls/{call}/listen?from_ms={FROM_MS}"
        async with session.ws_connect(path, origin=url) as socket:
            heard.began = await socket.receive_json()
            heard.audited = await node.core.store.journal.entries(call)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    take(heard, message.data)
    return heard


def take(heard: Heard, piece: bytes) -> None:
    at_ms, ms, _ = HEAD.unpack_from(piece)
    sound = piece[HEAD.size :]
    heard.from_ms = at_ms if heard.from_ms < 0 else heard.from_ms
    assert at_ms == heard.from_ms + len(heard.caller) // 8
    heard.caller += sound[: ms * 8]
    heard.handler += sound[ms * 8 :]


async def spoken_beyond(node: Node, call: CallId, at_ms: int) -> None:
    while (sound := node.core.sounds.of(call)) is None:
        await asyncio.sleep(0.01)
    assert await sound.beyond(at_ms)


async def last_seq(node: Node, call: CallId) -> int:
    """As another system asks for it."""
    keys = ApiKeys(book=node.core.store.keys, clock=node.core.clock)
    _, token = await keys.issue("cad", FORCE, [Scope.CALLS])
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{node.base_url}/api/v1/calls/{call}"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
        return int((await answer.json())["last_seq"])


async def test_what_was_said_is_heard_by_a_supervisor_and_the_end_told_to_another_system(
    tmp_path: Path,
) -> None:
    other, played = OtherSystem(), load_call("strangulation", 1)
    phone = PhoneCall(
        sid=played.id,
        caller=played.caller,
        called="+441632960000",
        inbound=played.inbound[: SPOKEN_MS * 8],
        outbound=played.outbound[: SPOKEN_MS * 8],
    )
    found: list[Heard] = []

    async def evening(node: Node) -> None:
        people = await seed(node.core.store.people, Argon2Hasher())
        password = next(one.password for one in people if one.person == "supervisor")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ring(node, phone))
            await spoken_beyond(node, played.id, FROM_MS)
            found.append(await listen(node, played.id, password))
        told = await other.told("call.ended")
        assert told["data"]["call"] == played.id
        assert await last_seq(node, played.id) >= told["data"]["seq"]

    await with_server(tmp_path, other, evening)
    (heard,) = found
    began = [entry.event for entry in heard.audited if isinstance(entry.event, ListeningBegan)]
    assert [(event.person, event.from_ms) for event in began] == [(PersonId("supervisor"), FROM_MS)]
    assert not any(isinstance(entry.event, CallEnded) for entry in heard.audited)
    assert heard.from_ms == FROM_MS
    assert len(heard.caller) > 8000
    for sent, came in ((phone.inbound, heard.caller), (phone.outbound, heard.handler)):
        assert pcm_of(came) == pcm_of(sent[FROM_MS * 8 : FROM_MS * 8 + len(came)])
