"""What minding costs: 200 live calls at speaking rate for a minute, a prompt a call every 20 seconds.

Run with `python -m tests.load.minding`.
"""

import asyncio
import time

from server.domain.events import Event, RiskRaised
from server.domain.ids import CallId
from server.domain.markers import MarkerClass
from server.domain.speech import Party
from tests.services.room import Room
from tests.stories import SAM, arrived, opened, raised, said, sighted

CALLS = 200
SECONDS = 60
EVERY_S = 20


def spoken(second: int, call: int) -> list[Event]:
    """What one call brings in one second."""
    at_ms = second * 1000
    events: list[Event] = [said(Party.CALLER, second, "and then he said it again to me", at_ms=at_ms)]
    if second % EVERY_S == call % EVERY_S:
        seen = sighted("strangulation", "and then he", utterance=second, at_ms=at_ms)
        because = seen.sighting.marker
        risk = RiskRaised(at_ms=at_ms, severity=MarkerClass.IMMEDIATE, because=because)
        events += [seen, risk, raised(second // EVERY_S + 1, seen)]
    return events


async def main() -> None:
    room = Room()
    await room.people.add(SAM, password_hash="")
    await room.people.set_duty(SAM.id, on_duty=True)
    for call in range(CALLS):
        await room.happens(arrived(), *opened(), call=CallId(f"c{call}"))
    room.clock.advance(10)
    rounds: list[float] = []
    for second in range(SECONDS):
        room.clock.advance(1)
        for call in range(CALLS):
            await room.happens(*spoken(second, call), call=CallId(f"c{call}"))
        began_s = time.process_time()
        await room.minding.look()
        rounds.append(time.process_time() - began_s)
    print(
        f"{CALLS} calls, {SECONDS} s: {sum(rounds):.2f} s of processor, {sum(rounds) / SECONDS:.1%} of a core"
    )
    print(f"worst round {max(rounds) * 1000:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
