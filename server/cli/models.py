"""`earshot models`: which speech models there are, fetching one, and checking that one is whole."""

import asyncio
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Column, Table

from server.adapters.speech.models.catalogue import (
    CatalogueBroken,
    Entry,
    UnknownModel,
    entry_named,
    load_catalogue,
)
from server.adapters.speech.models.digests import differences, read_record
from server.adapters.speech.models.download import DownloadFailed, Unreachable, download
from server.adapters.speech.models.install import ArchiveRefused, Arrival, DigestDiffers, install
from server.adapters.speech.models.structure import check_model, is_demonstration

FAULTY = 1
UNKNOWN = 2
UNREACHABLE = 3
REFUSED = 4

app = typer.Typer(
    help="Speech models: list, fetch and verify.",
    no_args_is_help=True,
    epilog="Exit codes: 1 a model is faulty, 2 no such model, 3 not downloaded, 4 the archive is refused.",
)


def models_folder() -> Path:
    """Find the models beside this checkout, else those that came with the installed package."""
    root = Path(__file__).resolve().parents[2]
    beside = root / "models/speech"
    return beside if beside.exists() else root / "server/share/models/speech"


HERE = models_folder()

Folder = Annotated[Path, typer.Option("--into", help="The folder that holds the models.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


class Listed(msgspec.Struct, frozen=True):
    name: str
    title: str
    url: str
    size_bytes: int
    licence: str
    installed: bool
    demonstration: bool
    digest: str
    """`pinned`, `recorded` or `none yet`."""


class Verified(msgspec.Struct, frozen=True):
    name: str
    problems: list[str]


@app.command(name="list")
def list_models(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List the models that can be had, and which are installed."""
    entries = _catalogue(folder)
    listed = [_listed(entry, folder) for entry in (*entries, *_strangers(folder, entries))]
    if as_json:
        typer.echo(msgspec.json.encode(listed).decode())
        return
    table = Table(Column("model", no_wrap=True), "size", "here", "digest", "about")
    for model in listed:
        size = f"{model.size_bytes / 1e6:,.0f} MB" if model.size_bytes else ""
        table.add_row(
            model.name,
            size,
            "yes" if model.installed else "",
            model.digest,
            f"{model.title} ({model.licence})",
        )
    Console().print(table)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A model of `earshot models list`.")],
    from_file: Annotated[
        Path | None, typer.Option(help="Install from this archive; nothing is downloaded.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Download a model, check it and install it; an interrupted download goes on where it stopped."""
    entry = _wanted(name, folder, from_file)
    archive = from_file or folder / f"{name}.zip"
    if from_file is None:
        _downloaded(entry, archive, quiet=as_json)
    try:
        origin = entry.url if from_file is None else from_file.name
        arrival = Arrival(name=name, archive=archive, origin=origin, pinned_sha256=entry.sha256)
        place = install(arrival, folder)
    except (ArchiveRefused, DigestDiffers, OSError, ValueError) as error:
        if from_file is None and not isinstance(error, OSError):
            archive.unlink(missing_ok=True)
        _end(f"{name} was not installed: {error}", REFUSED)
    if from_file is None:
        archive.unlink()
    _say_installed(name, place, as_json=as_json)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="All installed models, if none is named.")] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compute the digests again and compare them with those of the install."""
    verified = [Verified(name, _problems(name, folder)) for name in names or _installed(folder)]
    if as_json:
        typer.echo(msgspec.json.encode(verified).decode())
    else:
        for model in verified:
            typer.echo(f"{model.name}: {'; '.join(model.problems) or 'whole'}")
    if any(model.problems for model in verified):
        raise typer.Exit(FAULTY)


def _catalogue(folder: Path) -> tuple[Entry, ...]:
    try:
        # A folder of the force's own needs no catalogue: the one that came with the product serves.
        return load_catalogue(folder if (folder / "catalogue.toml").exists() else HERE)
    except CatalogueBroken as error:
        _end(str(error), FAULTY)


def _wanted(name: str, folder: Path, from_file: Path | None) -> Entry:
    try:
        entry = entry_named(name, _catalogue(folder))
    except UnknownModel as error:
        if from_file is None:
            _end(str(error), UNKNOWN)
        return Entry(name=name, title="Not in the catalogue", size_bytes=0, licence="unknown")
    if not entry.url and from_file is None:
        _end(f"{name} is built in; there is nothing to fetch", UNKNOWN)
    return entry


def _downloaded(entry: Entry, archive: Path, *, quiet: bool) -> None:
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task(entry.name, total=entry.size_bytes)
            asyncio.run(
                download(
                    entry.url,
                    archive,
                    lambda here, total: bar.update(task, completed=here, total=total or entry.size_bytes),
                )
            )
    except Unreachable:
        _end(
            f"{entry.name} was not fetched: there is no way to {entry.url} from here.\n"
            f"Fetch that file on a machine that has one, bring it here, and run\n"
            f"  earshot models fetch {entry.name} --from-file {entry.url.rpartition('/')[2]}",
            UNREACHABLE,
        )
    except DownloadFailed as error:
        _end(f"{entry.name} was not fetched: {error}", UNREACHABLE)
    except KeyboardInterrupt:
        _end(f"{entry.name} was not fetched; run it again to go on where it stopped", UNREACHABLE)


def _say_installed(name: str, place: Path, *, as_json: bool) -> None:
    record = read_record(place.parent, name)
    digest = record.archive_sha256 if record else ""
    if as_json:
        installed = {"name": name, "path": str(place), "archive_sha256": digest}
        typer.echo(msgspec.json.encode(installed).decode())
        return
    typer.echo(f'{name} is installed. To hear with it, set in the [speech] section: engine = "vosk:{place}"')


def _problems(name: str, folder: Path) -> list[str]:
    problems = check_model(folder / name)
    try:
        record = read_record(folder, name)
    except ValueError as error:
        return [*problems, str(error)]
    if record is None:
        return [*problems, "its digests were never recorded"]
    return problems + differences(folder / name, record)


def _installed(folder: Path) -> list[str]:
    return sorted(path.parents[1].name for path in folder.glob("[!.]*/am/final.mdl"))


def _strangers(folder: Path, entries: tuple[Entry, ...]) -> list[Entry]:
    known = {entry.name for entry in entries}
    titled = "Installed from a file; not in the catalogue"
    return [
        Entry(name=name, title=titled, size_bytes=0, licence="unknown")
        for name in _installed(folder)
        if name not in known
    ]


def _listed(entry: Entry, folder: Path) -> Listed:
    recorded = (folder / f"{entry.name}.digests.json").exists()
    digest = "pinned" if entry.sha256 else "recorded" if recorded else "none yet"
    return Listed(
        name=entry.name,
        title=entry.title,
        url=entry.url,
        size_bytes=entry.size_bytes,
        licence=entry.licence,
        installed=(folder / entry.name / "am/final.mdl").exists(),
        demonstration=entry.built_in or is_demonstration(folder / entry.name),
        digest=digest,
    )


def _end(why: str, code: int) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(code)
