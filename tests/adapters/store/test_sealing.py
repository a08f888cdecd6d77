"""What was said lies sealed in the database, and opens for whoever holds the key."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

from server.adapters.store import Store, open_store
from server.adapters.store.bodies import OPEN_KINDS
from server.adapters.vault import AesSealer
from server.domain.events import CallArrived, LineOpened, UtteranceHeard
from server.domain.ids import CallId, ForceId
from server.domain.speech import Party, Utterance, Word
from server.ports.journal import JournalLost
from server.services.wire import KINDS
from tests.fakes import FakeClock

CALL = CallId("CA1")
ARRIVED = CallArrived(
    at_ms=0, force=ForceId("northshire"), doorway="replay", caller="+447700900123", called="+442"
)
OPENED = LineOpened(at_ms=10, epoch=1)
WORDS = tuple(
    Word(text=text, start_ms=number * 100, end_ms=number * 100 + 90, confidence=1.0)
    for number, text in enumerate(("he", "strangled", "me"))
)
SAID = UtteranceHeard(
    at_ms=20, utterance=Utterance(party=Party.CALLER, number=0, words=WORDS, heard_to_ms=500)
)
MASTER = b"m" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "earshot.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{path}", clock=FakeClock(), sealer=AesSealer([MASTER])) as store:
        yield store


def bodies(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as raw:
        return dict(raw.execute("SELECT kind, body FROM journal").fetchall())


async def test_words_and_numbers_lie_sealed_and_are_read_as_they_were(store: Store, path: Path) -> None:
    await store.journal.append(CALL, [ARRIVED, OPENED, SAID])
    events = [entry.event for entry in await store.journal.entries(CALL)]
    assert events == [ARRIVED, OPENED, SAID]
    lying = bodies(path)
    assert lying["LineOpened"].startswith("{")
    assert all(lying[kind].startswith("sealed:") for kind in ("CallArrived", "UtteranceHeard"))
    everything = b"".join(file.read_bytes() for file in (path, Path(f"{path}-wal")))
    assert b"strangled" not in everything
    assert b"7700900123" not in everything


async def test_an_entry_opens_in_no_other_place(store: Store, path: Path) -> None:
    await store.journal.append(CALL, [ARRIVED])
    await store.journal.append(CallId("CA2"), [ARRIVED])
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DROP TRIGGER journal_is_not_changed")
        raw.execute(
            "UPDATE journal SET body = (SELECT body FROM journal WHERE call = 'CA2') WHERE call = 'CA1'"
        )
    with pytest.raises(JournalLost):
        await store.journal.entries(CALL)


async def test_without_the_master_key_nothing_sealed_is_read(store: Store, path: Path) -> None:
    await store.journal.append(CALL, [ARRIVED, SAID])
    for sealer in (None, AesSealer([b"x" * 32])):
        async with open_store(f"sqlite:{path}", clock=FakeClock(), sealer=sealer) as other:
            with pytest.raises(JournalLost):
                await other.journal.entries(CALL)


def _holds_text(kind: type[object]) -> set[str]:
    """Fields that could hold anything at all: plain text, or values of kinds of their own."""
    free = set()
    for field in kind.__dataclass_fields__.values():  # type: ignore[attr-defined]
        for meant in get_args(field.type) or (field.type,):
            known = meant in (int, float, bool, type(None)) or hasattr(meant, "__supertype__")
            if not known and not (isinstance(meant, type) and issubclass(meant, StrEnum)):
                free.add(field.name)
    return free


def test_kinds_that_lie_open_have_no_field_for_words() -> None:
    free = {name: fields for name in sorted(OPEN_KINDS) if (fields := _holds_text(KINDS[name]))}
    # Said by machines about themselves: a transport's reason, a provider's status, a policy, a hash.
    assert free == {
        "CallbackReceived": {"about", "status", "code"},
        "EarLost": {"why"},
        "LineLost": {"why"},
        "RecordingBegan": {"policy"},
        "RecordingEnded": {"chain"},
        "RecordingHurt": {"why"},
        "SegmentKept": {"chain"},
    }
