"""A turn as the answer to what the handler has just asked about."""

from collections.abc import Sequence

from server.adapters.language.answers import Answer, answer_to, names_another
from server.adapters.language.judging import may_mean, means_yes
from server.adapters.language.questions import Asked
from server.adapters.language.turn_reading import Found, TurnWords
from server.domain.sightings import Polarity


def answered(
    asked: tuple[Asked, ...], words: TurnWords, trusted: Sequence[Found], *, put_off: bool
) -> tuple[list[Found], tuple[Asked, ...]]:
    """What a turn answers, unless its own words say the same; and what is still to be answered."""
    if not asked:
        return [], ()
    answers = [(one, answer_to(one, words.line, words.known)) for one in asked]
    if put_off and all(answer is Answer.WAIT for _, answer in answers):
        return [], asked
    told = {(one.sighting.marker, one.sighting.polarity) for one in trusted if not one.needs}
    made = [
        words.answered(one, polarity)
        for one, answer in answers
        if answer not in (Answer.WAIT, Answer.OTHER)
        and ((polarity := _polarity(answer, one)) is not Polarity.AFFIRMED or may_mean(words, one))
    ]
    made += [
        words.answered(one, Polarity.AFFIRMED, "as much as yes")
        for one, answer in answers
        if answer is Answer.OTHER
        and not names_another(one, words.line, words.known)
        and means_yes(words, one)
    ]
    return [one for one in made if (one.sighting.marker, one.sighting.polarity) not in told], ()


def _polarity(answer: Answer, asked: Asked) -> Polarity:
    if answer is Answer.UNSURE:
        return Polarity.UNCERTAIN
    return Polarity.AFFIRMED if (answer is Answer.YES) is not asked.inverse else Polarity.DENIED
