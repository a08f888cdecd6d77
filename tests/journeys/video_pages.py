"""Two browsers on the real pages of a video call: a phone with a blue camera, a desk with a red one."""

import array
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, async_playwright

from server.adapters.doorways.ulaw import pcm_of
from server.demo.runner import load
from server.domain import pcm_wav
from server.domain.speech import Party, Utterance
from tests.chromium import CHROMIUM
from tests.consoles.video_screens import MEDIA, Screens
from tests.house import PASSWORD
from tests.journeys.station import BYTES_PER_MS, SAID_MS, Station, open_station
from tests.stories import SAM, SUE

RATE = 8000
PAUSE = bytes(2 * RATE * 3 // 2)
"""A second and a half of quiet: what was said is settled by then."""
BEEP_S, BEEPS = 0.25, 4
SPECIALIST_HZ, VICTIM_HZ = 440, 880
"""What each microphone beeps; steady tones are taken for noise, and off."""
ANSWERED_MS = (3_900, 6_900)
"""Of the demonstration's first call: "police emergency what is the address"."""
LOUD = 800
"""A sample of a voice, not of the noise before it."""
WIDTH, HEIGHT, PICTURES = 320, 240, 5
RED, BLUE = (81, 90, 240), (41, 240, 110)
"""As Y, U and V."""


@dataclass
class Pages:
    """A control room, a phone's browser and a desk's."""

    station: Station
    phones: Screens
    desks: Screens


@asynccontextmanager
async def open_pages(folder: Path) -> AsyncIterator[Pages]:
    """The specialist and a supervisor are on duty."""
    voice, hum = _voices(folder)
    blue, red = _seen(folder / "victim.y4m", BLUE), _seen(folder / "specialist.y4m", RED)
    async with AsyncExitStack() as stack:
        station = await stack.enter_async_context(open_station(folder, PASSWORD))
        async with station.store() as store:
            for person in (SAM, SUE):
                await store.people.set_duty(person.id, on_duty=True)
        playwright = await stack.enter_async_context(async_playwright())
        screens = []
        for sound, picture in ((voice, blue), (hum, red)):
            files = (
                f"--use-file-for-fake-audio-capture={sound}",
                f"--use-file-for-fake-video-capture={picture}",
            )
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*MEDIA, *files])
            stack.push_async_callback(browser.close)
            screens.append(Screens(url=station.url, browser=browser))
        yield Pages(station=station, phones=screens[0], desks=screens[1])


async def seen(page: Page, selector: str, colour: str) -> None:
    """Until the middle of one of these pictures is of this colour: `red`, `green`, `blue` or `black`."""
    await page.wait_for_function(
        """([selector, colour]) => {
          return [...document.querySelectorAll(selector)].some((video) => {
            if (video.readyState < 2 || video.videoWidth < 16) return false;
            const pen = new OffscreenCanvas(16, 16).getContext("2d");
            pen.drawImage(video, 0, 0, 16, 16);
            const shades = [...pen.getImageData(8, 8, 1, 1).data.slice(0, 3)];
            if (colour === "black") return Math.max(...shades) < 40;
            const [wanted] = shades.splice(["red", "green", "blue"].indexOf(colour), 1);
            return wanted > 120 && Math.max(...shades) < 100;
          });
        }""",
        arg=[selector, colour],
    )


async def heard(page: Page, selector: str, hz: int) -> None:
    """Until what one of these elements plays has this pitch."""
    await page.wait_for_function(
        """([selector, hz]) => {
          window.ears ??= new Map();
          return [...document.querySelectorAll(selector)].some((video) => {
            const stream = video.srcObject;
            if (!stream?.getAudioTracks().length || video.muted || video.paused) return false;
            let ear = window.ears.get(stream.id);
            if (!ear) {
              const sound = new AudioContext();
              sound.resume();
              ear = new AnalyserNode(sound, { fftSize: 4096, smoothingTimeConstant: 0 });
              new MediaStreamAudioSourceNode(sound, { mediaStream: stream }).connect(ear);
              window.ears.set(stream.id, ear);
            }
            const bins = new Float32Array(ear.frequencyBinCount);
            ear.getFloatFrequencyData(bins);
            const best = bins.indexOf(Math.max(...bins));
            return bins[best] > -75 && Math.abs((best * ear.context.sampleRate) / ear.fftSize - hz) < 25;
          });
        }""",
        arg=[selector, hz],
        polling=50,
    )


async def painted(page: Page, selector: str, colour: str) -> None:
    """Until the middle of what was drawn in one of these is `red` or `blue`."""
    await page.wait_for_function(
        """([selector, colour]) => {
          return [...document.querySelectorAll(selector)].some((canvas) => {
            if (canvas.classList.contains("is-dark")) return false;
            const pen = canvas.getContext("2d");
            const [red, , blue] = pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
            return colour === "red" ? red > 120 && blue < 100 : blue > 120 && red < 100;
          });
        }""",
        arg=[selector, colour],
    )


async def played_from(page: Page, utterance: Utterance) -> float:
    """Click the first of these words; where in the call the player then begins, in milliseconds."""
    await page.evaluate(
        """() => {
          delete window.begun;
          const begun = ({ target }) => {
            if (target.localName !== "audio") return; // a camera's picture follows the sound
            window.begun ??= target.currentTime * 1000;
          };
          addEventListener("seeked", begun, { capture: true });
        }"""
    )
    row = page.locator("call-transcript.is-kept li.row-said").filter(has_text=utterance.words[0].text)
    row = row.filter(has_text=utterance.words[-1].text).filter(has=page.get_by_label(_row_label(utterance)))
    await row.locator("[data-place='0']").click()
    await page.wait_for_function("() => window.begun !== undefined")
    begun: float = await page.evaluate("window.begun")
    return begun


def _row_label(utterance: Utterance) -> str:
    minutes, seconds = divmod(utterance.start_ms // 1000, 60)
    return f"Play from {minutes:02}:{seconds:02}"


async def onset_ms(page: Page, party: Party, near_ms: int) -> float:
    """Where in what is played this party begins to speak, nearest to this moment of the call."""
    begin = max(0, near_ms - 1200)
    first = pcm_wav.HEADER_BYTES + begin * pcm_wav.PER_MS
    last = first + 2400 * pcm_wav.PER_MS - 1
    data = await page.evaluate(
        """async (range) => {
          const { src } = document.querySelector("play-back audio");
          const answer = await fetch(src, { headers: { Range: range } });
          return [...new Uint8Array(await answer.arrayBuffer())];
        }""",
        f"bytes={first}-{last}",
    )
    both = array.array("h", bytes(data))
    side = both[0 if party is Party.CALLER else 1 :: 2]
    step = pcm_wav.RATE_HZ // 100
    loud = [max(map(abs, side[at : at + step])) > LOUD for at in range(0, len(side), step)]
    onsets = [begin + at * 10 for at in range(20, len(loud)) if loud[at] and not any(loud[at - 20 : at])]
    assert onsets, "nobody begins to speak there"
    return min(onsets, key=lambda at: abs(at - near_ms))


def _voices(folder: Path) -> tuple[Path, Path]:
    """Both sides of the demonstration's first call, where a strangulation is told, each with its beeps."""
    call = load("strangulation", 1)
    caller, handler = _part(call.inbound, SAID_MS), _part(call.outbound, ANSWERED_MS)
    return (
        _written(folder / "victim.wav", caller + PAUSE + _beeps(VICTIM_HZ) + PAUSE),
        _written(folder / "specialist.wav", handler + PAUSE + _beeps(SPECIALIST_HZ) + PAUSE),
    )


def _part(sound: bytes, moments_ms: tuple[int, int]) -> bytes:
    begin, end = (at_ms * BYTES_PER_MS for at_ms in moments_ms)
    return pcm_of(sound[begin:end])


def _beeps(hz: int) -> bytes:
    tone = [round(9000 * math.sin(2 * math.pi * hz * at / RATE)) for at in range(int(RATE * BEEP_S))]
    beep = struct.pack(f"<{len(tone)}h", *tone)
    return (beep + bytes(len(beep))) * BEEPS


def _written(path: Path, pcm: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return path


def _seen(path: Path, colour: tuple[int, int, int]) -> Path:
    """A camera that sees one colour, in YUV4MPEG2."""
    luma, blue, red = colour
    area = WIDTH * HEIGHT
    picture = bytes([luma]) * area + bytes([blue]) * (area // 4) + bytes([red]) * (area // 4)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + picture) * PICTURES)
    return path
