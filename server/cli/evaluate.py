"""`earshot evaluate`: how well the reader does on labelled lines."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from server.cli.start import FAILED, ConfigOption, JsonOption, err, out, refuse, settings_or_exit
from server.domain.ids import MarkerId
from server.domain.measures import Share, Tally
from server.domain.mishearing import BadConfusions, Confusions, misheard_text, read_confusions
from server.ports.language import BadMarkers, Reader
from server.services.analysing import BadLine
from server.services.evaluating import Kept, Mishear, Report, evaluated, kept

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Labelled JSON lines.", exists=True, dir_okay=False)
]


MishearOption = Annotated[
    float, typer.Option("--misheard", min=0, max=0.9, help="Also read with this share of words misheard.")
]
ConfusionsOption = Annotated[
    Path, typer.Option("--confusions", help="The table of what the recogniser mishears.")
]
SEED = 999


def evaluate(
    files: FilesArgument,
    mishear: MishearOption = 0.0,
    confusions: ConfusionsOption = Path("models/risk/confusions.tsv"),
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the reader on labelled utterances, question pairs, calls and plain talk."""
    from server.adapters.language.reader import SpacyReader

    settings = settings_or_exit(config)
    try:
        reader = SpacyReader(settings.path(settings.reading.markers))
        report = evaluated(_lines(files), reader)
        left = _left(files, reader, _table(confusions), mishear) if mishear else None
    except BadMarkers as bad:
        refuse(str(bad).splitlines(), as_json=as_json)
    except BadLine as bad:
        err.print(str(bad), markup=False, highlight=False)
        raise typer.Exit(FAILED) from bad
    if as_json:
        typer.echo(json.dumps(as_values(report) | ({"misheard": asdict(left)} if left else {})))
        return
    _print(report)
    if left is not None:
        out.print(
            f"recall kept with {left.rate:.0%} of words misheard: all {left.micro:.3f}, "
            f"immediate markers {left.immediate:.3f}"
        )


def _table(file: Path) -> Confusions:
    try:
        with file.open(encoding="utf-8") as lines:
            return read_confusions(lines)
    except (OSError, UnicodeDecodeError, BadConfusions) as bad:
        refuse([f"{file}: expected a table of confusions: {bad}"])


def _left(files: list[Path], reader: Reader, table: Confusions, rate: float) -> Kept:
    """Both readings are of words without stops: what is lost is lost by mishearing alone."""
    clear, heard = (evaluated(_lines(files), reader, _ear(table, at)) for at in (0.0, rate))
    return kept(clear, heard, rate)


def _ear(table: Confusions, rate: float) -> Mishear:
    rng = random.Random(SEED)  # noqa: S311 (repeatable on purpose; no secret)
    return lambda text: misheard_text(text, table, rate=rate, rng=rng)


def _lines(files: list[Path]) -> Iterator[str]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from lines


def as_values(report: Report) -> dict[str, object]:
    """The report for a program to read."""
    return {
        "by_marker": {marker: _tally(tally) for marker, tally in report.by_marker.items()},
        "micro": _tally(report.micro),
        "micro_f1_interval": [report.micro_f1.low, report.micro_f1.high],
        **{name: _share(share) for name, share in _shares(report).items()},
        "pairs": _tally(report.pairs),
        "call_prompts": _tally(report.call_prompts),
        "mean_turns_late": report.mean_turns_late,
        "mean_seconds_late": report.mean_seconds_late,
        "false_prompts_per_hour": report.false_prompts_per_hour,
        "false_markers_per_hour": report.false_markers_per_hour,
        "hours": dict(report.hours),
    }


def _shares(report: Report) -> Mapping[str, Share]:
    return {
        "immediate_recall": report.immediate_recall,
        "hard_negatives_clean": report.hard_negatives_clean,
        "handler_clean": report.handler_clean,
        "forbidden_left_alone": report.forbidden_left_alone,
        "domestic_found": report.domestic_found,
        "others_left_alone": report.others_left_alone,
        "on_time": report.on_time,
    }


def _share(share: Share) -> dict[str, float]:
    within = share.interval
    return {"value": share.value, "hits": share.hits, "of": share.of, "low": within.low, "high": within.high}


def _tally(tally: Tally) -> dict[str, float]:
    return {
        "precision": tally.precision.value,
        "recall": tally.recall.value,
        "f1": tally.f1,
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
    }


def _print(report: Report) -> None:
    table = Table("marker", "precision", "recall", "F1", "right", "wrong", "missed")
    rows: list[tuple[MarkerId | str, Tally]] = [*report.by_marker.items(), ("all utterances", report.micro)]
    rows += [("question pairs", report.pairs), ("prompts in domestic calls", report.call_prompts)]
    for name, tally in rows:
        scores = (tally.precision.value, tally.recall.value, tally.f1)
        counts = (tally.right, tally.wrong, tally.missed)
        table.add_row(name, *(f"{score:.3f}" for score in scores), *map(str, counts))
    out.print(table)
    out.print(f"micro F1 {report.micro.f1:.3f} ({report.micro_f1.low:.3f} to {report.micro_f1.high:.3f})")
    for name, share in _shares(report).items():
        within = share.interval
        counted = f"{share.hits}/{share.of}, {within.low:.3f} to {within.high:.3f}"
        out.print(f"{name.replace('_', ' ')} {share.value:.3f} ({counted})")
    out.print(f"false prompts per hour of other calls {report.false_prompts_per_hour:.1f}")
    out.print(f"false markers per hour of plain talk {report.false_markers_per_hour:.1f}")
    out.print(f"late: {report.mean_turns_late:.2f} turns, {report.mean_seconds_late:.1f} s on average")
