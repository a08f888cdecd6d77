"""The bench's server: rooms of two over the real bridge, every voice decoded; told what to do by lines."""

import asyncio
import json
import resource
import sys
from itertools import count
from pathlib import Path

import uvloop

from server.adapters.doorways.webrtc.bridge import BridgeOptions, WebRtcBridge
from server.domain.events import GapCause
from server.domain.ids import CallId, ParticipantId
from server.domain.speech import AudioFrame, Party
from server.ports.bridge import Joining


class Ears:
    """Takes sound as a line does, and only counts it."""

    begins_ms = 0

    def __init__(self) -> None:
        self.frames = 0

    def join(self, party: Party) -> None: ...

    def hear(self, frame: AudioFrame) -> None:
        self.frames += 1

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None: ...

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None: ...

    def lose(self, why: str) -> None: ...


class Unwatched:
    def connected(self, participant: ParticipantId, attempt: int) -> None: ...

    def lost(self, participant: ParticipantId, attempt: int) -> None: ...

    def bears(self, participant: ParticipantId, takes: str) -> None: ...


async def main() -> None:
    loop, ears, names = asyncio.get_running_loop(), Ears(), count(1)
    async with WebRtcBridge(BridgeOptions(slots=1)) as bridge:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            asked = json.loads(line)
            if "offers" not in asked:
                said: dict[str, object] = {**_used(), "heard": ears.frames}
            else:
                room = bridge.open(CallId(f"video-{next(names)}"), ears, Unwatched())
                people = [ParticipantId("victim"), ParticipantId("specialist")]
                parties = [Party.CALLER, Party.HANDLER]
                room.show(people[0], [people[1]])
                room.show(people[1], [people[0]])
                answers = [
                    await room.connect(
                        Joining(
                            participant=one, attempt=1, offer=offer, talks=True, party=party, public=False
                        )
                    )
                    for one, party, offer in zip(people, parties, asked["offers"], strict=True)
                ]
                said = {"answers": answers}
            print(json.dumps(said), flush=True)


def _used() -> dict[str, object]:
    """Seconds of a core so far, and memory now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"cpu_s": used.ru_utime + used.ru_stime, "memory_kb": pages * resource.getpagesize() // 1024}


if __name__ == "__main__":
    uvloop.run(main())
