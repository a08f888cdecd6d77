"""`earshot markers`: check the marker files, show one, begin a new one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.start import ConfigOption, JsonOption, out, refuse, settings_or_exit
from server.ports.language import BadMarkers, Reader
from server.services.analysing import said_in
from server.settings import BadSettings, Settings, load_forces

if TYPE_CHECKING:
    from server.adapters.language.reader import SpacyReader
    from server.domain.markers import Marker

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
BEGUN_OVERLAY = """\
id: {id}
prompts:                     # those that differ from the shipped ones: ask, yes_no, handler, specialist
  handler: "…"
rules:                       # further words for it
  - id: slang
    patterns:
      - <agent> ~3 …
examples:
  - "…"
near_misses: []
"""


def overlay_of(settings: Settings, force: str) -> Path | None:
    """The force's folder of markers, there or not; an unknown force ends the program."""
    from server.wiring.reading import overlay_folder

    if not force:
        return None
    try:
        known = [one.id for one in load_forces(settings.path(settings.forces.folder))]
    except BadSettings as bad:
        refuse(bad.mistakes)
    if force not in known:
        refuse([f"there is no force {force!r}; expected one of {', '.join(sorted(known))}"])
    return overlay_folder(settings, force)


def reader_for(settings: Settings, force: str) -> "SpacyReader":
    """The reader of this force's calls, or of calls of none; `refused` is why its overlay is not in force."""
    from server.adapters.language.reader import SpacyReader

    try:
        return SpacyReader(settings.path(settings.reading.markers), overlay_of(settings, force))
    except BadMarkers as bad:
        refuse(str(bad).splitlines())


@app.command()
def check(config: ConfigOption = None, force: ForceOption = "", as_json: JsonOption = False) -> None:
    """Read every file, and every example in it; say what is wrong. Exit 2 if anything is."""
    reader = reader_for(settings_or_exit(config), force)
    mistakes = [*reader.refused, *_misread(reader)]
    if mistakes:
        refuse(mistakes, as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"ok": True, "markers": sorted(reader.markers)}))
    else:
        out.print(f"{len(reader.markers)} markers, read without a mistake", highlight=False)


def _misread(reader: "SpacyReader") -> Iterator[str]:
    """Examples in which the marker is not sighted, and near misses in which it is."""
    for marker, line, wanted in reader.examples():
        if (marker in said_in(line, reader)) is not wanted:
            yield f"{marker}.yaml: {'expected to be sighted' if wanted else 'must not be sighted'}: {line!r}"


@app.command()
def show(marker: str, config: ConfigOption = None, force: ForceOption = "") -> None:
    """Say what a marker is, why, what it puts in front of people, and what it is heard in."""
    reader = reader_for(settings_or_exit(config), force)
    found = _named(marker, reader)
    texts = found.prompts
    lines = [found.title, f"class: {found.severity}", found.why, f"sources: {', '.join(found.sources)}"]
    named = (
        ("ask", texts.ask),
        ("yes or no", texts.yes_no),
        ("handler", texts.handler),
        ("specialist", texts.specialist),
    )
    lines += [f"{name}: {text}" for name, text in named]
    for one, line, wanted in reader.examples():
        if one == found.id:
            lines.append(f"{'sighted in' if wanted else 'left alone in'}: {line}")
    for line in lines:
        out.print(line, markup=False, highlight=False)
    if reader.refused:
        refuse(list(reader.refused))


def _named(marker: str, reader: Reader) -> "Marker":
    found = next((one for one in reader.markers.values() if one.id == marker), None)
    if found is None:
        refuse([f"there is no marker {marker!r}; expected one of {', '.join(sorted(reader.markers))}"])
    return found


@app.command()
def new(marker: str, config: ConfigOption = None, force: ForceOption = "") -> None:
    """Begin a marker file, or with --force a force's overlay of a shipped one. It must then be filled in."""
    settings = settings_or_exit(config)
    if not marker or not set(marker) <= set(NAME):
        refuse([f"expected a name of small letters and underlines, found {marker!r}"])
    overlay = overlay_of(settings, force)
    if overlay is not None:
        _named(marker, reader_for(settings, ""))
    file = (overlay or settings.path(settings.reading.markers)) / f"{marker}.yaml"
    if file.exists():
        refuse([f"{file.name} exists"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((BEGUN_OVERLAY if overlay else BEGUN).format(id=marker), encoding="utf-8")
    checking = f"earshot markers check{f' --force {force}' if force else ''}"
    out.print(f"begun {file}; fill it in, then: {checking}", markup=False, highlight=False)
