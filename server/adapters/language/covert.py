"""The mismatch detector: a call that is not what it sounds like.

An order, or talk for somebody else's ears, on a police line; and beside it a sign that it is meant: the
caller goes on after being told whom they rang, gives an address, is in a hurry, answers yes. No word raises
anything by itself, and who owns up to a mistake is taken at their word until they give another sign.
"""

from dataclasses import dataclass, field, replace

from server.adapters.language.believing import SURE
from server.adapters.language.knowledge import BROAD, Knowledge
from server.adapters.language.turn_reading import Found, TurnWords
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.sightings import SPEAKING, Polarity, Sighting

COVERT = MarkerId("covert_call")
NO_COMPLAINT = frozenset({COVERT, MarkerId("perpetrator_present")})
"""What may be sighted in words that openly ask the police for nothing."""
RULE = "covert_call/mismatch"
MISMATCH = "mismatch"
"""What a rule needs that hears such talk: another sign in the call."""
SHORT_WORDS = 4
FEW_WORDS_TURNS = 4
"""So many turns of hardly a word and nothing else, with the handler asking as of such calls, are a sign."""
KNOWS = "says that they know whom they rang"
AGREES = "says yes on being told whom they rang"
TOLD = "went on after being told whom they rang"
ADDRESS = "gave an address"
SAID_YES = "answered yes when asked"
STRONG = frozenset({KNOWS, AGREES, ADDRESS, SAID_YES})
FEW_WORDS = "says hardly a word but yes"
OPENING_TURNS = 3
"""Who has to be covert is so from the start; later, the same words are about something that was told."""
QUIET_MS = 4000
"""Whoever made a mistake says so; who says nothing at all for so long, may not be able to."""


@dataclass(frozen=True, slots=True)
class Case:
    """What has been said so far that bears on it."""

    handler_heard: bool = False
    """Whether a handler has been heard at all."""
    police: bool = False
    """Whether it was heard that this is a police line. Elsewhere an order is an order."""
    spoken: bool = False
    plain: bool = False
    """Whether the caller has said openly what they want of the police."""
    talk: Sighting | None = field(default=None, repr=False)
    """The first words that do not belong on a police line."""
    vetted: bool = False
    """Whether a marker's rule heard it, with the second opinion's consent, and not only its sound."""
    remarked: bool = False
    asked_if_known: bool = False
    leading: bool = False
    """What the handler has just done: said whom they rang, asked if they know it, asked for a yes."""
    turns: int = 0
    short_turns: int = 0
    mistaken: bool = False
    raised: bool = False
    meant: bool = False
    """Whether a sign was given that only somebody gives who wants the police: most likely from a home."""

    @property
    def open(self) -> bool:
        """Whether it has been said that something is odd, and not yet what."""
        return self.talk is not None and not self.mistaken and not self.raised


NOTHING_ODD = Case()


def is_remark(words: TurnWords) -> bool:
    """Whether a handler's turn says whom the caller has rung; that asks nothing about risk."""
    return _has(words, "remark")


def handled(case: Case, words: TurnWords) -> Case:
    """The case after a handler's turn. Answering the telephone is no remark."""
    remarked = case.spoken and is_remark(words)
    asked = remarked and _has(words, "asks_if_known")
    police = case.police or (case.turns <= 1 and _has(words, "police_line"))
    return replace(
        case,
        handler_heard=True,
        police=police,
        remarked=remarked,
        asked_if_known=asked,
        leading=_has(words, "leading"),
    )


def told(case: Case, words: TurnWords, trusted: list[Found]) -> tuple[Case, list[Found]]:
    """The case after a caller's turn, and the findings, odd talk kept back until a sign stands by it."""
    trusted = [one for one in trusted if not _is_faint(one, words.known)]
    if _owns_up(case, words):
        held = [replace(one, needs=MISMATCH) if one.sighting.marker == COVERT else one for one in trusted]
        return replace(_past(case, words), mistaken=not case.raised), held
    plain = _has(words, "plain") or words.names_elsewhere or _tells_of_danger(trusted, words.known)
    before, case = case, _past(replace(case, plain=case.plain or plain), words)
    talk = None if plain else _talk(case, words, trusted)
    vetted = before.vetted or (talk is not None and talk.rule != RULE)
    why = _signs(replace(before, vetted=vetted), words, odd_now=talk is not None) if not plain else []
    case = replace(case, talk=case.talk or talk, vetted=vetted)
    held = [replace(one, needs=MISMATCH) if _is_talk(one) else one for one in trusted]
    if case.talk is not None and STRONG & set(why):
        case = replace(case, meant=True)
    if case.raised or (case.talk is None and not _odd_to_handler(case, why)) or not why:
        return case, held
    sighting = _sighting(words, case.talk, why)
    return replace(case, raised=True, mistaken=False), [*held, Found(sighting, "")]


def unanswered(case: Case) -> Sighting | None:
    """What an odd turn is once nothing more is said, or the call is over without a word of sorry."""
    if not case.open or case.plain or case.talk is None:
        return None
    because = "Talk that does not belong on a police line, and then nothing: no sorry, no answer."
    return replace(case.talk, rule=RULE, because=because, held=False, polarity=Polarity.AFFIRMED)


def _past(case: Case, words: TurnWords) -> Case:
    """What every turn of the caller's does."""
    short = len(words.tokens) <= SHORT_WORDS
    return replace(
        case,
        spoken=True,
        turns=case.turns + 1,
        remarked=False,
        asked_if_known=False,
        leading=False,
        short_turns=case.short_turns + 1 if short else 0,
    )


def _signs(before: Case, words: TurnWords, *, odd_now: bool) -> list[str]:
    """What in this turn says that odd talk, in it or before it, is meant."""
    yes = words.known.cues["answer_yes"].match(words.line.text)
    said_yes = yes is not None or _has(words, "goes_along")
    sure = before.police and before.vetted
    surprised = _has(words, "surprised")
    found = {
        KNOWS: before.asked_if_known and said_yes,
        FEW_WORDS: before.leading and said_yes and before.short_turns + 1 >= FEW_WORDS_TURNS,
        AGREES: before.remarked and not surprised and said_yes,
        TOLD: before.remarked and not surprised and (before.vetted or odd_now),
        ADDRESS: sure and _has(words, "address"),
        "is in a hurry": sure and odd_now and _has(words, "urgent"),
        SAID_YES: before.police and before.talk is not None and before.leading and said_yes,
        "went on with it": sure and before.open and odd_now and not surprised,
    }
    return [sign for sign, there in found.items() if there]


def _odd_to_handler(case: Case, why: list[str]) -> bool:
    """Whether a call without odd talk is odd all the same: the handler asked as one does of such calls."""
    return not case.plain and bool({KNOWS, FEW_WORDS} & set(why))


def _owns_up(case: Case, words: TurnWords) -> bool:
    """Whether the caller says that it was a mistake; once told whom they rang, a sorry is enough."""
    sorry = _has(words, "sorry")
    return sorry and (case.remarked or case.mistaken or _has(words, "mistaken"))


def _talk(case: Case, words: TurnWords, trusted: list[Found]) -> Sighting | None:
    """Odd talk that a rule heard; on what is surely a police line, any that sounds like it."""
    found = next((one.sighting for one in trusted if _is_talk(one)), None)
    if (
        found is None
        and case.police
        and case.turns <= OPENING_TURNS
        and (_has(words, "order") or _has(words, "register"))
    ):
        return _sighting(words, None, [])
    return found


def _is_talk(one: Found) -> bool:
    return one.sighting.marker == COVERT and one.needs in (MISMATCH, BROAD)


def _is_faint(one: Found, known: Knowledge) -> bool:
    """A greeting or an address alone sounds a little like it: a single word proves nothing."""
    return known.opinion is not None and _is_talk(one) and one.needs == BROAD and one.margin < SURE


def _tells_of_danger(trusted: list[Found], known: Knowledge) -> bool:
    return any(
        one.sighting.polarity in SPEAKING
        and one.sighting.marker not in NO_COMPLAINT
        and not one.needs
        and known.markers[one.sighting.marker].marker.severity is not MarkerClass.CONTEXTUAL
        for one in trusted
    )


def _sighting(words: TurnWords, talk: Sighting | None, why: list[str]) -> Sighting:
    """The turn that decides, with the odd words that it made sense of."""
    said = words.turn.words
    began = f' After "{talk.quote}":' if talk is not None else ""
    return Sighting(
        marker=COVERT,
        polarity=Polarity.AFFIRMED,
        party=words.turn.party,
        utterance=words.turn.number,
        quote=words.turn.text,
        matched=((0, len(said)),),
        start_ms=said[0].start_ms,
        end_ms=said[-1].end_ms,
        rule=RULE,
        because=f"Does not sound like a call to the police.{began} {', '.join(why) or 'odd talk'}.",
        confidence=min(word.confidence for word in said),
        cues=tuple(why),
    )


def _has(words: TurnWords, name: str) -> bool:
    return words.known.cues[f"covert_{name}"].search(words.line.text) is not None
