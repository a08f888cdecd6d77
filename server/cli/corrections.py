"""`earshot corrections`: what specialists made of the machine's markers, as labelled evidence."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person
from server.ports.people import UnknownPerson

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.services.corrections import Corrections

app = typer.Typer(help="What specialists made of the machine's markers.", no_args_is_help=True)

ForceOption = Annotated[str, typer.Option("--force", help="The force whose corrections are meant.")]
ByOption = Annotated[str, typer.Option("--by", help="Your sign-in name; it needs the right `export`.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="A new file that only you can read; else standard output.")
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


@app.command()
def count(force: ForceOption, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """How often each marker was judged what; no words."""
    counted = with_store(settings_or_exit(config), lambda store: _corrections(store).counts(ForceId(force)))
    if as_json:
        import json

        typer.echo(json.dumps([[marker, verdict, times] for (marker, verdict), times in counted.items()]))
        return
    from rich.table import Table

    table = Table("marker", "verdict", "times", box=None)
    for (marker, verdict), times in sorted(counted.items()):
        table.add_row(marker, verdict, str(times))
    out.print(table)


@app.command()
def export(
    by: ByOption,
    to: OutOption = None,
    password_stdin: StdinOption = False,
    config: ConfigOption = None,
) -> None:
    """The corrections of your force as lines for `earshot evaluate`. Every call says that its words left."""
    settings = settings_or_exit(config)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked()
    if to is not None and to.exists():
        fail(f"{to} exists already.")
    lines = with_store(settings, lambda store: _exported(store, PersonId(by), password))
    if to is None:
        for line in lines:
            typer.echo(line)
        return
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


async def _exported(store: "Store", by: PersonId, password: str) -> list[str]:
    from server.services.refusals import NoRight

    person = await _proved(store, by, password)
    try:
        return await _corrections(store).export(person)
    except NoRight:
        fail(
            "This account has not been given the right to export (earshot users rights NAME --right export)."
        )


async def _proved(store: "Store", by: PersonId, password: str) -> Person:
    """Whoever may read the database file can read the words; who exports them is still to be on record."""
    from server.adapters.store.passwords import Argon2Hasher

    try:
        person, password_hash = await store.people.person(by), await store.people.password_hash(by)
    except UnknownPerson:
        fail("The name or the password is wrong.")
    if not await Argon2Hasher().verify(password_hash, password):
        fail("The name or the password is wrong.")
    return person


def _corrections(store: "Store") -> "Corrections":
    from server.adapters.bus.local import LocalBus
    from server.services.corrections import Corrections
    from server.services.need_to_know import NeedToKnow
    from server.services.recording import Recorder

    return Corrections(
        recorder=Recorder(journal=store.journal, bus=LocalBus()),
        need_to_know=NeedToKnow(bars=store.bars, accesses=store.accesses),
    )


def _asked() -> str:
    return str(typer.prompt("Password", hide_input=True))
