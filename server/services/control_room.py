"""What everybody who works on calls shares: the pen, the turns, who is here, and each force's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.ids import ForceId
from server.domain.people import Force
from server.ports.clock import Clock
from server.services.casebook import Casebook
from server.services.duty import Duty
from server.services.need_to_know import NeedToKnow
from server.services.recording import Recorder
from server.services.turns import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoom:
    recorder: Recorder
    duty: Duty
    casebook: Casebook
    need_to_know: NeedToKnow
    clock: Clock
    forces: Mapping[ForceId, Force]
    turns: Turns = field(default_factory=Turns)

    def force(self, force: ForceId) -> Force:
        """A force that is no longer configured goes by the defaults."""
        return self.forces.get(force) or Force(id=force, name=force, numbers=(), desks=())
