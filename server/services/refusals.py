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
