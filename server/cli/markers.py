"""`earshot markers`: check the marker files, show one, begin a new one."""

import json
from pathlib import Path
from typing import Annotated

import typer

from server.cli.start import ConfigOption, JsonOption, out, refuse, settings_or_exit
from server.ports.language import BadMarkers, Reader

app = typer.Typer(help="Check the marker files, show one, begin a new one.", no_args_is_help=True)

ForceOption = Annotated[str, typer.Option("--force", help="With this force's own slang and prompts.")]
NAME = "abcdefghijklmnopqrstuvwxyz_"

BEGUN = """\
id: {id}
class: contextual            # immediate | high | contextual
title: "…"
order: 400
why: >-
  Why this matters, with a figure and its source.
sources: []
prompts:
  ask: "…?"
  yes_no: "…?"
  handler: "…"
  specialist: "…"
questions: []
unless: []
rules:
  - id: plain
    patterns:
      - <agent> ~3 …
flags: {{}}
examples:
  - "…"
near_misses:
  - "…"
"""


def _reader(config: Path | None, force: str) -> tuple[Reader, tuple[str, ...]]:
    from server.adapters.language.reader import SpacyReader

    settings = settings_or_exit(config)
    markers_dir = settings.path(settings.reading.markers)
    overlay = markers_dir.parent / "forces" / force / "markers" if force else None
    try:
        reader = SpacyReader(markers_dir, overlay)
    except BadMarkers as bad:
        refuse(str(bad).splitlines())
    return reader, reader.refused


@app.command()
def check(config: ConfigOption = None, force: ForceOption = "", as_json: JsonOption = False) -> None:
    """Read every file; say what is wrong by file and line. Exit 2 if anything is."""
    reader, refused = _reader(config, force)
    if refused:
        refuse(list(refused), as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"ok": True, "markers": sorted(reader.markers)}))
    else:
        out.print(f"{len(reader.markers)} markers, read without a mistake", highlight=False)


@app.command()
def show(marker: str, config: ConfigOption = None, force: ForceOption = "") -> None:
    """Say what a marker is, why, and what it puts in front of people."""
    reader, _ = _reader(config, force)
    found = next((one for one in reader.markers.values() if one.id == marker), None)
    if found is None:
        refuse([f"there is no marker {marker!r}; expected one of {', '.join(sorted(reader.markers))}"])
    texts = found.prompts
    lines = (found.title, f"class: {found.severity}", found.why, f"sources: {', '.join(found.sources)}")
    prompts = (texts.ask, texts.yes_no, texts.handler, texts.specialist)
    for line in (*lines, *prompts):
        out.print(line, markup=False, highlight=False)


@app.command()
def new(marker: str, config: ConfigOption = None) -> None:
    """Begin a marker file. It must be filled in before the server starts again."""
    settings = settings_or_exit(config)
    if not marker or not set(marker) <= set(NAME):
        refuse([f"expected a name of small letters and underlines, found {marker!r}"])
    file = settings.path(settings.reading.markers) / f"{marker}.yaml"
    if file.exists():
        refuse([f"{file.name} exists"])
    file.write_text(BEGUN.format(id=marker), encoding="utf-8")
    out.print(f"begun {file}; fill it in, then: earshot markers check", markup=False, highlight=False)
