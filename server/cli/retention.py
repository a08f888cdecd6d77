"""`earshot retention`: how long what is kept, what is held, what is due, and erasing with a certificate."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import fail, with_safe, with_store
from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part

if TYPE_CHECKING:
    from server.domain.retention import AuditLine, RecordClass, RunReport
    from server.services.holding import Holding
    from server.settings import Settings
    from server.wiring.vault import Safe

app = typer.Typer(help="How long what is kept, holds, and erasing.", no_args_is_help=True)

CallArgument = Annotated[str, typer.Argument(help="A call's id.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides this: a sign-in name, for the record.")]
WhyOption = Annotated[
    str, typer.Option("--why", help="The reason, for the record. No names of people on the call.")
]
SecondOption = Annotated[str, typer.Option("--second", help="Who agrees: another sign-in name.")]
OnlySoundOption = Annotated[
    bool, typer.Option("--recording", help="Only the sound and pictures, not the words.")
]
MOST = 500


@app.command()
def table(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """The classes of records, how long each is kept, and why."""
    classes = _classes(settings_or_exit(config))
    if as_json:
        typer.echo(json.dumps([[one.id, one.keep.days, one.why] for one in classes]))
        return
    from rich.table import Table

    shown = Table("class", "what", "calls", "days", "why", box=None)
    for one in classes:
        what = " and ".join(sorted(one.parts)) or one.of
        shown.add_row(one.id, what, one.calls if one.parts else "", str(one.keep.days), one.why)
    out.print(shown)


@app.command()
def due(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """What the next run would erase, and what it would leave because it is held."""
    settings = settings_or_exit(config)
    found = with_safe(settings, lambda safe: _due(safe, settings, _classes(settings)))
    if as_json:
        typer.echo(json.dumps(found))
        return
    for call, name, held in found:
        out.print(f"{call}  {name}{'  (held)' if held else ''}", markup=False, highlight=False)


@app.command()
def run(config: ConfigOption = None) -> None:
    """Erase now what is due, as every night, and say what was done."""
    settings = settings_or_exit(config)
    report = with_safe(settings, lambda safe: _run(safe, settings))
    out.print(
        f"{len(report.erased)} erased, {len(report.held)} held, {len(report.failed)} failed.", highlight=False
    )
    if report.failed:
        fail("Some calls could not be erased; the log says why. The next run tries again.")


@app.command()
def erase(
    call: CallArgument,
    by: ByOption,
    why: WhyOption,
    recording: OnlySoundOption = False,
    config: ConfigOption = None,
) -> None:
    """Destroy a call's keys now, for good, and print the certificate."""
    settings = settings_or_exit(config)
    parts = frozenset(Part) - {Part.WORDS} if recording else frozenset(Part)

    async def work(safe: "Safe") -> "AuditLine":
        from server.wiring.erasing import erasing_of
        from server.wiring.searching import search_in
        from server.wiring.training import played_in

        async with search_in(settings, safe.store.shelf) as index, played_in(settings) as played:
            erasing = erasing_of(safe.store, safe.vault, index, played)
            return await erasing.erase(CallId(call), parts, by=by, why=why)

    _print_certificate([with_safe(settings, work)])


@app.command()
def certificate(call: CallArgument, config: ConfigOption = None) -> None:
    """What the audit says of a call's erasure."""
    lines = with_store(settings_or_exit(config), lambda store: store.audit.lines(call=CallId(call)))
    told = [line for line in lines if line.kind in ("erased", "erasure checked")]
    if not told:
        fail("Nothing of this call was erased.")
    _print_certificate(told)


@app.command()
def hold(call: CallArgument, by: ByOption, why: WhyOption, config: ConfigOption = None) -> None:
    """Keep a call whatever its time: a legal hold."""
    settings = settings_or_exit(config)
    with_safe(settings, lambda safe: _holding(safe).place(CallId(call), by=PersonId(by), why=why))


@app.command()
def lift(
    call: CallArgument, by: ByOption, second: SecondOption, why: WhyOption, config: ConfigOption = None
) -> None:
    """End a hold, which takes two people. What is due is then erased by the next run."""
    if by == second:
        fail("Somebody else has to agree.")

    async def work(safe: "Safe") -> None:
        await _holding(safe).ask_lift(CallId(call), by=PersonId(by), why=why)
        await _holding(safe).agree_lift(CallId(call), by=PersonId(second))

    with_safe(settings_or_exit(config), work)


@app.command()
def holds(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """The calls that are held, by whom, since when. Why is in each call's journal."""
    found = with_store(settings_or_exit(config), lambda store: store.retention.holds())
    for one in found:
        if as_json:
            typer.echo(json.dumps({"call": one.call, "by": one.by, "at": one.at.isoformat()}))
        else:
            out.print(f"{one.call}  {one.by}  {one.at:%Y-%m-%d %H:%MZ}", markup=False, highlight=False)


def _classes(settings: "Settings") -> "tuple[RecordClass, ...]":
    from server.cli.start import refuse
    from server.settings import BadSettings
    from server.settings.retention import load_retention

    try:
        return load_retention(settings.path(settings.vault.retention))
    except BadSettings as bad:
        refuse(bad.mistakes)


async def _due(
    safe: "Safe", settings: "Settings", classes: "tuple[RecordClass, ...]"
) -> list[tuple[str, str, bool]]:
    from server.wiring.erasing import erasing_of
    from server.wiring.searching import search_in

    held = {one.call for one in await safe.store.retention.holds()}
    async with search_in(settings, safe.store.shelf) as index:
        erasing = erasing_of(safe.store, safe.vault, index)
        return [
            (name, one.id, name in held) for one in classes for name in await erasing.due(one, limit=MOST)
        ]


async def _run(safe: "Safe", settings: "Settings") -> "RunReport":
    from server.wiring.erasing import erasing_of
    from server.wiring.searching import search_in
    from server.wiring.training import played_in

    async with search_in(settings, safe.store.shelf) as index, played_in(settings) as played:
        return await erasing_of(safe.store, safe.vault, index, played).run(_classes(settings))


def _holding(safe: "Safe") -> "Holding":
    from server.adapters.bus.local import LocalBus
    from server.services.holding import Holding
    from server.services.recording import Recorder

    recorder = Recorder(journal=safe.store.journal, bus=LocalBus())
    return Holding(recorder=recorder, retention=safe.store.retention)


def _print_certificate(lines: "list[AuditLine]") -> None:
    for line in lines:
        out.print(f"{line.kind}: {line.call} by {line.person} at {line.at}", markup=False, highlight=False)
        for name, value in line.facts.items():
            out.print(f"  {name}: {value}", markup=False, highlight=False)
        out.print(f"  audit line {line.seq}, digest {line.digest}", markup=False, highlight=False)
