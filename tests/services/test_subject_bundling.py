"""What stands in the bundle of everything held about one person, and what does not."""

import io
import json
import zipfile
from typing import Any

from server.domain.casework.events import (
    CallAdded,
    CaseEntry,
    CaseFact,
    CaseId,
    CaseOpened,
    PartyId,
    ReferralBegun,
    ThingId,
)
from server.domain.entities import EntityKind, Known
from server.domain.history import EarlierCall, EarlierMarker
from server.domain.ids import CallId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.subject_access import Fate, Item, ItemKind, Settled
from server.services.bundling import Bundle
from server.services.subject_bundling import SubjectMaterial, subject_bundle_of
from tests.fakes import START
from tests.stories import MIDSHIRE, SAM

RECORD, GIVEN, UNSAID = CallId("record:midshire:7"), CallId("CA1"), CallId("CA2")
CASE = CaseId("case-1")


def settled(kind: ItemKind, fate: Fate, **of: Any) -> Settled:  # noqa: ANN401 - what an item is of
    item = Item(id=f"{kind} 1", kind=kind, at=START, confirmed=True, because=(), **of)
    return Settled(item=item, fate=fate, names=("Karl Novak",))


def leaving(one: Settled, **held: Any) -> zipfile.ZipFile:  # noqa: ANN401 - what is held
    nothing: dict[str, Any] = {"calls": {}, "cases": {}, "earlier": {}}
    material = SubjectMaterial(items=[one], made_at=START, **{**nothing, **held})
    return zipfile.ZipFile(io.BytesIO(subject_bundle_of(material).data))


def test_a_redacted_earlier_record_has_neither_name_nor_number_in_the_words_of_its_markers() -> None:
    words = "karl said ring me on oh seven seven double four nine"
    record = EarlierCall(
        call=RECORD,
        force=MIDSHIRE,
        at=START,
        imported=True,
        markers=(EarlierMarker(marker=MarkerId("weapon"), severity=MarkerClass.HIGH, quote=words),),
        known=(Known(kind=EntityKind.NUMBER, value="+447700900123"),),
    )
    one = settled(ItemKind.EARLIER, Fate.REDACT, call=RECORD)
    archive = leaving(one, earlier={RECORD: record})
    everything = b"".join(archive.read(name) for name in archive.namelist()).lower()
    assert [word for word in (b"karl", b"seven", b"double", b"900123") if word in everything] == []
    told = json.loads(archive.read("earlier/001.json"))
    assert told["markers"] == [{"marker": "weapon", "words": "[name] said ring me on [number]"}]
    assert told["known"] == [{"kind": "number", "what": "[number]", "about": ""}]


def test_a_case_that_leaves_has_no_gap_where_a_call_is_not_told_of() -> None:
    begun = ReferralBegun(
        person=SAM.id, referral=ThingId("r1"), service="aid", name="Aid", needs=(), party=PartyId("p1")
    )
    events: tuple[CaseFact, ...] = (
        CaseOpened(person=SAM.id, force=MIDSHIRE),
        CallAdded(person=SAM.id, call=UNSAID),
        begun,
        CallAdded(person=SAM.id, call=GIVEN),
    )
    entries = [
        CaseEntry(case=CASE, seq=seq, recorded_at=START, event=event) for seq, event in enumerate(events, 1)
    ]
    one = settled(ItemKind.CASE, Fate.INCLUDE, case=CASE)
    left = leaving(one, cases={one.item.id: entries}, calls={GIVEN: Bundle(data=b"", digest="", removed=0)})
    lines = [json.loads(line) for line in left.read("cases/001.jsonl").splitlines()]
    assert [(line["seq"], line["kind"]) for line in lines] == [(1, "CaseOpened"), (2, "CallAdded")]
    assert lines[1]["call"] == GIVEN
