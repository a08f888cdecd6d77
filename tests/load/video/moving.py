"""How soon a phone is seen again that goes from one network, and so one address, to another and back.

usage: python -m tests.load.video.moving [TIMES]
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.journeys.phone_networks import MOBILE, WIFI
from tests.journeys.video_moving import a_moving_phone


async def measure(times: int) -> None:
    took_s: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with a_moving_phone(Path(folder)) as moving:
            for number in range(times):
                away, to = (WIFI, MOBILE) if number % 2 == 0 else (MOBILE, WIFI)
                took_s.append(await moving.move(away, to))
                print(f"{away} to {to}: seen again {took_s[-1]:.2f} s after it", flush=True)
    print(f"of {times}: median {median(took_s):.2f} s, longest {max(took_s):.2f} s")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
