"""What is kept is sealed, whole and in order, or it is said that it is not."""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.adapters.vault import AesSealer, FileVault
from server.adapters.vault.stream_file import HEAD
from server.domain.ids import CallId
from server.domain.recordings import Part, Stream, StreamId, StreamKind
from server.ports.vault import KeyGone, KeyName, MasterLost, SealBroken, VaultFull, WrappedKey

CALL = CallId("CA1")
CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
HANDLER = Stream(id=StreamId("handler"), kind=StreamKind.ULAW)
OLD, NEW = b"o" * 32, b"n" * 32


class Shelf:
    """Keys in memory; a destroyed one is `None`."""

    def __init__(self, sealer: AesSealer) -> None:
        self.sealer = sealer
        self.kept: dict[KeyName, WrappedKey | None] = {}

    async def key(self, name: KeyName, *, make: bool = False) -> WrappedKey:
        if make and name not in self.kept:
            self.kept[name] = self.sealer.new_key(name)
        key = self.kept.get(name)
        if key is None:
            raise KeyGone("gone")
        return key

    async def rewrap(self) -> int:
        others = [key for key in self.kept.values() if key is not None and key.master != self.sealer.master]
        for key in others:
            self.kept[key.name] = self.sealer.rewrap(key)
        return len(others)

    async def masters(self) -> dict[str, int]:
        return dict(Counter(key.master for key in self.kept.values() if key is not None))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(AesSealer([OLD]))


@pytest.fixture
async def vault(tmp_path: Path, shelf: Shelf) -> AsyncIterator[FileVault]:
    vault = FileVault(tmp_path, sealer=shelf.sealer, keys=shelf)
    yield vault
    await vault.close()


async def filled(vault: FileVault, stream: Stream = CALLER, call: CallId = CALL) -> list[bytes]:
    pieces = [bytes([number]) * 800 for number in range(5)]
    writing = await vault.write(call, stream)
    for number, data in enumerate(pieces):
        await writing.keep(data, from_ms=number * 100, to_ms=number * 100 + 100)
    await writing.close()
    return pieces


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ulaw"))


def file_of(folder: Path) -> Path:
    return files_in(folder)[0]


def cut(path: Path) -> list[bytes]:
    """The file's pieces, as they lie there."""
    whole, found, at = path.read_bytes(), [], 0
    while at < len(whole):
        end = at + HEAD.size + HEAD.unpack(whole[at : at + HEAD.size])[4]
        found.append(whole[at:end])
        at = end
    return found


async def test_what_was_kept_is_read_again_in_any_order(vault: FileVault) -> None:
    pieces = await filled(vault)
    assert await vault.read(CALL, CALLER, [5, 2]) == [pieces[4], pieces[1]]
    assert [place.from_ms for place in await vault.places(CALL, CALLER)] == [0, 100, 200, 300, 400]
    assert await vault.streams(CALL) == [CALLER]


async def test_nothing_of_it_lies_on_disk_in_the_clear_and_only_its_owner_may_read_it(
    vault: FileVault, tmp_path: Path
) -> None:
    writing = await vault.write(CALL, CALLER)
    await writing.keep(b"he said he would kill me", from_ms=0, to_ms=100)
    await writing.close()
    path = file_of(tmp_path)
    assert b"kill" not in path.read_bytes()
    assert CALL not in str(path)
    assert path.stat().st_mode & 0o077 == 0


async def test_a_flipped_bit_is_noticed(vault: FileVault, tmp_path: Path) -> None:
    await filled(vault)
    path = file_of(tmp_path)
    bent = bytearray(path.read_bytes())
    bent[HEAD.size + 400] ^= 1
    path.write_bytes(bent)
    with pytest.raises(SealBroken):
        await vault.read(CALL, CALLER, [1])
    with pytest.raises(SealBroken):
        await vault.chained(CALL, CALLER)
    assert await vault.read(CALL, CALLER, [2])


async def test_a_piece_cut_short_is_noticed(vault: FileVault, tmp_path: Path) -> None:
    await filled(vault)
    path = file_of(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SealBroken):
        await vault.places(CALL, CALLER)


async def test_two_pieces_that_changed_places_are_noticed_even_when_their_numbers_were_changed_too(
    vault: FileVault, tmp_path: Path
) -> None:
    await filled(vault)
    path = file_of(tmp_path)
    one, two, *rest = cut(path)
    path.write_bytes(b"".join([two, one, *rest]))
    with pytest.raises(SealBroken):
        await vault.places(CALL, CALLER)
    head_one, head_two = one[: HEAD.size], two[: HEAD.size]
    path.write_bytes(b"".join([head_one + two[HEAD.size :], head_two + one[HEAD.size :], *rest]))
    with pytest.raises(SealBroken):
        await vault.read(CALL, CALLER, [1])


async def test_a_piece_opens_in_no_other_stream_and_no_other_call(vault: FileVault, tmp_path: Path) -> None:
    await filled(vault)
    await filled(vault, HANDLER)
    await filled(vault, call=CallId("CA2"))
    whole = file_of(tmp_path).read_bytes()
    for other in files_in(tmp_path):
        other.write_bytes(whole)
    broken = 0
    for where, stream in ((CALL, CALLER), (CALL, HANDLER), (CallId("CA2"), CALLER)):
        try:
            await vault.read(where, stream, [1])
        except SealBroken:
            broken += 1
    assert broken == 2


async def test_pieces_missing_at_the_end_change_the_chain_that_the_journal_holds(
    vault: FileVault, tmp_path: Path
) -> None:
    await filled(vault)
    said = (await vault.chained(CALL, CALLER))[-1]
    path = file_of(tmp_path)
    path.write_bytes(b"".join(cut(path)[:-1]))
    assert (await vault.chained(CALL, CALLER))[-1].chain != said.chain


async def test_the_chain_goes_on_where_an_earlier_run_stopped(vault: FileVault) -> None:
    await filled(vault)
    writing = await vault.write(CALL, CALLER)
    assert writing.last is not None
    assert writing.last.place.number == 5
    kept = await writing.keep(b"more", from_ms=500, to_ms=600)
    await writing.close()
    assert (await vault.chained(CALL, CALLER))[-1] == kept


async def test_a_piece_that_was_half_written_is_cut_off_and_the_stream_goes_on(
    vault: FileVault, tmp_path: Path
) -> None:
    pieces = await filled(vault)
    path = file_of(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    writing = await vault.write(CALL, CALLER)
    await writing.keep(b"again", from_ms=400, to_ms=500)
    await writing.close()
    assert await vault.read(CALL, CALLER, [4, 5]) == [pieces[3], b"again"]


async def test_a_server_does_not_write_on_over_a_piece_that_somebody_changed(
    vault: FileVault, tmp_path: Path
) -> None:
    await filled(vault)
    path = file_of(tmp_path)
    bent = bytearray(path.read_bytes())
    bent[HEAD.size + 400] ^= 1
    path.write_bytes(bent)
    with pytest.raises(SealBroken):
        await vault.write(CALL, CALLER)


async def test_a_full_disk_loses_the_piece_and_nothing_before_it_and_goes_on_once_there_is_room(
    vault: FileVault, tmp_path: Path
) -> None:
    pieces = await filled(vault)
    writing = await vault.write(CALL, CALLER)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_of(tmp_path).stat().st_size + 300, hard))
    try:
        with pytest.raises(VaultFull):
            await writing.keep(b"x" * 800, from_ms=500, to_ms=600)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await writing.keep(b"y" * 800, from_ms=600, to_ms=700)
    await writing.close()
    assert await vault.read(CALL, CALLER, [5, 6]) == [pieces[4], b"y" * 800]


async def test_without_its_key_a_recording_is_lost_for_good(vault: FileVault, shelf: Shelf) -> None:
    await filled(vault)
    shelf.kept = dict.fromkeys(shelf.kept)
    for try_it in (vault.read(CALL, CALLER, [1]), vault.chained(CALL, CALLER), vault.write(CALL, CALLER)):
        with pytest.raises(KeyGone):
            await try_it


async def test_erasing_removes_the_files_and_says_how_much_there_was(
    vault: FileVault, tmp_path: Path
) -> None:
    await filled(vault)
    gone = await vault.erase(CALL)
    assert (gone.streams, gone.pieces) == (1, 5)
    assert gone.bytes > 4000
    assert not files_in(tmp_path)
    assert (await vault.erase(CALL)).pieces == 0


def test_keys_pass_from_one_master_key_to_the_next_and_need_the_old_one_no_more() -> None:
    name = KeyName(subject=CALL, part=Part.WORDS)
    old = AesSealer([OLD])
    key = old.new_key(name)
    sealed = old.seal(key, b"words", about=b"here")
    rewrapped = AesSealer([NEW, OLD]).rewrap(key)
    assert AesSealer([NEW]).open(rewrapped, sealed, about=b"here") == b"words"
    with pytest.raises(MasterLost):
        AesSealer([NEW]).open(key, sealed, about=b"here")


def test_a_wrapped_key_opens_under_no_other_name() -> None:
    sealer = AesSealer([OLD])
    key = sealer.new_key(KeyName(subject=CALL, part=Part.WORDS))
    moved = WrappedKey(name=KeyName(subject="CA2", part=Part.WORDS), master=key.master, wrapped=key.wrapped)
    with pytest.raises(SealBroken):
        AesSealer([OLD]).seal(moved, b"words", about=b"")


def test_what_is_sealed_opens_only_as_what_it_was_sealed_as() -> None:
    sealer = AesSealer([OLD])
    key = sealer.new_key(KeyName(subject=CALL, part=Part.WORDS))
    sealed = sealer.seal(key, b"words", about=b"row 1")
    with pytest.raises(SealBroken):
        sealer.open(key, sealed, about=b"row 2")


WRITER = """
import asyncio, sys
from pathlib import Path
from tests.adapters.vault.test_vault import CALL, CALLER, OLD, Shelf
from server.adapters.vault import AesSealer, FileVault
from server.ports.vault import KeyName, WrappedKey
from server.domain.recordings import Part

async def main(folder, wrapped):
    shelf = Shelf(AesSealer([OLD]))
    name = KeyName(subject=CALL, part=Part.RECORDING)
    shelf.kept[name] = WrappedKey(name=name, master=shelf.sealer.master, wrapped=bytes.fromhex(wrapped))
    writing = await FileVault(Path(folder), sealer=shelf.sealer, keys=shelf).write(CALL, CALLER)
    number = 0
    while True:
        await writing.keep(b"z" * 8000, from_ms=number * 1000, to_ms=number * 1000 + 1000)
        number += 1
        print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_writer_loses_nothing_that_it_had_kept(
    vault: FileVault, shelf: Shelf, tmp_path: Path
) -> None:
    key = await shelf.key(KeyName(subject=CALL, part=Part.RECORDING), make=True)
    arguments = [sys.executable, "-c", WRITER, str(tmp_path), key.wrapped.hex()]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env={**os.environ}) as writer:  # noqa: ASYNC220, S603 - nothing else runs here, and nothing is from outside
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 20:
            pass
        writer.send_signal(signal.SIGKILL)
        said = [int(line) for line in writer.stdout.read().split(b"\n") if line.isdigit()]
    least = max(said, default=20)
    writing = await vault.write(CALL, CALLER)
    assert writing.last is not None
    assert writing.last.place.number >= least
    await writing.close()
    assert len(await vault.chained(CALL, CALLER)) == writing.last.place.number
