"""Files of earlier calls, row by row: what cannot be read is said of its row, or of the file as a whole."""

import codecs
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.services.importing import Told

NO_TEXT = "is not in UTF-8: save the file as `CSV UTF-8`"
NO_JSON = "is no JSON"
NO_OBJECT = "is no object with names and values"
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
BROKEN = ("\udc00",)
"""No row of a file: there every such character stands for a byte above 127."""
SURROGATES = ("\ud800", "\udfff")


class Unreadable(Exception):
    """Why the whole file cannot be read; never with what stands in it."""


def reader_of(file: Path) -> Callable[[Path], Iterator["Told"]] | None:
    """By the ending of its name."""
    return {".csv": _csv, ".json": _json, ".jsonl": _lines}.get(file.suffix.casefold())


def _csv(file: Path) -> Iterator["Told"]:
    """The row of names is the first; rows are counted as spreadsheets count them."""
    _expect_utf8(file)
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
        rows = csv.reader(opened, strict=True)
        try:
            names = [name.strip() for name in next(rows, [])]
        except csv.Error:
            raise Unreadable("The first row cannot be read as the names of the columns") from None
        _expect_names(names)
        number = 1
        while (row := _next(rows)) is not None:
            number += 1
            if any(map(str.strip, row)):  # spreadsheets leave empty rows at the end
                yield _row(number, names, row)


def _next(rows: Iterator[list[str]]) -> Sequence[str] | None:
    """None at the end; a row that breaks the rules is given as one bad field."""
    try:
        return next(rows, None)
    except csv.Error:
        return BROKEN


def _row(number: int, names: Sequence[str], row: Sequence[str]) -> "Told":
    if row is BROKEN:
        return _spoilt(number, "its quotation marks do not close, or a field is far too long")
    if not all(map(_is_text, row)):
        return _spoilt(number, NO_TEXT)
    if len(row) != len(names):
        more = "more" if len(row) > len(names) else "fewer"
        return _spoilt(number, f"has {more} columns than the first row")
    return _told(number, dict(zip(names, row, strict=True)))


def _expect_utf8(file: Path) -> None:
    with file.open("rb") as opened:
        begins = opened.read(4)
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"The file {NO_TEXT}")


def _expect_names(names: Sequence[str]) -> None:
    if "ref" in names and "at" in names and len(names) == len(set(names)):
        return
    for delimiter, words in DELIMITERS.items():
        if any(delimiter in name for name in names):
            raise Unreadable(f"The columns stand apart by {words}: save the file with commas between them")
    if len(names) != len(set(names)):
        raise Unreadable("Two columns of the first row have the same name")
    raise Unreadable("The first row has to name the columns, among them ref and at")


def _json(file: Path) -> Iterator["Told"]:
    _expect_utf8(file)
    try:
        rows = json.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(f"The file {NO_TEXT}") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"The file {NO_JSON}") from None
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        yield _object(number, row)


def _lines(file: Path) -> Iterator["Told"]:
    _expect_utf8(file)
    with file.open(encoding="utf-8-sig", errors="surrogateescape") as opened:
        for number, line in enumerate(opened, 1):
            if line.strip():
                yield _line(number, line)


def _line(number: int, line: str) -> "Told":
    if not _is_text(line):
        return _spoilt(number, NO_TEXT)
    try:
        return _object(number, json.loads(line))
    except (ValueError, RecursionError):
        return _spoilt(number, NO_JSON)


def _object(number: int, row: object) -> "Told":
    """A list is several things apart by semicolons, as in a CSV."""
    if not isinstance(row, dict):
        return _spoilt(number, NO_OBJECT)
    fields: dict[str, str] = {}
    for name, value in row.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict | list | bool) for one in values):
            return _spoilt(number, f"{name[:40]}: expected text, or a list of texts")
        fields[name] = ";".join(str(one) for one in values if one is not None)
    return _told(number, fields) if all(map(_is_text, fields.values())) else _spoilt(number, NO_TEXT)


def _is_text(text: str) -> bool:
    low, high = SURROGATES
    return text.isascii() or not any(low <= one <= high for one in text)


def _told(number: int, fields: dict[str, str]) -> "Told":
    from server.services.importing import Told

    return Told(number=number, fields=fields)


def _spoilt(number: int, wrong: str) -> "Told":
    from server.services.importing import Told

    return Told(number=number, fields={}, wrong=wrong)
