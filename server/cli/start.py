"""What every command begins with: settings, logs, and a plain word when they are wrong."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from server.settings import BadSettings, Draft, Settings, draft, load
from server.settings.logs import set_up_logs

OK, FAILED, MISUSED = 0, 1, 2
"""Exit codes: done; done and the answer is bad; could not be tried (arguments, settings)."""

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file; else $EARSHOT_CONFIG, else config/earshot.toml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def settings_or_exit(config: Path | None = None) -> Settings:
    """The settings, with logging set up by them; mistakes are all printed, and end the program."""
    try:
        settings = load(config)
    except BadSettings as bad:
        refuse(bad.mistakes)
    set_up_logs(settings.logging)
    return settings


def draft_settings(config: Path | None = None) -> Draft:
    """The settings, right or wrong, with logging set up by them, for a command that checks further."""
    found = draft(config)
    set_up_logs(found.settings.logging)
    return found


def all_mistakes(found: Draft, settings: Settings, *, needs_token: bool = True) -> list[str]:
    """What keeps a server from starting with these settings, the draft's own or those made from them."""
    from server.wiring.checks import mistakes_in

    return [*found.mistakes, *mistakes_in(settings, needs_token=needs_token, unsure=found.unsure)]


def refuse(mistakes: list[str], *, as_json: bool = False) -> NoReturn:
    """Print every mistake and exit with `MISUSED`."""
    if as_json:
        typer.echo(json.dumps({"ok": False, "mistakes": mistakes}))
    else:
        err.print(f"[bold]{len(mistakes)} thing(s) to put right:[/bold]", highlight=False)
        for mistake in mistakes:
            err.print(f"  • {mistake}", markup=False, highlight=False)
    raise typer.Exit(MISUSED)
