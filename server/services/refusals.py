"""Why a person's request is refused: a plain name, a code for programs and a sentence for people."""

from typing import ClassVar

from server.domain.ids import PersonId


class Refused(Exception):
    """The docstring of each kind is the sentence that the person reads."""

    code: ClassVar[str] = "refused"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or (self.__doc__ or "").strip())


class NotYourCall(Refused):
    """You have not been given this call."""

    code = "not-your-call"


class ReadOnly(Refused):
    """Your role may read this, but not act on it."""

    code = "read-only"


class NoSuchPrompt(Refused):
    """This call has no such prompt."""

    code = "no-such-prompt"


class PromptClosed(Refused):
    """This prompt has already been answered or put aside."""

    code = "prompt-closed"


class NothingToUndo(Refused):
    """That step is no longer the last one on this prompt."""

    code = "nothing-to-undo"


class CallEndedAlready(Refused):
    """This call has ended."""

    code = "call-ended"


class Taken(Refused):
    """Somebody else was first; `who` says who."""

    def __init__(self, who: PersonId) -> None:
        super().__init__(f"{who} was first.")
        self.who = who


class AlreadyOwned(Taken):
    """Somebody else owns this prompt."""

    code = "already-owned"


class AlreadyTaken(Taken):
    """Somebody else has this call."""

    code = "already-taken"


class NotHolder(Taken):
    """Somebody else has this call now."""

    code = "not-holder"


class AlreadyJudged(Taken):
    """Somebody else has judged this marker meanwhile."""

    code = "already-judged"


class AlreadyReplied(Taken):
    """This whisper has been answered."""

    code = "already-replied"


class NobodyHasIt(Refused):
    """This call has no specialist now."""

    code = "no-specialist"


class NotThere(Refused):
    """This person cannot be given the call: not a specialist of this force, off duty, or on a break."""

    code = "not-available"


class NotInReview(Refused):
    """This call does not wait for review."""

    code = "not-in-review"


class NotRead(Refused):
    """You have not read this call. Open it first."""

    code = "not-read"


class OffDuty(Refused):
    """You are not on duty. Come on duty first."""

    code = "off-duty"


class HoldsCalls(Refused):
    """You still have live calls. Hand them over or release them first."""

    code = "holds-calls"


class OwnsPrompts(Refused):
    """You still own prompts on live calls. Answer them or give them back first."""

    code = "owns-prompts"


class ActUsed(Refused):
    """This id was used for another act."""

    code = "act-used"


class NoSuchWhisper(Refused):
    """This call has no such whisper."""

    code = "no-such-whisper"


class NoSuchWords(Refused):
    """These words are not in the call's transcript."""

    code = "no-such-words"


class NoSuchEntity(Refused):
    """Nothing of the kind was heard or typed on this call."""

    code = "no-such-entity"


class NotLinked(Refused):
    """This call is not linked to that one."""

    code = "not-linked"


class NoSuchMarker(Refused):
    """There is no such marker."""

    code = "no-such-marker"


class BadText(Refused):
    """The text is empty, too long, or holds what is not text."""

    code = "bad-text"


class NoRight(Refused):
    """You have not been given the right to do this."""

    code = "no-right"


class TooManyScreens(Refused):
    """Too many screens are open. Close one and try again."""

    code = "too-many-screens"


class NoSuchGrade(Refused):
    """Your force has no such grade."""

    code = "no-such-grade"


class NeedsReason(Refused):
    """Immediate or high markers stand against this. Say why it is done all the same."""

    code = "needs-reason"


class NeedsSecondPerson(Refused):
    """Somebody else has to confirm this."""

    code = "needs-second-person"


class NoSuchChange(Refused):
    """No such lowering of the grade waits for a second person."""

    code = "no-such-change"


class LinkOver(Refused):
    """This link is no longer good. Ask the control room for a new one."""

    code = "link-over"


class NoSuchSheet(Refused):
    """This call has no such brief or transfer sheet."""

    code = "no-such-sheet"


class NoChannel(Refused):
    """This server has no such way to send set up."""

    code = "no-channel"


class CallersOwn(Refused):
    """This is the caller's own number: a brief never goes there."""

    code = "callers-own"


class NotAllNamed(Refused):
    """Name everything that must not be lost before you sign for it."""

    code = "not-all-named"


class NotAsked(Refused):
    """Ask first: is this phone safe to text, who else can see or hear it, and are they alone."""

    code = "safety-not-asked"


class NotSafeToText(Refused):
    """They say that this phone is not safe to text. Ask for another number, or agree a time to ring."""

    code = "not-safe-to-text"


class TheirNumber(Refused):
    """Whom the call is about comes by a link of their own, after the questions; this is their number."""

    code = "their-number"


class SuspectsNumber(Refused):
    """This number is noted as a suspect's in a case of this call: no link goes there. Use another one."""

    code = "suspects-number"


class StopSigns(Refused):
    """There are stop signs. Read them; if you still want to send a link, say so."""

    code = "stop-signs"


class BadNumber(Refused):
    """This is not a mobile number. Write it as 07… or +44…."""

    code = "bad-number"


class NoSuchLanguage(Refused):
    """There is no page in this language."""

    code = "no-such-language"


class NoSuchLink(Refused):
    """This call has no such link."""

    code = "no-such-link"


class TooManyLinks(Refused):
    """Too many links were sent a moment ago. Wait a minute and try again."""

    code = "too-many-links"


class NotLetIn(Refused):
    """This page is not available."""

    code = "not-available"
