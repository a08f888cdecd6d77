"""How far a rule is believed: the second opinion's margin, and what the call has shown so far."""

from server.domain.markers import MarkerClass

BESIDE_JUDGE = 0.5
"""How much the first opinion's margin counts beside the judge's."""
IN_FRAME = 0.5
"""How much less is asked once the call is known to be a domestic one."""
CALL_WEIGHT = 0.4
MOST_EVIDENCE = 3.0
"""However much a call has shown, no more of it than this counts."""
MOST_KEPT = 8.0
CALM = 1.5
"""Log odds of abuse that a turn of any call may show; only what goes beyond is evidence."""
MOST_OF_TURN, LEAST_OF_TURN = 2.5, -1.0
CALMED = -0.5
"""How much further an immediate marker must be believed in a call that has shown nothing, at most."""
LEAST_MARGIN = -0.7
"""Below this no call makes a rule believed."""
SURE = 2.0
"""The margin at which a grave sighting raises a prompt although nobody close has been named."""


def added(evidence: float, abuse: float | None) -> float:
    """The call's evidence after a turn; no turn counts for too much, and the call may always turn."""
    if abuse is None:
        return evidence
    shown = max(LEAST_OF_TURN, min(MOST_OF_TURN, abuse - CALM))
    return max(-MOST_EVIDENCE, min(MOST_KEPT, evidence + shown))


def of_call(evidence: float, *, domestic: bool) -> float:
    """What the call so far adds to a margin."""
    bounded = max(-MOST_EVIDENCE, min(MOST_EVIDENCE, evidence))
    return CALL_WEIGHT * bounded + (IN_FRAME if domestic else 0.0)


def believed(margin: float, call: float, severity: MarkerClass) -> bool:
    """Whether a marker's own rule may stand."""
    if severity is MarkerClass.IMMEDIATE:
        call = max(CALMED, call)  # a call that began calmly must not silence the first danger in it
    return margin > LEAST_MARGIN and margin + call > 0


def borne_out(margin: float, call: float) -> bool:
    """Whether a broad rule may stand: what a call has shown must not let single words through."""
    return margin + min(0.0, call) > 0


PLAIN = 7.0
"""The margin at which a sighting counts although the call speaks of another kind of emergency."""
