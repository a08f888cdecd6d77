"""What each event does to a prompt."""

from dataclasses import replace

from server.domain.events import (
    PromptAnswered,
    PromptAsked,
    PromptConfirmed,
    PromptDismissed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptShared,
    PromptUndone,
    PromptUpgraded,
    PromptWithdrawn,
)
from server.domain.prompts import PromptState, Standing

ByPeople = PromptOwned | PromptDropped | PromptAsked | PromptAnswered | PromptDismissed | PromptUndone
ByTheCall = PromptConfirmed | PromptWithdrawn | PromptUpgraded | PromptShared | PromptEscalated
BY_PEOPLE = (PromptOwned, PromptDropped, PromptAsked, PromptAnswered, PromptDismissed)
"""The steps that can be taken back."""
STEPS = (
    *BY_PEOPLE,
    PromptUndone,
    PromptConfirmed,
    PromptWithdrawn,
    PromptUpgraded,
    PromptShared,
    PromptEscalated,
)


def stepped(prompt: PromptState, event: ByPeople | ByTheCall) -> PromptState:
    match event:
        case PromptOwned():
            return prompt.owned(event.person)
        case PromptDropped():
            return prompt.dropped()
        case PromptAsked():
            return prompt.put()
        case PromptAnswered():
            return prompt.answered(event.outcome)
        case PromptDismissed():
            return prompt.dismissed(event.reason)
        case PromptUndone():
            return prompt.undone()
        case _:
            return _moved(prompt, event)


def _moved(prompt: PromptState, event: ByTheCall) -> PromptState:
    match event:
        case PromptConfirmed():
            return prompt.stand(Standing.SETTLED, quote=event.quote)
        case PromptWithdrawn():
            return prompt.stand(Standing.WITHDRAWN)
        case PromptUpgraded():
            return replace(prompt, upgraded=event.severity, escalated=0)
        case PromptShared():
            return replace(prompt, shared=True)
        case PromptEscalated():
            return replace(prompt, escalated=prompt.escalated + 1)
