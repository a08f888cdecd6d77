"""A call leaves only when two people with the right agree, whole and provable, or redacted."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.domain.access import AccessKind
from server.domain.events import CallEnded, Ending, RecordingBegan, RecordingEnded
from server.domain.ids import CallId
from server.domain.people import Right
from server.domain.recordings import Part, Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.domain.ulaw_wav import HEADER_BYTES
from tests.fakes import START
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, SUE, arrived, said
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
DOOR = f"/api/calls/{CALL}/disclosures"
CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
WANTED = {"id": "a1", "purpose": "prosecution", "why": "case 17", "redact": False, "names": []}
NUMBER = "ring karen on oh seven seven double four nine one two three four five"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), said(Party.CALLER, 0, NUMBER, at_ms=1000))
        assert house.vault is not None
        writing = await house.vault.write(CALL, CALLER)
        began = RecordingBegan(at_ms=0, stream=CALLER.id, medium=CALLER.kind, policy="law")
        for second in range(6):
            await writing.keep(b"\x21" * 8000, from_ms=second * 1000, to_ms=second * 1000 + 1000)
        await writing.close()
        assert writing.last is not None
        ended = RecordingEnded(at_ms=6000, stream=CALLER.id, pieces=6, to_ms=6000, chain=writing.last.chain)
        await house.record(CALL, began, ended, CallEnded(at_ms=6000, why=Ending.HUNG_UP))
        for person in (SAM, SUE):
            await house.store.people.set_rights(person.id, frozenset({Right.EXPORT}))
        await house.grant(CALL, SAM)
        yield house


@pytest.fixture
async def people(house: House) -> AsyncIterator[Callable[[str], Any]]:
    sessions: list[aiohttp.ClientSession] = []

    async def signed_in(name: str) -> Visitor:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        sessions.append(session)
        visitor = Visitor(house, session)
        await visitor.sign_in(name)
        return visitor

    yield signed_in
    for session in sessions:
        await session.close()


async def bundle(visitor: Visitor, asked: int) -> tuple[int, bytes]:
    headers = {"Origin": visitor.house.url, "X-CSRF-Token": visitor.csrf}
    url = f"{visitor.house.url}{DOOR}/{asked}/bundle"
    async with visitor.session.post(url, json={"id": "b1"}, headers=headers) as answer:
        return answer.status, await answer.read()


async def disclosed(people: Callable[[str], Any], **wanted: object) -> zipfile.ZipFile:
    sam, sue = await people("sam"), await people("sue")
    status, answer = await sam.post(DOOR, {**WANTED, **wanted})
    assert status == 200
    assert (await sue.post(f"{DOOR}/{answer['asked']}/approve", {"id": "a2"}))[0] == 200
    status, data = await bundle(sam, answer["asked"])
    assert status == 200
    return zipfile.ZipFile(io.BytesIO(data))


def verified(archive: zipfile.ZipFile, folder: Path) -> tuple[int, str]:
    archive.extractall(folder)
    done = subprocess.run(  # noqa: S603 - the verifier that is being tested
        [sys.executable, "-I", str(folder / "verify.py")], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


async def test_a_whole_bundle_proves_itself_to_somebody_who_has_nothing_else(
    people: Callable[[str], Any], tmp_path: Path
) -> None:
    archive = await disclosed(people)
    names = {"journal.jsonl", "transcript.txt", "sound/caller.wav", "manifest.json", "schedule.csv"}
    assert names <= set(archive.namelist())
    assert archive.read("sound/caller.wav")[HEADER_BYTES:] == b"\x21" * 48_000
    assert NUMBER in archive.read("transcript.txt").decode()
    code_, told = verified(archive, tmp_path / "out")
    assert (code_, "Everything is as it was made." in told) == (0, True)


@pytest.mark.parametrize("name", ["sound/caller.wav", "journal.jsonl", "transcript.txt"])
async def test_a_bundle_that_somebody_changed_says_so(
    people: Callable[[str], Any], tmp_path: Path, name: str
) -> None:
    archive = await disclosed(people)
    verified(archive, tmp_path / "out")
    bent = bytearray((tmp_path / "out" / name).read_bytes())
    bent[-3] ^= 1
    (tmp_path / "out" / name).write_bytes(bent)
    done = subprocess.run(  # noqa: ASYNC221, S603 - the verifier that is being tested
        [sys.executable, "-I", str(tmp_path / "out" / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert name in done.stdout


async def test_a_redacted_bundle_has_neither_number_nor_name_in_words_or_sound(
    people: Callable[[str], Any], tmp_path: Path
) -> None:
    archive = await disclosed(people, redact=True, names=["Karen Smith"])
    everything = b"".join(archive.read(name) for name in archive.namelist()).lower()
    for private in (b"karen", b"smith", b"double", b"7700900123"):
        assert private not in everything
    assert "[number]" in archive.read("transcript.txt").decode()
    sound = archive.read("sound/caller.wav")[HEADER_BYTES:]
    words = said(Party.CALLER, 0, NUMBER, at_ms=1000).utterance.words
    begin, end = words[3].start_ms, words[-1].end_ms
    assert set(sound[begin * 8 : end * 8]) == {0xFF}
    assert set(sound[: (words[0].start_ms) * 8]) == {0x21}
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["redacted"], manifest["asked_by"], manifest["approved_by"]) == (True, "sam", "sue")
    assert manifest["removed"] >= 2
    assert verified(archive, tmp_path / "out")[0] == 0


async def test_what_left_is_on_record_with_both_people_and_the_digest(
    people: Callable[[str], Any], house: House
) -> None:
    await disclosed(people)
    kinds = [type(entry.event).__name__ for entry in await house.store.journal.entries(CALL)]
    assert kinds[-3:] == ["DisclosureAsked", "DisclosureApproved", "Disclosed"]
    (left,) = await house.store.accesses.find(since=START, call=CALL, kind=AccessKind.EXPORTED)
    assert left.person == "sam"
    assert "digest" in left.by


async def test_nobody_agrees_to_what_they_asked_for_themselves(people: Callable[[str], Any]) -> None:
    sam = await people("sam")
    _, answer = await sam.post(DOOR, WANTED)
    refused = await sam.post(f"{DOOR}/{answer['asked']}/approve", {"id": "a2"})
    assert code(refused) == (403, "second-person")
    assert (await bundle(sam, answer["asked"]))[0] == 409


async def test_a_refused_disclosure_stays_refused(people: Callable[[str], Any]) -> None:
    sam, sue = await people("sam"), await people("sue")
    _, answer = await sam.post(DOOR, WANTED)
    path = f"{DOOR}/{answer['asked']}"
    assert (await sue.post(f"{path}/refuse", {"id": "a2"}))[0] == 200
    assert code(await sue.post(f"{path}/approve", {"id": "a3"})) == (404, "no-such-disclosure")
    assert (await bundle(sam, answer["asked"]))[0] == 409
    assert (await sam.get(DOOR))[1]["disclosures"][0]["refused_by"] == "sue"


async def test_without_the_right_to_export_or_a_fresh_proof_nothing_leaves(
    people: Callable[[str], Any], house: House
) -> None:
    await house.store.people.set_rights(HANNAH.id, frozenset())
    assert code(await (await people("hannah")).post(DOOR, WANTED)) == (403, "no-right")
    sam = await people("sam")
    house.signing_in._rules = replace(house.signing_in._rules, proof=START - START)
    assert code(await sam.post(DOOR, WANTED)) == (403, "prove-again")


@pytest.mark.parametrize("wrong", [{"why": " "}, {"names": ["x"] * 51}, {"purpose": "fun"}, {"names": [""]}])
async def test_what_makes_no_sense_is_refused(people: Callable[[str], Any], wrong: dict[str, object]) -> None:
    sam = await people("sam")
    assert (await sam.post(DOOR, {**WANTED, **wrong}))[0] == 400


async def test_a_call_is_held_by_one_and_let_go_by_two_who_may_disclose_it(
    people: Callable[[str], Any], house: House
) -> None:
    sue, sam = await people("sue"), await people("sam")
    hold = f"/api/calls/{CALL}/hold"
    assert (await sue.post(hold, {"id": "h1", "why": "trial in May"}))[0] == 200
    assert code(await sue.post(hold, {"id": "h2", "why": "trial in May"})) == (409, "already-held")
    assert code(await sam.post(f"{hold}/agree", {"id": "h3"})) == (409, "nobody-asked")
    assert (await sue.post(f"{hold}/lift", {"id": "h4", "why": "trial over"}))[0] == 200
    assert code(await sue.post(f"{hold}/agree", {"id": "h5"})) == (403, "second-person")
    status, seen = await sam.get(f"/api/calls/{CALL}/keeping")
    assert (status, seen["held"]["why"], seen["held"]["lift_by"]) == (200, "trial in May", "sue")
    assert await house.store.retention.held(CALL) is not None
    assert (await sam.post(f"{hold}/agree", {"id": "h6"}))[0] == 200
    assert await house.store.retention.held(CALL) is None
    assert (await sam.get(f"/api/calls/{CALL}/keeping"))[1]["held"] is None


async def test_how_long_a_call_is_kept_and_that_it_was_erased_is_shown(
    people: Callable[[str], Any], house: House
) -> None:
    sam, handler = await people("sam"), await people("hannah")
    assert (await handler.get(f"/api/calls/{CALL}/keeping"))[0] == 403
    _, seen = await sam.get(f"/api/calls/{CALL}/keeping")
    assert [one["what"] for one in seen["until"]] == ["recording", "video", "recording and video and words"]
    await house.store.retention.destroy(CALL, frozenset(Part), person="sue", facts={"why": "asked for"})
    _, seen = await sam.get(f"/api/calls/{CALL}/keeping")
    assert [(one["kind"], one["by"]) for one in seen["certificate"]] == [("erased", "sue")]


async def with_pictures(house: House, call: CallId = CALL) -> None:
    """A camera of two pieces of one file, and a still, as a video call leaves them."""
    assert house.vault is not None
    camera = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)
    writing = await house.vault.write(call, camera)
    for number, piece in enumerate((b"\x1a\x45\xdf\xa3 header, first", b"second cluster")):
        await writing.keep(piece, from_ms=number * 500, to_ms=number * 500 + 500)
    await writing.close()
    assert writing.last is not None
    ended = RecordingEnded(at_ms=6000, stream=camera.id, pieces=2, to_ms=1000, chain=writing.last.chain)
    await house.record(call, ended)
    still = await house.vault.write(call, Stream(id=StreamId("stills"), kind=StreamKind.STILL))
    await still.keep(b"\xff\xd8 a picture", from_ms=700, to_ms=700)
    await still.close()


async def test_a_video_call_leaves_with_its_cameras_its_stills_and_their_hashes(
    people: Callable[[str], Any], house: House, tmp_path: Path
) -> None:
    await with_pictures(house)
    archive = await disclosed(people)
    assert archive.read("video/victim-1.webm") == b"\x1a\x45\xdf\xa3 header, firstsecond cluster"
    assert archive.read("stills/0001.jpg") == b"\xff\xd8 a picture"
    schedule = archive.read("schedule.csv").decode()
    assert "video/victim-1.webm,Picture and sound of one camera of the call" in schedule
    assert verified(archive, tmp_path / "out")[0] == 0
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    camera = tmp_path / "out/video/victim-1.webm"
    camera.write_bytes(camera.read_bytes().replace(b"second", b"another"))
    hashes = tmp_path / "out/hashes.sha256"
    was = hashlib.sha256(archive.read("video/victim-1.webm")).hexdigest()
    hashes.write_text(hashes.read_text().replace(was, hashlib.sha256(camera.read_bytes()).hexdigest()))
    done = subprocess.run(  # noqa: ASYNC221, S603 - the verifier that is being tested
        [sys.executable, "-I", str(tmp_path / "out/verify.py")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "victim-1: differs from piece 2" in done.stdout) == (1, True)
    assert [piece["number"] for piece in manifest["pictures"]["victim-1"]["pieces"]] == [1, 2]


async def test_a_redacted_copy_has_no_video_and_only_the_stills_that_were_asked_for(
    people: Callable[[str], Any], house: House, tmp_path: Path
) -> None:
    await with_pictures(house)
    sam = await people("sam")
    refused = await sam.post(DOOR, {**WANTED, "redact": True, "pictures": "whole"})
    assert code(refused) == (400, "uncut-video")
    for pictures, stills in (("left out", False), ("stills only", True)):
        archive = await disclosed(people, id=f"a {pictures}", redact=True, pictures=pictures)
        names = archive.namelist()
        assert not [name for name in names if name.startswith("video/")]
        assert ("stills/0001.jpg" in names) is stills
        assert "LEFT OUT" in archive.read("README.txt").decode()
        assert verified(archive, tmp_path / pictures)[0] == 0
