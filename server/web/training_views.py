"""Exercises and sessions as the training page is told of them."""

from server.domain.training.papers import Exercise, Session
from server.services.training_sessions import Part, Seen


def shown_exercise(one: Exercise) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.made.title,
        "of": one.made.of,
        "by": one.made.person,
        "approved_by": one.approved_by,
        "pauses": one.made.pauses,
        "taken_out": one.made.taken_out,
        "stand_ins": one.made.stand_ins,
        "spoken": one.made.spoken,
        "silent": one.made.silent,
    }


def shown_session(one: Session) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.begun.title,
        "trainer": one.begun.person,
        "begun_at": one.begun_at,
        "ended": one.ended,
    }


def shown_seen(seen: Seen) -> dict[str, object]:
    return {
        **shown_session(seen.session),
        "trains": seen.trains,
        "exercise": seen.exercise.made.title,
        "of": seen.exercise.made.of,
        "specialists": seen.exercise.specialists,
        "graded": seen.exercise.made.graded if seen.trains or all(one.compared for one in seen.parts) else "",
        "pauses": seen.exercise.made.pauses,
        "parts": [shown_part(one) for one in seen.parts],
        "notes": [{"about": one.about, "text": one.text} for one in seen.notes],
    }


def shown_part(one: Part) -> dict[str, object]:
    return {
        "trainee": one.trainee,
        "came": one.came,
        "call": one.call,
        "playing": one.playing,
        "waiting": one.waiting,
        "decided": [{"pause": each.pause, "text": each.text} for each in one.decided],
        "compared": one.compared,
        "graded": one.graded,
    }
