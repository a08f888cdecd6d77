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


class TooManyScreens(Refused):
    """Too many screens are open. Close one and try again."""

    code = "too-many-screens"
