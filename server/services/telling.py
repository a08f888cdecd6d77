"""Telling other systems: what was raised, owned, escalated and ended, until they have taken it.

The outbox follows the journal, so what was recorded while nobody could be told is told later,
whoever stopped meanwhile. Bodies hold no words of the call: who needs them asks the API.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from server.domain.events import (
    CallEnded,
    DowngradeAsked,
    Entry,
    Event,
    GradeSet,
    PromptEscalated,
    PromptOwned,
    PromptRaised,
    SheetSent,
    WatchRaised,
)
from server.domain.ids import ForceId
from server.domain.integrations import Topic
from server.services.wire import utc_text

KINDS: dict[type[Event], Topic] = {
    PromptRaised: Topic.RAISED,
    PromptOwned: Topic.OWNED,
    PromptEscalated: Topic.ESCALATED,
    CallEnded: Topic.ENDED,
    GradeSet: Topic.GRADED,
    DowngradeAsked: Topic.DOWNGRADE,
    WatchRaised: Topic.OWED,
    SheetSent: Topic.BRIEF,
}


def body_of(entry: Entry, force: ForceId) -> str:
    """The same at every try, so that what is signed is what was kept."""
    data = {"call": entry.call, "seq": entry.seq, "force": force, "at_ms": entry.event.at_ms}
    said = {
        "type": KINDS[type(entry.event)],
        "timestamp": utc_text(entry.recorded_at),
        "data": {**data, **_facts(entry.event)},
    }
    return msgspec.json.encode(said).decode()


def _facts(event: Event) -> dict[str, object]:
    """What is told of an event: named one by one, so that a new field is not told by accident."""
    match event:
        case PromptRaised(prompt=prompt):
            return {"prompt": prompt.id, "marker": prompt.marker, "severity": prompt.severity}
        case PromptOwned():
            return {"prompt": event.prompt, "person": event.person}
        case PromptEscalated():
            return {
                "prompt": event.prompt,
                "to": event.to,
                "after_ms": event.after_ms,
                "person": event.person,
            }
        case CallEnded():
            return {"why": event.why}
        case SheetSent():
            return {"sheet": event.sheet, "kind": event.sheet_kind, "way": event.way}
        case _:
            return _dispatch_facts(event)


def _dispatch_facts(event: Event) -> dict[str, object]:
    match event:
        case GradeSet():
            lowered = {"lowered": event.lowered, "unconfirmed": event.unconfirmed, "second": event.second}
            return {"grade": event.grade, "was": event.was, "person": event.person, **lowered}
        case DowngradeAsked():
            asked = {"change": event.change, "grade": event.grade, "was": event.was, "person": event.person}
            return {**asked, "against": event.against}
        case WatchRaised():
            return {"watch": event.watch, "to": event.to, "after_s": event.after_s, "person": event.person}
        case _:
            return {}


def signatures(secrets: Sequence[bytes], *, posting: str, at_s: int, body: str) -> str:
    """As Standard Webhooks has it: one for each secret, over the id, the moment and the body."""
    signed = f"{posting}.{at_s}.{body}".encode()
    digests = [hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
