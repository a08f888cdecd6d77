"""`earshot`: one command, its verbs, and nothing loaded before it is asked for."""

import typer

from server.cli import (
    audit,
    corrections,
    disclose,
    history,
    journal,
    keys,
    markers,
    models,
    retention,
    users,
    vault,
    webhooks,
)
from server.cli.analyse import analyse
from server.cli.check import check
from server.cli.demo import demo
from server.cli.evaluate import evaluate
from server.cli.replay import replay
from server.cli.report import report
from server.cli.serve import serve

app = typer.Typer(
    name="earshot",
    help="Live listening for domestic-abuse specialists in police control rooms.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve)
app.command()(demo)
app.command()(replay)
app.command()(analyse)
app.command()(evaluate)
app.command()(check)
app.command()(report)
app.command(name="disclose")(disclose.disclose)
app.command(name="journal")(journal.journal)
app.add_typer(corrections.app, name="corrections")
app.add_typer(markers.app, name="markers")
app.add_typer(history.app, name="history")
app.add_typer(models.app, name="models")
app.add_typer(users.app, name="users")
app.add_typer(keys.app, name="keys")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(vault.app, name="vault")
app.add_typer(retention.app, name="retention")
app.add_typer(audit.app, name="audit")


def main() -> None:
    app()
