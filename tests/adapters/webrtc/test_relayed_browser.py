"""A real browser that may use nothing but the relay, as the settings that we ship have it."""

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from server.adapters.clock import SystemClock
from server.domain.ids import ParticipantId
from server.domain.speech import Party
from server.ports.bridge import Joining
from server.services.relaying import Relays
from tests.adapters.webrtc.peers import a_room
from tests.chromium import CHROMIUM, FLAGS
from tests.coturn import SECRET, relay

MEDIA = (
    "--allow-loopback-in-peer-connection",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
OFFER = """async (server) => {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  window.made = new RTCPeerConnection({
    iceServers: [server], iceTransportPolicy: "relay", bundlePolicy: "max-bundle",
  });
  for (const kind of ["audio", "video"]) {
    const [track] = kind === "audio" ? media.getAudioTracks() : media.getVideoTracks();
    made.addTransceiver(track, { direction: "sendonly", streams: [media] });
  }
  for (const kind of ["audio", "video"]) made.addTransceiver(kind, { direction: "recvonly" });
  await made.setLocalDescription();
  return made.localDescription.sdp;
}"""
ANSWER = "(sdp) => made.setRemoteDescription({ type: 'answer', sdp })"
RECEIVED = """async () => {
  const stats = new Map(await made.getStats());
  const all = [...stats.values()];
  const way = stats.get(all.find((one) => one.type === "transport")?.selectedCandidatePairId);
  const seen = all.find((one) => one.type === "inbound-rtp" && one.kind === "video")?.framesDecoded ?? 0;
  return seen > 3 && way ? stats.get(way.localCandidateId).relayProtocol : null;
}"""


async def test_a_browser_behind_the_relay_is_seen_and_heard_and_sees(tmp_path: Path) -> None:
    async with relay(tmp_path) as turn, a_room() as stage, async_playwright() as playwright:
        urls = [f"turn:127.0.0.1:{turn.port}?transport=udp"]
        [server] = Relays(clock=SystemClock(), turn=urls, secret=SECRET).servers()
        specialist = await stage.join("s", party=Party.HANDLER, brightness=90)
        stage.show("s", "v")
        stage.show("v", "s")
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MEDIA])
        page = await browser.new_page()
        # Of an address that a camera may be used at.
        await page.route("https://phone.example/", lambda route: route.fulfill(body="<!doctype html>"))
        await page.goto("https://phone.example/")
        offer: str = await page.evaluate(OFFER, server)
        joining: dict[str, Any] = {"attempt": 1, "talks": True, "party": Party.CALLER, "public": True}
        answer = await stage.room.connect(Joining(participant=ParticipantId("v"), offer=offer, **joining))
        await page.evaluate(ANSWER, answer)
        await stage.watcher.until("connected", "v")
        assert await specialist.sees(0) > 0
        assert len(await stage.line.has_heard(Party.CALLER, 0.5)) > 0
        while not (way := await page.evaluate(RECEIVED)):
            await asyncio.sleep(0.1)
        assert way == "udp"
        await browser.close()
