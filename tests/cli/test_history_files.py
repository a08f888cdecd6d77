"""Files of earlier calls as they really come: every row is read, or named with what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli.history_files import Unreadable, reader_of
from server.services.importing import Told

HEAD = "ref,at,caller,outcome\n"
GOOD = "MP-1,2026-02-01 22:15,07700 900123,arrest\n"
Reading = Callable[[str, bytes], list[Told]]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    def reading(name: str, content: bytes) -> list[Told]:
        file = tmp_path / name
        file.write_bytes(content)
        reader = reader_of(file)
        assert reader is not None
        return list(reader(file))

    return reading


def wrong(rows: list[Told]) -> dict[int, str]:
    return {row.number: row.wrong for row in rows if row.wrong}


def test_a_file_of_a_spreadsheet_is_read_with_its_mark_its_line_ends_and_its_empty_rows(
    read: Reading,
) -> None:
    text = "\ufeff" + HEAD + 'MP-1,2026-02-01 22:15,07700 900123,"no unit,\nrung back"\n,,,\n'
    [row] = read("x.CSV", text.replace("\n", "\r\n").encode())
    assert row.fields["ref"] == "MP-1"
    assert row.fields["outcome"].split() == ["no", "unit,", "rung", "back"]


def test_bytes_that_are_no_text_are_said_of_their_row_and_the_others_read(read: Reading) -> None:
    rows = read("x.csv", (HEAD + GOOD + GOOD.replace("arrest", "caf\u00e9") + GOOD).encode("latin-1"))
    assert wrong(rows) == {3: "is not in UTF-8: save the file as `CSV UTF-8`"}
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("MP-2,2026-02-01 22:15,07700 900123,no unit, rung back\n", "more columns"),
        ("MP-2,2026-02-01 22:15,0770\n", "fewer columns"),
        ('MP-2,2026-02-01 22:15,07700 900123,"he said "no" to us"\n', "quotation marks"),
    ],
)
def test_a_row_that_slipped_is_named_and_the_one_after_it_read(read: Reading, row: str, said: str) -> None:
    rows = read("x.csv", (HEAD + row + GOOD).encode())
    assert list(wrong(rows)) == [2]
    assert said in wrong(rows)[2]
    assert rows[1].fields["ref"] == "MP-1"


def test_quotation_marks_that_never_close_swallow_no_rows_unseen(read: Reading) -> None:
    rows = read("x.csv", (HEAD + 'MP-0,2026-02-01 22:15,07700 900123,"arrest\n' + GOOD * 3).encode())
    assert list(wrong(rows)) == [2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((HEAD + GOOD).replace(",", ";").encode(), "semicolons"),
        ((HEAD + GOOD).replace(",", "\t").encode(), "tabs"),
        ((HEAD + GOOD).encode("utf-16"), "UTF-8"),
        (GOOD.encode(), "name the columns"),
        (b"", "name the columns"),
        (("ref,at,at\n" + GOOD).encode(), "same name"),
        (bytes(range(128, 256)) * 40, "name the columns"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(read: Reading, content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read("x.csv", content)


def test_lines_that_are_no_json_or_hold_no_texts_are_named_one_by_one(read: Reading) -> None:
    lines = (
        b'{"ref": "MP-1", "caller": 7700900123, "people": ["Ann Lee", "Bo Lee"], "grade": null}',
        b'{"ref": "MP-2"',
        b"[1]",
        b'{"ref": "MP-3", "address": {"street": "Maple Road"}}',
        b'{"ref": "MP-4", "outcome": "\\ud800"}',
        b'{"ref": "\xff"}',
        b"[" * 100_000,
        b"9" * 5000,
        b'{"ref": "MP-5"}',
    )
    rows = read("x.jsonl", b"\n".join(lines))
    assert rows[0].fields == {"ref": "MP-1", "caller": "7700900123", "people": "Ann Lee;Bo Lee", "grade": ""}
    assert list(wrong(rows)) == [2, 3, 4, 5, 6, 7, 8]
    assert rows[-1].fields == {"ref": "MP-5"}


@pytest.mark.parametrize("content", [b'[{"ref": 1}', b"\xff", b"[" * 100_000, "[]".encode("utf-16")])
def test_a_list_that_is_no_json_is_refused_whole(read: Reading, content: bytes) -> None:
    with pytest.raises(Unreadable):
        read("x.json", content)


def test_other_files_are_none(tmp_path: Path) -> None:
    assert reader_of(tmp_path / "x.xlsx") is None
