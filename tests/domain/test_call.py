"""Where a call stands."""

import pytest

from server.domain.call import CallState, applied
from server.domain.events import RiskRaised
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass

IMMEDIATE, HIGH = (
    RiskRaised(at_ms=5000, severity=severity, because=MarkerId("strangulation"))
    for severity in (MarkerClass.IMMEDIATE, MarkerClass.HIGH)
)


@pytest.mark.parametrize("raised", [(IMMEDIATE, HIGH), (HIGH, IMMEDIATE)])
def test_a_danger_is_never_lowered_whoever_is_first_to_record(raised: tuple[RiskRaised, ...]) -> None:
    state = CallState()
    for event in raised:
        state = applied(state, event)
    assert state.severity is MarkerClass.IMMEDIATE
