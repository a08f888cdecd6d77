"""Reports by force: the calls of a time, read from their journals one by one."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from server.domain.force_report import CallReport, call_report
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.markers import Marker
from server.ports.journal import Journal

AT_ONCE = 200


async def reported(
    journal: Journal,
    force: ForceId,
    *,
    since: datetime,
    until: datetime,
    markers: Mapping[MarkerId, Marker],
) -> AsyncIterator[CallReport]:
    """The calls that arrived in this time, the newest first. Raises `JournalLost`."""
    before: CallId | None = None
    while lines := await journal.page(force, before=before, limit=AT_ONCE):
        before = lines[-1].call
        for line in lines:
            if not since <= line.arrived_at < until:
                continue
            found = call_report(await journal.entries(line.call), markers)
            if found is not None:
                yield found
        if lines[-1].arrived_at < since:
            return
