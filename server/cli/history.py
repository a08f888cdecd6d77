"""`earshot history`: bring in what a force knows of its earlier calls."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.history_files import Unreadable, reader_of
from server.cli.start import FAILED, ConfigOption, err, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.ids import ForceId

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.services.importing import Report, Told
    from server.settings import Settings

app = typer.Typer(help="The history of calls that new ones are linked to.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="A file of rows: .csv, .json (a list) or .jsonl.")]
ForceOption = Annotated[str, typer.Option("--force", help="The force whose calls they are.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Judge every row and bring in nothing.")]


@app.callback()
def history() -> None:
    """The history of calls that new ones are linked to."""


@app.command(name="import")
def bring_in(
    file: FileArgument, force: ForceOption, dry_run: DryOption = False, config: ConfigOption = None
) -> None:
    """Bring in a force's calls: all of the file, or with one bad row nothing. What is there already stays."""
    settings = settings_or_exit(config)
    rows = _rows_of(file)
    report = with_store(settings, lambda store: _brought(settings, store, ForceId(force), rows, dry_run))
    for line in report.bad:
        typer.echo(line, err=True)
    if not report.rows:
        fail("The file holds no rows: nothing was brought in.")
    if report.bad:
        err.print(f"{len(report.bad)} of {report.rows} rows are bad: nothing was brought in.")
        raise typer.Exit(FAILED)
    if dry_run:
        typer.echo(f"{report.rows} rows are good. Nothing was brought in: this was a dry run.")
    else:
        typer.echo(f"{report.brought_in} calls brought in; {report.held} were there already and stay.")


async def _brought(
    settings: "Settings", store: "Store", force: ForceId, rows: Callable[[], Iterable["Told"]], dry_run: bool
) -> "Report":
    from server.adapters.clock import SystemClock
    from server.adapters.language.marker_heads import markers_alone
    from server.adapters.matching.matcher import LibraryMatcher
    from server.adapters.store.sole import sole_import
    from server.services.importing import About, FileChanged, Importing
    from server.settings import load_forces

    own = [one for one in load_forces(settings.path(settings.forces.folder)) if one.id == force]
    if not own:
        fail("There is no such force (forces.folder).")
    importing = Importing(
        About(force=force, zone=own[0].rota.zone, now=SystemClock().now()),
        history=store.history,
        matcher=LibraryMatcher(),
        markers=markers_alone(settings.path(settings.reading.markers)),
    )
    with sole_import(settings.url(settings.store.url)):
        try:
            return await importing.bring_in(rows, dry_run=dry_run)
        except FileChanged:
            fail("The file was changed while it was read: nothing was brought in.")


def _rows_of(file: Path) -> Callable[[], Iterable["Told"]]:
    read = reader_of(file)
    if read is None:
        fail("The file has to be .csv, .json or .jsonl.")

    def rows() -> Iterator["Told"]:
        try:
            yield from read(file)
        except Unreadable as wrong:
            fail(f"{wrong}: nothing was brought in.")
        except OSError as error:
            fail(f"{file} cannot be read ({type(error).__name__}): nothing was brought in.")

    return rows
