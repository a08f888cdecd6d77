"""`earshot vault`: the master key, what it seals, and whether recordings are as they were written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.start import ConfigOption, out, refuse, settings_or_exit
from server.cli.stores import fail, with_safe, with_store
from server.domain.ids import CallId

if TYPE_CHECKING:
    from server.settings import Settings
    from server.wiring.vault import Safe

app = typer.Typer(help="The master key and what it seals.", no_args_is_help=True)

CallArgument = Annotated[str, typer.Argument(help="A call's id.")]
SEALED_AT_ONCE = 500


@app.command()
def status(config: ConfigOption = None) -> None:
    """Which master keys are here, and how many calls' keys each has wrapped."""
    settings = settings_or_exit(config)
    wrapped = with_store(settings, lambda store: store.shelf.masters())
    here = _here(settings)
    for master in sorted(here | wrapped.keys()):
        note = "here" if master in here else "NOT HERE: what it wrapped cannot be read"
        out.print(f"{master}  {wrapped.get(master, 0)} keys  {note}", markup=False, highlight=False)


@app.command()
def rotate(config: ConfigOption = None) -> None:
    """Make a new master key, wrap every key with it, and take the old one out. Stop the server first.

    Keys that were erased then open in no old backup either, once the old master key is gone there too.
    """
    settings = settings_or_exit(config)
    if settings.vault.key.get_secret_value():
        refuse(
            ["vault.key: put the new key before the old one, run earshot vault rewrap, take the old one out"]
        )
    from server.adapters.vault.master import masters_in, new_master, write_masters
    from server.wiring.vault import masters_of

    path, old = settings.path(settings.vault.key_file), masters_of(settings)
    new = masters_in(new_master())
    with _alone(settings):
        write_masters(path, [*new, *old])
        count = with_safe(settings, lambda safe: safe.store.shelf.rewrap())
        write_masters(path, new)
    out.print(f"{count} keys wrapped by the new master key in {path}.", highlight=False)


@app.command()
def rewrap(config: ConfigOption = None) -> None:
    """Wrap every key with the first master key. Stop the server first."""
    settings = settings_or_exit(config)
    with _alone(settings):
        count = with_safe(settings, lambda safe: safe.store.shelf.rewrap())
    out.print(f"{count} keys wrapped anew.", highlight=False)


@app.command(name="accept-loss")
def accept_loss(config: ConfigOption = None) -> None:
    """Go on after a master key was lost: what it wrapped can never be read again."""
    settings = settings_or_exit(config)
    here = _here(settings)
    gone = with_store(settings, lambda store: store.retention.accept_loss(here))
    out.print(f"{gone} keys given up. It is in the audit.", highlight=False)


@app.command()
def seal(config: ConfigOption = None) -> None:
    """Seal what lies in the clear from before there were keys; the nightly run does it too, bit by bit."""

    async def work(safe: "Safe") -> int:
        count = 0
        while done := await safe.store.retention.seal(limit=SEALED_AT_ONCE):
            count += done
        return count

    out.print(f"{with_safe(settings_or_exit(config), work)} entries sealed.", highlight=False)


@app.command()
def verify(call: CallArgument, config: ConfigOption = None) -> None:
    """Open and hash a call's whole recording, and compare it with what its journal says."""
    settings = settings_or_exit(config)

    async def work(safe: "Safe") -> list[str]:
        from server.services.proving import proof_of

        return await proof_of(safe.store.journal, safe.vault, CallId(call))

    wrong = with_safe(settings, work)
    if wrong:
        fail("\n".join(wrong))
    out.print("The recording is as it was written.")


@contextmanager
def _alone(settings: "Settings") -> Iterator[None]:
    """A running server would go on with the master key that it began with."""
    from server.adapters.store import StoreRefused
    from server.adapters.store.sole import sole_server

    try:
        with sole_server(settings.url(settings.store.url)):
            yield
    except StoreRefused as refused:
        fail(f"{refused}: stop the server first.")


def _here(settings: "Settings") -> frozenset[str]:
    from server.settings import BadSettings
    from server.wiring.vault import sealer_here

    try:
        sealer = sealer_here(settings)
    except BadSettings as bad:
        refuse(bad.mistakes)
    return sealer.masters if sealer is not None else frozenset()
