"""Reports by force: the calls of a time, read from their journals one by one."""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from server.domain.force_report import CallReport, ForceReport, call_report
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.markers import Marker
from server.ports.journal import CallLine, Journal, JournalLost

log = logging.getLogger(__name__)

AT_ONCE = 200


async def reported(
    journal: Journal,
    force: ForceId,
    *,
    since: datetime,
    until: datetime,
    markers: Mapping[MarkerId, Marker],
) -> ForceReport:
    """The calls that arrived in this time, the newest first. Raises `JournalLost` if none can be listed."""
    calls, not_readable = list[CallReport](), 0
    async for line in _arrived(journal, force, since, until):
        found = await _call(journal, line.call, markers)
        if found is None:
            not_readable += 1
        else:
            calls.append(found)
    return ForceReport(calls=tuple(calls), not_readable=not_readable)


async def _call(journal: Journal, call: CallId, markers: Mapping[MarkerId, Marker]) -> CallReport | None:
    """None: it cannot be read, which must not cost the others their report."""
    try:
        return call_report(await journal.entries(call), markers)
    except JournalLost:
        log.warning("a call cannot be read for the report", extra={"call": call})
        return None


async def _arrived(
    journal: Journal, force: ForceId, since: datetime, until: datetime
) -> AsyncIterator[CallLine]:
    before: CallId | None = None
    while lines := await journal.page(force, before=before, limit=AT_ONCE):
        before = lines[-1].call
        for line in lines:
            if since <= line.arrived_at < until:
                yield line
        if lines[-1].arrived_at < since:
            return
