"""Making a disclosure bundle: the journal, the words, the sound, what proves them, and a schedule."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from server.domain import pcm_wav
from server.domain.disclosure import Disclosure
from server.domain.events import Entry, UtteranceHeard
from server.domain.events.keeping import Pictures
from server.domain.ids import CallId
from server.domain.recordings import Piece, StreamId
from server.domain.ulaw_wav import SILENCE, header
from server.domain.withholding import unsaid
from server.services.bundle_verifier import VERIFIER
from server.services.bundling_pictures import KeptPictures
from server.services.redacting import Redaction
from server.services.wire import entry_fields, utc_text

PER_MS = 8
ASKED = "asked"
"""The field of an entry that gives the number of an earlier one."""
SPOKEN = "video-call"
"""The file of a video call's sound, where the video does not go along."""
HASHES = "hashes.sha256"
STAMP = (1980, 1, 1, 0, 0, 0)
PACKED = ("video/", "stills/")
"""What is as small as it gets."""
READ_ME = """This bundle was made from the record of one call by Earshot.

  manifest.json   whose call it is, who asked, who agreed, and the hashes of the recording as it was written
  schedule.csv    what is in the bundle, item by item; the column "sensitive" is for whoever schedules it
  journal.jsonl   everything that was recorded on the call, an entry a line, numbered without gaps
  transcript.txt  what was heard, as a machine heard it while the call was going on: the sound is the evidence
  sound/          each side of the call, as it came over the line (G.711); silence where nothing was kept
                  video-call.wav: a video call's, without its pictures: the caller left, everybody else right
  video/          each camera of a video call with its sound, as it came (WebM): nothing was cut
  stills/         single pictures that somebody kept, numbered in the order in which they were taken
  hashes.sha256   the hash of every file above
  verify.py       checks all of it: python3 verify.py

{redaction}
{pictures}
"""
REDACTED = """REDACTED. Spoken and written numbers, postcodes, addresses of e-mail and the listed names were
left out of the words, and both sides silenced where they were said. What the machine did not hear as such is
still there: somebody has to listen to the sound and read the words before this leaves."""
WHOLE = "Nothing was left out of the words and the sound."
PICTURED = {
    Pictures.WHOLE: "What was kept of video and stills is all here.",
    Pictures.STILLS: """VIDEO WAS LEFT OUT: a redacted copy holds none, since neither words nor faces can be
taken out of it. The stills are as they were taken: somebody has to look at each before this leaves.""",
    Pictures.NONE: "VIDEO AND STILLS WERE LEFT OUT, if there were any.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a bundle is made from."""

    call: CallId
    disclosure: Disclosure
    entries: Sequence[Entry]
    sound: Mapping[StreamId, bytes] = field(repr=False)
    """Each side as µ-law from the beginning of the call."""
    pieces: Mapping[StreamId, Sequence[Piece]]
    made_at: datetime
    pictures: Sequence[KeptPictures] = ()
    spoken: bytes = field(default=b"", repr=False)
    """A video call's two sides, as `pcm_wav` has them, where its video does not go along."""
    unsaid: Collection[CallId] | None = None
    """Other calls, of which this copy says nothing; none: it is a copy of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    data: bytes = field(repr=False)
    digest: str
    removed: int


def bundle_of(material: Material) -> Bundle:
    """Takes a moment: for a thread of its own."""
    redaction = Redaction(material.disclosure.names, material.entries) if material.disclosure.redact else None
    data, digest = packed(_files(material, redaction))
    return Bundle(data=data, digest=digest, removed=redaction.removed if redaction else 0)


def packed(files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """The files with a list of their hashes, and the digest of that list."""
    hashes = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**files, HASHES: hashes.encode()}.items():
            packing = zipfile.ZIP_STORED if name.startswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, STAMP), data, packing)
    return into.getvalue(), hashlib.sha256(hashes.encode()).hexdigest()


def _files(material: Material, redaction: Redaction | None) -> dict[str, bytes]:
    journal = _journal(material, redaction)
    files = {
        "journal.jsonl": "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in journal).encode(),
        "transcript.txt": _transcript(material.entries, redaction).encode(),
    }
    for stream, data in material.sound.items():
        left = _silenced(data, redaction.silenced) if redaction else data
        files[f"sound/{stream}.wav"] = header(len(left) // PER_MS, sides=1) + left
    if material.spoken:
        cut = redaction.silenced if redaction else []
        left = _silenced(material.spoken, cut, per_ms=pcm_wav.PER_MS, silence=0)
        files[f"sound/{SPOKEN}.wav"] = pcm_wav.header(len(left) // pcm_wav.PER_MS) + left
    for one in material.pictures:
        files |= one.files()
    files["manifest.json"] = json.dumps(_manifest(material, redaction), indent=1).encode()
    files["verify.py"] = VERIFIER.encode()
    said = {"redaction": REDACTED if redaction else WHOLE, "pictures": PICTURED[material.disclosure.pictures]}
    files["README.txt"] = READ_ME.format(**said).encode()
    files["schedule.csv"] = _schedule(material, files).encode()
    return files


def _journal(material: Material, redaction: Redaction | None) -> Iterator[dict[str, Any]]:
    """The entries, numbered anew: a gap would say that something is not told."""
    events = unsaid(material.entries, material.unsaid)
    left = [
        replace(entry, event=event)
        for entry, event in zip(material.entries, events, strict=True)
        if event is not None
    ]
    numbers = {entry.seq: number for number, entry in enumerate(left, 1)}
    for entry in left:
        fields = redaction.fields(entry) if redaction else entry_fields(entry)
        fields["seq"] = numbers[entry.seq]
        if ASKED in fields:
            fields[ASKED] = numbers[fields[ASKED]]
        yield fields


def _transcript(entries: Iterable[Entry], redaction: Redaction | None) -> str:
    lines = []
    heard = [entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)]
    for one in sorted(heard, key=lambda one: one.start_ms):
        said = " ".join(redaction.said(one) if redaction else [word.text for word in one.words])
        minutes, ms = divmod(one.start_ms, 60_000)
        lines.append(f"{minutes:02}:{ms / 1000:06.3f}  {one.party}: {said}\n")
    return "".join(lines)


def _silenced(
    data: bytes, stretches: Iterable[tuple[int, int]], *, per_ms: int = PER_MS, silence: int = SILENCE
) -> bytes:
    left = bytearray(data)
    for from_ms, to_ms in stretches:
        begin, end = max(0, from_ms) * per_ms, min(len(left), to_ms * per_ms)
        left[begin:end] = bytes([silence]) * max(0, end - begin)
    return bytes(left)


def _manifest(material: Material, redaction: Redaction | None) -> dict[str, Any]:
    asked = material.disclosure
    recording = {stream: _pieces(pieces) for stream, pieces in material.pieces.items()}
    pictures = {
        one.stream.id: {
            "kind": one.stream.kind,
            "files": [name for name, _ in one.files()],
            "pieces": _pieces(one.pieces),
        }
        for one in material.pictures
    }
    return {
        "call": material.call,
        "purpose": asked.purpose,
        "asked_by": asked.by,
        "approved_by": asked.approved_by,
        "made_at": utc_text(material.made_at),
        "redacted": redaction is not None,
        "removed": redaction.removed if redaction else 0,
        "recording": recording,
        "pictures": pictures,
        "pictures_asked_for": asked.pictures,
    }


def _pieces(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    return [
        {
            "number": piece.place.number,
            "from_ms": piece.place.from_ms,
            "to_ms": piece.place.to_ms,
            "size": piece.place.size,
            "digest": piece.digest,
        }
        for piece in pieces
    ]


def _schedule(material: Material, files: Mapping[str, bytes]) -> str:
    said = io.StringIO()
    rows = csv.writer(said)
    rows.writerow(["item", "file", "description", "made_at", "sha256", "sensitive", "relevance"])
    for number, (name, data) in enumerate(files.items(), 1):
        described = DESCRIPTIONS.get(name.partition("/")[0], "")
        digest = hashlib.sha256(data).hexdigest()
        rows.writerow([number, name, described, utc_text(material.made_at), digest, "", ""])
    return said.getvalue()


DESCRIPTIONS = {
    "journal.jsonl": "Record of the call: what was heard, which prompts were shown, and what became of them",
    "transcript.txt": "Words as a machine heard them while the call was going on",
    "sound": "Sound of one side of the call",
    "video": "Picture and sound of one camera of the call",
    "stills": "A single picture from the call",
    "manifest.json": "How the bundle was made, and the hashes of the recording",
    "verify.py": "Program that checks the bundle",
    "README.txt": "What the bundle holds",
}
