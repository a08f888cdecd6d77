"""`earshot audit`: who looked at what, what was held, disclosed and erased, in a chain."""

import json
from typing import Annotated

import typer

from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.ids import CallId

app = typer.Typer(help="The record of looks, holds, disclosures and erasures.", no_args_is_help=True)

CallOption = Annotated[str | None, typer.Option("--call", help="Only of this call.")]
KindOption = Annotated[str | None, typer.Option("--kind", help="Only of this kind, such as erased.")]
HeadOption = Annotated[
    str | None, typer.Option("--head", help="The digest of the last line, as it was noted elsewhere.")
]


@app.command()
def verify(head: HeadOption = None, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Check every line against the one before. With a digest noted elsewhere, that none is missing."""
    settings = settings_or_exit(config)
    verdict = with_store(settings, lambda store: store.audit.verify())
    known = True
    if head is not None and verdict.broken_at is None:
        lines = with_store(settings, lambda store: store.audit.lines())
        known = any(line.digest == head for line in lines)
    if as_json:
        said = {"ok": verdict.broken_at is None and known, "lines": verdict.lines, "head": verdict.head}
        typer.echo(json.dumps({**said, "broken_at": verdict.broken_at}))
    if verdict.broken_at is not None:
        fail(f"The chain is broken at line {verdict.broken_at}: this or an earlier line was changed.")
    if not known:
        fail("The chain does not hold the line with this digest: its end has been taken away or replaced.")
    if not as_json:
        out.print(f"{verdict.lines} lines, whole. Head: {verdict.head}", highlight=False)


@app.command(name="list")
def list_lines(
    call: CallOption = None, kind: KindOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """What is in it, the oldest first. It holds no words of any call."""
    named = CallId(call) if call is not None else None
    lines = with_store(settings_or_exit(config), lambda store: store.audit.lines(call=named, kind=kind))
    if as_json:
        import msgspec

        for line in lines:
            typer.echo(msgspec.json.encode(line))
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("line", "at", "what", "who", "call", "facts", box=None)
    for line in lines:
        facts = ", ".join(f"{name} {value}" for name, value in line.facts.items())
        told = (line.at, line.kind, escape(line.person), escape(line.call or ""), escape(facts))
        table.add_row(str(line.seq), *told)
    out.print(table)
