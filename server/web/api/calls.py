"""Calls and their journals, those of the key's own force only."""

import re

from server.domain.call import CallState
from server.domain.events import Entry
from server.domain.ids import CallId, PersonId
from server.domain.integrations import Scope
from server.ports.journal import CallLine
from server.services.wire import entry_fields
from server.web.api import shapes
from server.web.api.cursors import cursor_to, limit_in, number_in, place_in
from server.web.api.operations import LIVE, PAGED, Asked, Operation
from server.web.errors import Turned

_NAME = re.compile(r"[\x21-\x7e]{1,128}")
_ON_EVERY_ENTRY = frozenset({"seq", "recorded_at", "kind", "at_ms"})


async def calls(asked: Asked) -> shapes.Calls:
    limit, place = limit_in(asked), place_in(asked)
    before = CallId(place) if place is not None else None
    found = await asked.doors.journal.page(
        asked.key.force, live=asked.query.get("live"), before=before, limit=limit + 1
    )
    lines = found[:limit]
    more = cursor_to(lines[-1].call) if len(found) > limit else None
    return shapes.Calls(items=[_call(line) for line in lines], next=more)


async def call(asked: Asked) -> shapes.CallState:
    line = await line_of(asked)
    return _state(line, await state_of(asked))


async def journal(asked: Asked) -> shapes.Journal:
    limit, after = limit_in(asked), number_in(asked)
    line = await line_of(asked)
    await on_record(asked)
    later = await asked.doors.journal.entries(line.call, after=after, limit=limit + 1)
    items = [_fact(entry) for entry in later[:limit]]
    reached = items[-1].seq if items else min(after, line.last_seq)
    return shapes.Journal(
        items=items, next=cursor_to(reached) if len(later) > limit else None, resume=cursor_to(reached)
    )


async def line_of(asked: Asked) -> CallLine:
    """The call that is asked about; another force's call is one that does not exist."""
    name = asked.path("call")
    line = await asked.doors.journal.line(CallId(name)) if _NAME.fullmatch(name) else None
    if line is None or line.force != asked.key.force:
        raise Turned(404, "no-such-call", "There is no such call.")
    return line


async def state_of(asked: Asked) -> CallState:
    """How the call that is asked about stands. Only what is new of it is read."""
    line, room = await line_of(asked), asked.doors.desks.room
    async with room.turns.of(line.call):
        return (await room.casebook.level(line.call)).case.state


async def on_record(asked: Asked) -> None:
    """Another system is about to be told what was said on the call."""
    by = f"key:{asked.key.id}"
    call = CallId(asked.path("call"))
    await asked.doors.desks.room.need_to_know.viewed(PersonId(by), call, by="api", session=by)


def _call(line: CallLine) -> shapes.Call:
    return shapes.Call(
        call=line.call,
        doorway=line.doorway,
        arrived_at=line.arrived_at,
        ended_at=line.ended_at,
        last_seq=line.last_seq,
    )


def _state(line: CallLine, state: CallState) -> shapes.CallState:
    waiting = state.waiting_prompts
    return shapes.CallState(
        call=line.call,
        doorway=line.doorway,
        arrived_at=line.arrived_at,
        ended_at=line.ended_at,
        last_seq=state.last_seq,
        handler=state.handler,
        specialist=state.specialist,
        nobody_on_duty=state.nobody_on_duty,
        connected=state.connected,
        deaf=sorted(state.deaf),
        severity=state.severity,
        open_prompts=len(waiting),
        unowned_prompts=sum(prompt.owner is None for prompt in waiting),
        unresolved=sorted(state.unresolved),
    )


def _fact(entry: Entry) -> shapes.Fact:
    fields = entry_fields(entry)
    return shapes.Fact(
        seq=entry.seq,
        recorded_at=fields["recorded_at"],
        kind=fields["kind"],
        at_ms=entry.event.at_ms,
        body={name: value for name, value in fields.items() if name not in _ON_EVERY_ENTRY},
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/calls",
        name="listCalls",
        about="The force's calls, the newest first.",
        scope=Scope.CALLS,
        gives=shapes.Calls,
        does=calls,
        params=(*PAGED, LIVE),
    ),
    Operation(
        method="GET",
        path="/calls/{call}",
        name="getCall",
        about="One call as it stands now.",
        scope=Scope.CALLS,
        gives=shapes.CallState,
        does=call,
    ),
    Operation(
        method="GET",
        path="/calls/{call}/journal",
        name="readJournal",
        about="What is on record of a call, the oldest first. It holds what was said.",
        scope=Scope.JOURNAL,
        gives=shapes.Journal,
        does=journal,
        params=PAGED,
    ),
)
