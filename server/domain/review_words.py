"""Why a finding stands on a reviewer's list, in words."""

from server.domain.markers import MarkerClass
from server.domain.prompts import PromptState
from server.domain.sightings import Sighting


def why_missed(live: str, again: Sighting) -> str:
    """`live`: what was heard at that moment while the call went on."""
    doubt = f" The second hearing is not sure of it: {again.doubtful}?" if again.doubtful else ""
    if not live:
        return f"Nothing was heard live at that moment.{doubt}"
    if again.quote.lower() in live.lower():
        return f"The same words were heard live, and were read differently.{doubt}"
    return f"Heard differently live.{doubt}"


def why_not_acted(state: PromptState, *, shown: bool) -> str:
    """Empty: somebody saw to it."""
    if state.waits and not state.asked:
        before = "It stood before the handler" if shown else "It waited in the list"
        owned = (
            f"; {state.owner} owned it, and it came to no more" if state.owner else ", and nobody owned it"
        )
        return f"{before}{owned}."
    if state.dismissal is not None and state.severity is MarkerClass.IMMEDIATE:
        return f"It was put aside: {state.dismissal}."
    return ""
