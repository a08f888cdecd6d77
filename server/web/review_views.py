"""A review as the page reads it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.domain.events import CallArrived, CallEnded, Entry, UtteranceHeard
from server.domain.feedback import Feedback
from server.domain.people import Person
from server.domain.review import Finding, OpenAction
from server.domain.speech import Utterance
from server.services.feed_messages import face
from server.services.reviewing import ActionLine, Reviewed


def review_values(
    found: Reviewed, people: Iterable[Person], feedback: Iterable[Feedback]
) -> dict[str, object]:
    review = found.review
    return {
        "call": found.call,
        "arrived_at": _when(found.entries, CallArrived),
        "ended_at": _when(found.entries, CallEnded),
        "severity": review.state.severity,
        "whys": sorted(review.state.reviews),
        "handlers": found.handlers,
        "specialist": review.state.specialist,
        "hearing": _hearing(found),
        "findings": [_finding(one) for one in review.findings],
        "live": [_turn(utterance) for utterance in _heard(found.entries)],
        "again": [_turn(utterance) for utterance in review.heard_again.utterances]
        if review.heard_again
        else [],
        "actions": [_action(one) for one in review.actions],
        "feedback": [feedback_values(one) for one in feedback],
        "people": [face(person) for person in people],
    }


def feedback_values(one: Feedback) -> dict[str, object]:
    return {
        "id": one.id,
        "call": one.sent.call,
        "from": one.sent.person,
        "to": one.sent.to,
        "well": one.sent.well,
        "next_time": one.sent.next_time,
        "read": one.read,
        "answers": [{"person": answer.person, "text": answer.text} for answer in one.answers],
    }


def action_values(line: ActionLine) -> dict[str, object]:
    return {"call": line.call, **_action(line.action)}


def _hearing(found: Reviewed) -> Mapping[str, object]:
    again = found.review.heard_again
    if again is not None:
        return {"state": "heard", "model": again.model, "how": again.how}
    why = found.review.not_heard_again
    return {"state": "not heard", "why": why} if why else {"state": "to come"}


def _finding(one: Finding) -> dict[str, object]:
    judged = one.judged
    return {
        "id": one.id,
        "list": one.listed,
        "marker": one.marker,
        "party": one.party,
        "at_ms": one.at_ms,
        "quote": one.quote,
        "live": one.live,
        "because": one.because,
        "new": one.new,
        "what": one.what,
        "verdict": judged.verdict if judged else None,
        "note": judged.note if judged else "",
        "by": judged.person if judged else None,
    }


def _action(one: OpenAction) -> dict[str, object]:
    opened, done = one.opened, one.done
    return {
        "id": opened.action,
        "what": opened.what,
        "owner": opened.owner,
        "by": opened.person,
        "due": opened.due,
        "done_by": done.person if done else None,
        "note": done.note if done else "",
    }


def _heard(entries: Sequence[Entry]) -> list[Utterance]:
    said = [entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)]
    return sorted((one for one in said if one.words), key=lambda one: one.start_ms)


def _turn(utterance: Utterance) -> dict[str, object]:
    return {"party": utterance.party, "at_ms": utterance.start_ms, "text": utterance.text}


def _when(entries: Sequence[Entry], kind: type[Any]) -> object:
    return next((entry.recorded_at for entry in entries if isinstance(entry.event, kind)), None)
