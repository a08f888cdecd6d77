"""What a force may set about prompts and duty: times, and how many calls one specialist can hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRules:
    """The defaults are the domain facts' (sections 1C and 8)."""

    immediate_s: float = 10.0
    """An immediate prompt that nobody owns for so long is brought to specialist and supervisor,"""
    duty_supervisor_s: float = 30.0
    """and after so long to the duty supervisor."""
    high_s: float = 45.0
    """A high one is brought to the specialist again."""
    apart_s: float = 8.0
    """Between one prompt before the handler and the next, unless it is immediate."""
    first_s: float = 5.0
    """Nothing is put before the handler so soon after the line opened."""
    gap_s: float = 1.5
    """How long nobody has to have spoken for what waits for a gap of speech."""
    hold_immediate_s: float = 5.0
    """No quiet rule holds an immediate prompt back for longer."""
    quiet_longest_s: float = 30.0
    """A quiet that nobody ended is over by then."""
    calls_each: int = 3
    """A specialist with so many live calls is given no further one."""
