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


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """What is watched for on a call with a danger in it, and how long it may take; nought: not watched."""

    no_unit_s: float = 300.0
    """Until somebody is on the way; longer for a grade that is no emergency:"""
    unit_share: float = 0.5
    """this part of its attendance time."""
    ring_back_s: float = 120.0
    """Until somebody has rung a caller back whose call broke off."""
    queue_s: float = 300.0
    """Until the control system's log lies in one of these queues:"""
    dispatch_queues: tuple[str, ...] = ()
    """none: the control system does not tell us."""
    answers_s: float = 60.0
    """After the call's end, until its immediate and high prompts are answered."""
    downgrade_s: float = 120.0
    """Until a lowering of the grade has its second person."""
    receipt_s: float = 30.0
    """Until another force's server has said that it has a transfer sheet,"""
    named_s: float = 90.0
    """and until somebody has named all that must not be lost: there, or here of what came to us."""
    supervisor_s: float = 60.0
    """So long after the specialist it is brought to the supervisor too,"""
    duty_supervisor_s: float = 180.0
    """and so long after the specialist to the duty supervisor."""
    silent_s: float = 20.0
    """No word from a caller for so long after the line opened is a silent call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What a force does about calls from people who have called before, as it says so itself."""

    silent: str = "Treat as an emergency until a person is seen safe. Keep the line open."
    abandoned: str = "Ring back safely; send somebody if there is no answer."
    covert: str = "Yes or no questions only. Treat as an emergency until a person is seen safe."
