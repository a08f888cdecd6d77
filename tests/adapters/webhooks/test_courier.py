"""Posting over real sockets: what is taken, what is not, and where nothing is ever sent."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from server.adapters.webhooks.courier import http_courier
from server.adapters.webhooks.targets import Network, Targets, may_reach
from server.domain.ids import CallId
from server.domain.integrations import Endpoint, Posting, Topic
from server.ports.integrations import NotTaken
from tests.certificates import certified, tls_before
from tests.fakes import START
from tests.stories import MIDSHIRE

HERE = (ip_network("127.0.0.0/8"),)
NAMED = Targets(networks=(ip_network("10.20.0.0/16"),))
POSTING = Posting(
    id="msg_1",
    endpoint="cad",
    call=CallId("CA1"),
    seq=1,
    topic=Topic.ENDED,
    body='{"type":"call.ended"}',
    made_at=START,
    next_at=START,
)
SIGNED = (("webhook-id", "msg_1"), ("webhook-signature", "v1,abc"))


@dataclass
class Receiver:
    """Another system, on a free port of this machine."""

    status: int = 204
    location: str = ""
    got: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((await request.text(), dict(request.headers)))
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, headers=headers)

    @property
    def endpoint(self) -> Endpoint:
        url = f"http://127.0.0.1:{self.port}/take"
        return Endpoint(name="cad", force=MIDSHIRE, url=url, secrets=(b"s" * 32,))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/take", receiver.take)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.port = runner.addresses[0][1]
    yield receiver
    await runner.cleanup()


async def post(
    endpoint: Endpoint,
    *,
    networks: Collection[Network] = HERE,
    timeout_s: float = 10,
    trusted: Path | None = None,
) -> None:
    async with http_courier(networks=networks, timeout_s=timeout_s, trusted=trusted) as courier:
        await courier.post(endpoint, POSTING, headers=SIGNED)


async def test_a_posting_arrives_whole_with_its_signature(receiver: Receiver) -> None:
    await post(receiver.endpoint)
    ((body, headers),) = receiver.got
    assert body == POSTING.body
    assert headers["Content-Type"] == "application/json"
    assert (headers["webhook-id"], headers["webhook-signature"]) == ("msg_1", "v1,abc")


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
async def test_what_is_answered_with_a_refusal_is_not_taken(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(NotTaken, match=f"answered {status}"):
        await post(receiver.endpoint)


async def test_nobody_is_followed_elsewhere(receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, "/take"
    with pytest.raises(NotTaken, match="answered 307"):
        await post(receiver.endpoint)
    assert len(receiver.got) == 1


async def test_nobody_there_is_not_taken(receiver: Receiver) -> None:
    nobody = replace(receiver.endpoint, url="http://127.0.0.1:1/take")
    with pytest.raises(NotTaken, match="no connection"):
        await post(nobody)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0"]
)
async def test_this_machine_is_not_posted_to_by_any_name(receiver: Receiver, host: str) -> None:
    inside = replace(receiver.endpoint, url=f"http://{host}:{receiver.port}/take")
    with pytest.raises(NotTaken):
        await post(inside, networks=())
    assert receiver.got == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "10.20.1.1", "::ffff:10.20.1.1", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_and_named_networks_may_be_reached(address: str) -> None:
    assert may_reach(address, NAMED)


@pytest.mark.parametrize(
    "address",
    [
        "10.21.1.1",
        "192.168.1.1",
        "169.254.169.254",
        "fe80::1%eth0",
        "100.64.0.1",
        "0.0.0.1",
        "64:ff9b::10.21.1.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "2002:c0a8:0101::1",
        "2001:0:4136:e378:8000:63bf:3f57:fefe",
        "::10.21.1.1",
        "::1",
        "224.0.0.1",
        "::",
        "::ffff:10.21.1.1",
        "nowhere",
    ],
)
def test_nothing_else_may_be_reached(address: str) -> None:
    assert not may_reach(address, NAMED)


def test_without_tls_only_named_networks_may_be_reached() -> None:
    plain = replace(NAMED, public=False)
    assert may_reach("10.20.1.1", plain)
    assert not may_reach("8.8.8.8", plain)


async def test_a_public_address_is_not_posted_to_in_the_clear(receiver: Receiver) -> None:
    public = replace(receiver.endpoint, url="http://8.8.8.8/take")
    with pytest.raises(NotTaken, match="may not be posted to"):
        await post(public)


async def test_a_server_is_told_by_tls_where_its_authority_is_trusted_and_by_no_other(
    receiver: Receiver, tmp_path: Path
) -> None:
    ours, another = certified("Police authority"), certified("Police authority")
    ours.write(tmp_path / "ours")
    another.write(tmp_path / "another")
    certified("Earshot", by=ours, address="127.0.0.1").write(tmp_path / "server")
    async with tls_before(receiver.port, tmp_path / "server") as port:
        there = replace(receiver.endpoint, url=f"https://127.0.0.1:{port}/take")
        for trusted in (tmp_path / "another/fullchain.pem", None):
            with pytest.raises(NotTaken, match="its certificate is of no authority that is trusted here"):
                await post(there, trusted=trusted)
        assert receiver.got == []
        await post(there, trusted=tmp_path / "ours/fullchain.pem")
    assert len(receiver.got) == 1
    async with tls_before(1, tmp_path / "server") as port:  # a proxy before a server that is down
        there = replace(receiver.endpoint, url=f"https://127.0.0.1:{port}/take")
        with pytest.raises(NotTaken, match="the connection broke off"):
            await post(there, trusted=tmp_path / "ours/fullchain.pem")


@pytest.mark.parametrize(
    ("address", "until_day", "why"),
    [
        ("127.0.0.1", -1, "its certificate has expired"),
        ("127.0.0.2", 1, "its certificate is for another name than the one that it was asked by"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said_as_it_is(
    receiver: Receiver, tmp_path: Path, address: str, until_day: int, why: str
) -> None:
    ours = certified("Police authority")
    ours.write(tmp_path / "ours")
    certified("Earshot", by=ours, address=address, until_day=until_day).write(tmp_path / "server")
    async with tls_before(receiver.port, tmp_path / "server") as port:
        there = replace(receiver.endpoint, url=f"https://127.0.0.1:{port}/take")
        with pytest.raises(NotTaken, match=why):
            await post(there, trusted=tmp_path / "ours/fullchain.pem")
    assert receiver.got == []
