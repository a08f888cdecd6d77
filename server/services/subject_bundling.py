"""Making the bundle for somebody who asked what is held about them, and its schedule."""

import csv
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import msgspec

from server.domain.casework.events import (
    AddressNoted,
    CallAdded,
    CallRemoved,
    CaseEntry,
    CaseFact,
    FearNoted,
    PartyId,
    PartyNoted,
    ReferralEvent,
    SafeContactNoted,
)
from server.domain.history import EarlierCall
from server.domain.ids import CallId
from server.domain.striking import emptied
from server.domain.subject_access import Fate, ItemKind, Settled
from server.services.bundle_verifier import SUBJECT_VERIFIER
from server.services.bundling import Bundle, packed
from server.services.redacting import Redaction, is_plain
from server.services.wire import utc_text

KEPT_IDS = frozenset(
    {"act", "address", "assessment", "call", "case", "of", "order", "party", "referral", "who"}
)
"""Fields of a case's entries that hold ids."""
GIVEN = {
    Fate.INCLUDE: "given whole",
    Fate.REDACT: "given without other people's numbers, postcodes and names",
    Fate.WITHHOLD: "withheld",
}
READ_ME = """What is held by Earshot about the person who asked for it, as far as it is given.

  schedule.csv    what is given and where it is, and what is withheld and why
  calls/          each call, a bundle of its own, with its record, words and sound; see its README.txt
  cases/          the record of each case, an entry a line
  referrals/      the record of each referral to a service, an entry a line
  earlier/        records that were brought in from before this server
  hashes.sha256   the hash of every file above
  verify.py       checks all of it: python3 verify.py

The entries of each record are numbered for this copy: whatever is not given has no number in it.
Where the law allows it, it is neither confirmed nor denied that anything else is held. Whoever was asked says
how to complain to the Information Commissioner, and how to go to a court.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMaterial:
    items: Sequence[Settled]
    calls: Mapping[CallId, Bundle]
    """Those that leave."""
    cases: Mapping[str, Sequence[CaseEntry]] = field(repr=False)
    """By the id of the item, as far as they were put before the second person."""
    earlier: Mapping[CallId, EarlierCall] = field(repr=False)
    made_at: datetime


def subject_bundle_of(material: SubjectMaterial) -> Bundle:
    """Takes a moment: for a thread of its own."""
    files: dict[str, bytes] = {}
    rows: list[list[str]] = []
    removed = 0
    said = [one for one in material.items if one.fate is not Fate.UNSAID]
    for number, one in enumerate(sorted(said, key=lambda one: one.item.at), 1):
        where = ""
        if one.fate.leaves:
            where, part, left_out = _part(number, one, material)
            files |= part
            removed += left_out
        rows.append(_row(number, one, where))
    files["schedule.csv"] = _schedule(rows, material.made_at).encode()
    files["README.txt"] = READ_ME.encode()
    files["verify.py"] = SUBJECT_VERIFIER.encode()
    data, digest = packed(files)
    return Bundle(data=data, digest=digest, removed=removed)


def _part(number: int, one: Settled, material: SubjectMaterial) -> tuple[str, dict[str, bytes], int]:
    """Where the item lies, its files, and how much was left out of it."""
    item = one.item
    redaction = Redaction(one.names, ()) if one.fate is Fate.REDACT else None
    if item.kind is ItemKind.CALL and item.call is not None:
        bundle = material.calls[item.call]
        where = f"calls/{number:03}"
        with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
            files = {f"{where}/{name}": archive.read(name) for name in archive.namelist()}
        return f"{where}/", files, bundle.removed
    if item.kind is ItemKind.EARLIER and item.call is not None:
        where = f"earlier/{number:03}.json"
        lines = [_earlier(material.earlier[item.call], redaction)]
    else:
        where = f"{'cases' if item.kind is ItemKind.CASE else 'referrals'}/{number:03}.jsonl"
        entries = _of(material.cases[item.id], one, material.calls)
        lines = [_entry(seq, entry, one, redaction) for seq, entry in enumerate(entries, 1)]
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    return where, {where: text.encode()}, redaction.removed if redaction else 0


def _of(entries: Iterable[CaseEntry], one: Settled, given: Collection[CallId]) -> Iterator[CaseEntry]:
    """A referral's own entries; of a case all but its referrals', which are items of their own.

    A call that is not given is not named. An empty place would say that there is one.
    """
    for entry in entries:
        event = entry.event
        referral = event.referral if isinstance(event, ReferralEvent) else None
        elsewhere = isinstance(event, CallAdded | CallRemoved) and event.call not in given
        if referral == one.item.referral and not elsewhere:
            yield entry


def _entry(seq: int, entry: CaseEntry, one: Settled, redaction: Redaction | None) -> dict[str, Any]:
    head = {"seq": seq, "recorded_at": utc_text(entry.recorded_at)}
    event: CaseFact = entry.event
    if redaction is not None and _about_others(event, one.item.party):
        event = emptied(event)
    own = {part.name: msgspec.to_builtins(getattr(event, part.name)) for part in fields(event)}
    if redaction is not None:
        own = {
            name: value if name in KEPT_IDS and is_plain(value) else redaction.value(name, value)
            for name, value in own.items()
        }
    return {**head, "kind": type(event).__name__, **own}


def _about_others(event: CaseFact, party: PartyId | None) -> bool:
    match event:
        case PartyNoted() | SafeContactNoted():
            return event.party != party
        case AddressNoted():
            return event.of != party
        case FearNoted():
            return event.who != party
        case _:
            return False


def _earlier(record: EarlierCall, redaction: Redaction | None) -> dict[str, Any]:
    said = {
        "at": utc_text(record.at),
        "channel": record.channel,
        "grade": record.grade,
        "outcome": record.outcome,
        "markers": [{"marker": one.marker, "words": one.quote} for one in record.markers],
        "known": [{"kind": one.kind, "what": one.value, "about": one.about} for one in record.known],
    }
    return {name: redaction.value(name, value) for name, value in said.items()} if redaction else said


def _row(number: int, one: Settled, where: str) -> list[str]:
    why = one.why if one.fate is Fate.WITHHOLD else ""
    return [str(number), one.item.kind, one.item.at.date().isoformat(), GIVEN[one.fate], why, where]


def _schedule(rows: Iterable[Sequence[str]], made_at: datetime) -> str:
    said = io.StringIO()
    written = csv.writer(said)
    written.writerow(["item", "what", "day", "given or withheld", "why it is withheld", "where it is"])
    written.writerows(rows)
    written.writerow(["", "", made_at.date().isoformat(), "this bundle was made", "", ""])
    return said.getvalue()
