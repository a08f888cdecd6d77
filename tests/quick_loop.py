"""A loop for what lasts: minutes pass in it as fast as what happens in them can be done."""

import asyncio


class QuickLoop(asyncio.SelectorEventLoop):
    """Its time goes on when nothing is left to be done now, and not with the clock on the wall."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def time(self) -> float:
        return self.now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now_s = max(self.now_s, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]
