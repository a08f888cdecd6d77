"""`earshot journal`: what was recorded, as lines for people or JSON for programs."""

import asyncio
import getpass
import os
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.replay import told
from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.access import Access, AccessKind
from server.domain.events import CallEnded, Entry
from server.domain.ids import CallId, PersonId

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.ports.journal import CallLine

LOOK_EVERY_S = 0.25
"""The server is another process; between them there is only the database to look at."""
MOST_CALLS = 500

CallArgument = Annotated[str | None, typer.Argument(help="A call's id. Without it, the calls are listed.")]
AfterOption = Annotated[int, typer.Option(min=0, help="Only entries after this number.")]
FollowOption = Annotated[bool, typer.Option("--follow", "-f", help="Go on printing until the call ends.")]


def journal(
    call: CallArgument = None,
    after: AfterOption = 0,
    follow: FollowOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a call's journal, or list the newest calls. It holds what was said: who reads it is on record."""
    settings = settings_or_exit(config)
    if call is None:
        with_store(settings, lambda store: _list(store, as_json=as_json))
        return
    printing = _Printing(CallId(call), after=after, as_json=as_json)
    if not with_store(settings, lambda store: printing.print(store, follow=follow)):
        fail("No journal is kept under this call id.")


class _Printing:
    """One call's entries, printed once each."""

    def __init__(self, call: CallId, *, after: int, as_json: bool) -> None:
        self._call = call
        self._after = after
        self._as_json = as_json

    async def print(self, store: "Store", *, follow: bool) -> bool:
        """Whether the call is known at all. Following goes on until the call ends."""
        if await store.journal.line(self._call) is None:
            return False
        # What is not on record is not shown.
        access = Access(person=_account(), kind=AccessKind.VIEWED, call=self._call, by="earshot journal")
        await store.accesses.add(access)
        recorded = await store.journal.entries(self._call)
        self._print([entry for entry in recorded if entry.seq > self._after])
        ended = _ends(recorded)
        while recorded and follow and not ended:
            await asyncio.sleep(LOOK_EVERY_S)
            new = await store.journal.entries(self._call, after=self._after)
            self._print(new)
            ended = _ends(new)
        return bool(recorded)

    def _print(self, entries: list[Entry]) -> None:
        for entry in entries:
            typer.echo(_json_line(entry) if self._as_json else f"{entry.seq:>5}  {told(entry)}")
            self._after = entry.seq


def _account() -> PersonId:
    """Whoever is at the terminal has no sign-in name there, but an account of the machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return PersonId(f"account:{name}")


def _ends(entries: list[Entry]) -> bool:
    return any(isinstance(entry.event, CallEnded) for entry in entries)


async def _list(store: "Store", *, as_json: bool) -> None:
    import msgspec

    lines = await store.journal.calls(limit=MOST_CALLS)
    if as_json:
        for line in lines:
            typer.echo(msgspec.json.encode(line))
        return
    _print_table(lines)


def _print_table(lines: "list[CallLine]") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("call", "force", "doorway", "arrived", "ended", "entries", box=None)
    for line in lines:
        ended = f"{line.ended_at:%H:%M:%S}" if line.ended_at else "live"
        arrived = f"{line.arrived_at:%Y-%m-%d %H:%M:%SZ}"
        table.add_row(escape(line.call), line.force, line.doorway, arrived, ended, str(line.last_seq))
    out.print(table)


def _json_line(entry: Entry) -> bytes:
    import msgspec

    from server.services.wire import entry_fields

    return msgspec.json.encode({"call": entry.call, **entry_fields(entry)})
