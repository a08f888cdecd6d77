"""Whether this node is so busy that packets wait for it, rather than on their way."""

import asyncio

EVERY_S = 0.1
LATE_S = 0.04
REMEMBERED_S = 3.0


class Lag:
    """One a node; `run` watches until cancelled."""

    def __init__(self) -> None:
        self._late_at_s = float("-inf")

    @property
    def lately(self) -> bool:
        return asyncio.get_running_loop().time() - self._late_at_s < REMEMBERED_S

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            now_s = loop.time()
            if now_s - due_s > LATE_S:
                self._late_at_s = now_s
