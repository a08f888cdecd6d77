"""`earshot webhooks`: what other systems have not taken, to be tried again or let go."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import with_store

if TYPE_CHECKING:
    from server.domain.integrations import Posting

app = typer.Typer(help="What other systems were told, and have not taken.", no_args_is_help=True)

EndpointArgument = Annotated[str, typer.Argument(help="The endpoint's name.", metavar="ENDPOINT")]
OnlyOption = Annotated[str | None, typer.Option("--endpoint", help="Only what is for this endpoint.")]


@app.command(name="list")
def list_postings(
    endpoint: OnlyOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """What waits and what was given up, the oldest first."""
    postings = with_store(settings_or_exit(config), lambda store: store.outbox.waiting(endpoint))
    if as_json:
        typer.echo(msgspec.json.encode(postings))
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("endpoint", "topic", "call", "entry", "tries", "next", "why", box=None)
    for posting in postings:
        table.add_row(
            posting.endpoint,
            posting.topic,
            escape(posting.call),
            str(posting.seq),
            str(posting.tries),
            _next(posting),
            escape(posting.why),
        )
    out.print(table)


@app.command()
def retry(endpoint: EndpointArgument, config: ConfigOption = None) -> None:
    """Try what was given up from the beginning; a running server does so within seconds."""
    from server.adapters.clock import SystemClock

    now = SystemClock().now()
    count = with_store(settings_or_exit(config), lambda store: store.outbox.again(endpoint, now=now))
    out.print(f"{count} posting(s) will be tried again.", highlight=False)


@app.command()
def forget(endpoint: EndpointArgument, config: ConfigOption = None) -> None:
    """Let go of what was given up. The journal keeps the facts."""
    count = with_store(settings_or_exit(config), lambda store: store.outbox.forget(endpoint))
    out.print(f"{count} posting(s) forgotten.", highlight=False)


def _next(posting: "Posting") -> str:
    return "given up" if posting.dead_at is not None else f"{posting.next_at:%Y-%m-%d %H:%M:%SZ}"
