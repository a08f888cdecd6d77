import asyncio

from tests.adapters.doorways.noting import NUMBER, Serving, serving
from tests.load.fuzz.storm import Target, storm


def footprint(here: Serving) -> dict[str, float]:
    return {"tasks": len(asyncio.all_tasks()), "sockets": here.doorway.sockets}


async def test_two_thousand_damaged_frames_and_forms_leave_the_doorway_whole() -> None:
    async with serving() as here:
        target = Target(exchange=here.exchange, called=NUMBER, footprint=lambda: footprint(here))
        aftermath = await storm(target, count=2000, seed=7)
    assert aftermath.faults == []
    assert aftermath.sent >= 2000
    assert aftermath.answered
    assert aftermath.after == aftermath.before
    assert "fault" not in here.tally
    assert all(line.ended for line in here.lines.lines)
