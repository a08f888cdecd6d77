"""The side-channel that never makes the stream wait."""

import asyncio

from server.domain.speech import AudioFrame
from server.services.tap import Tap
from tests.services.stage import frame


async def drained(tap: Tap) -> list[int]:
    return [held.at_ms async for held in tap.frames()]


async def test_what_is_held_is_still_handed_out_after_closing() -> None:
    tap = Tap(capacity_ms=1000, lost=lambda _: None)
    for at_ms in (0, 20, 40):
        tap.offer(frame(at_ms))
    tap.close()
    tap.offer(frame(60))
    assert await drained(tap) == [0, 20, 40]
    assert tap.closed


async def test_a_full_tap_loses_the_oldest_sound_not_the_newest_and_reports_it() -> None:
    lost: list[AudioFrame] = []
    tap = Tap(capacity_ms=60, lost=lost.append)
    for at_ms in (0, 20, 40, 60, 80):
        tap.offer(frame(at_ms))
    assert [gone.at_ms for gone in lost] == [0, 20]
    assert tap.held_ms == 60
    tap.close()
    assert await drained(tap) == [40, 60, 80]


async def test_a_reader_waits_for_sound_that_is_still_to_come() -> None:
    tap = Tap(capacity_ms=1000, lost=lambda _: None)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(drained(tap))
        await asyncio.sleep(0)
        tap.offer(frame(0))
        await asyncio.sleep(0)
        tap.offer(frame(20))
        tap.close()
    assert reading.result() == [0, 20]
