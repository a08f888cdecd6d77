"""`earshot keys`: which of the control room's systems may use the API, and for what."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from server.cli.start import ConfigOption, JsonOption, out, refuse, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.ids import ForceId
from server.domain.integrations import ApiKey, Scope
from server.ports.integrations import UnknownKey

if TYPE_CHECKING:
    from server.adapters.store import Store

app = typer.Typer(help="Keys of other systems to the API.", no_args_is_help=True)

SystemArgument = Annotated[str, typer.Argument(help="Which system it is for, such as cad.", metavar="SYSTEM")]
ForceOption = Annotated[str, typer.Option("--force", help="The force whose calls it opens.")]
ScopeOption = Annotated[
    list[Scope], typer.Option("--scope", help="What it opens; give one or more.", show_default=False)
]
DaysOption = Annotated[
    int | None, typer.Option("--days", min=1, help="How long it lasts; else until revoked.")
]
KeyArgument = Annotated[str, typer.Argument(help="The key's id, as listed.", metavar="KEY")]


@app.command()
def add(
    system: SystemArgument,
    force: ForceOption,
    scope: ScopeOption,
    days: DaysOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a key. It is printed once, and only its hash is kept."""
    from server.adapters.clock import SystemClock
    from server.services.api_keys import ApiKeys
    from server.settings import BadSettings, load_forces

    settings = settings_or_exit(config)
    try:
        known = [known.id for known in load_forces(settings.path(settings.forces.folder))]
    except BadSettings as bad:
        refuse(bad.mistakes)
    if force not in known:
        refuse([f"--force: expected one of {', '.join(known)}, got {force!r}"])
    if not system.isprintable() or not 1 <= len(system) <= 80:
        refuse(["SYSTEM: expected 1 to 80 printable characters"])
    lasts = timedelta(days=days) if days is not None else None

    async def issue(store: "Store") -> str:
        keys = ApiKeys(book=store.keys, clock=SystemClock())
        return (await keys.issue(system, ForceId(force), scope, lasts=lasts))[1]

    typer.echo(with_store(settings, issue, make=True))


@app.command(name="list")
def list_keys(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Every key, without its secret."""
    keys = with_store(settings_or_exit(config), lambda store: store.keys.keys())
    if as_json:
        typer.echo(msgspec.json.encode(keys))
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("key", "system", "force", "opens", "made", "ends", box=None)
    for key in keys:
        scopes = " ".join(sorted(key.scopes))
        table.add_row(key.id, escape(key.system), key.force, scopes, f"{key.made_at:%Y-%m-%d}", _end(key))
    out.print(table)


@app.command()
def revoke(key: KeyArgument, config: ConfigOption = None) -> None:
    """Take a key away, from its next request on."""
    from server.adapters.clock import SystemClock

    try:
        with_store(settings_or_exit(config), lambda store: store.keys.revoke(key, SystemClock().now()))
    except UnknownKey:
        fail("There is no such key.")


def _end(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d %H:%MZ}"
    return f"{key.until:%Y-%m-%d}" if key.until is not None else ""
