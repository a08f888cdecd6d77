"""`earshot analyse`: written calls in, sightings and prompts out, one JSON line each."""

import json
import sys
from collections.abc import Iterable
from typing import TextIO

import typer

from server.cli.markers import ForceOption, reader_for
from server.cli.start import FAILED, ConfigOption, err, settings_or_exit
from server.ports.language import Reader
from server.services.analysing import BadLine, analysed, parsed


def analyse(config: ConfigOption = None, force: ForceOption = "") -> None:
    """Read written calls as JSON lines on stdin and say what the live reader would see in them."""
    reader = reader_for(settings_or_exit(config), force)
    for refused in reader.refused:
        err.print(f"overlay refused, read with the shipped markers: {refused}", markup=False, highlight=False)
    if analyse_lines(sys.stdin, reader, sys.stdout):
        raise typer.Exit(FAILED)


def analyse_lines(lines: Iterable[str], reader: Reader, out: TextIO) -> int:
    """Analyse every line that can be read; answer each of the others with an error. Returns how many."""
    refused = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = analysed(parsed(line), reader).as_json()
        except BadLine as error:
            refused += 1
            answer = json.dumps({"error": {"line": number, "expected": str(error)}})
        out.write(answer + "\n")
        out.flush()
    return refused
