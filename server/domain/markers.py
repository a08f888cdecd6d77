"""What a risk marker is: a class, a reason, and the words to put in front of people."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.ids import MarkerId

PROMPT_LIMIT = 90
"""Characters: a handler reads one line between two breaths (domain facts, section 8)."""


class MarkerClass(StrEnum):
    """How much attention a marker asks for. It never grades a call and nothing lowers it."""

    IMMEDIATE = "immediate"
    HIGH = "high"
    CONTEXTUAL = "contextual"
    NONE = "none"

    @property
    def rank(self) -> int:
        return ("none", "contextual", "high", "immediate").index(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTexts:
    """The four ways a marker is put to people, each at most `PROMPT_LIMIT` characters."""

    ask: str
    """The open question that the handler can put to the caller."""
    yes_no: str
    """The same for a caller who cannot speak freely."""
    handler: str
    specialist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    id: MarkerId
    severity: MarkerClass
    title: str
    why: str
    sources: tuple[str, ...]
    prompts: PromptTexts
    order: int
    """When several fire at once, the lower goes first (domain facts, section 8)."""
