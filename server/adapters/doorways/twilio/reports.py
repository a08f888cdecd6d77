"""What Twilio reports about calls, recorded once Twilio has its answer: it waits on nobody's journal."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from server.domain.ids import CallId
from server.ports.journal import JournalLost, UnknownCall
from server.services.switchboard import Lines

log = logging.getLogger(__name__)

Tally = Callable[[str], None]
"""Counts one more refusal or mishap, by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    call: CallId
    about: str
    status: str
    code: str = ""


class Reports:
    """Each is recorded in the task of the request that brought it, after the answer has gone out.

    That task outlives its connection: a web application does not cancel its handlers when the
    other side hangs up, unless it is told to.
    """

    def __init__(self, lines: Lines, tally: Tally, *, most: int) -> None:
        self._lines = lines
        self._tally = tally
        self._most = most
        self._pending = 0
        self._settled = asyncio.Event()
        self._settled.set()

    async def take(self, request: web.Request, answer: web.Response, report: Report) -> web.Response:
        """Answer, then record. Returns the answer, which has been sent."""
        if self._pending >= self._most:
            log.error("report dropped, the journal hangs", extra={"call": report.call, "about": report.about})
            self._tally("report-dropped")
            return answer
        self._pending += 1
        self._settled.clear()
        try:
            await _send(request, answer)
            await self._record(report)
        finally:
            self._pending -= 1
            if not self._pending:
                self._settled.set()
        return answer

    async def settled(self, *, within_s: float) -> None:
        """Wait until all are recorded, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._settled.wait()

    async def _record(self, report: Report) -> None:
        facts = {"call": report.call, "about": report.about}
        try:
            await self._lines.callback(
                report.call, about=report.about, status=report.status, code=report.code
            )
        except UnknownCall:
            self._tally("unknown-call")
        except JournalLost:
            log.exception("report not recorded", extra=facts)
            self._tally("report-lost")
        except Exception:  # boundary: the answer has gone out, so nobody else can be told
            log.exception("report not taken", extra=facts)
            self._tally("report-lost")


async def _send(request: web.Request, answer: web.Response) -> None:
    # A second request on this connection would wait for the recording, so there is none.
    answer.force_close()
    with suppress(ConnectionError):
        await answer.prepare(request)
        await answer.write_eof()
