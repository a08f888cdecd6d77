"""Every desk at which somebody can act, for the doors that lead to them."""

from dataclasses import dataclass

from server.services.control_room import ControlRoom
from server.services.correcting import Correcting
from server.services.desk import Desk
from server.services.dispatching import Dispatching
from server.services.grading import Grading
from server.services.readers import Readers
from server.services.reviewing import Reviewing
from server.services.taking import Taking
from server.services.whispering import Whispering


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    room: ControlRoom
    prompts: Desk
    calls: Taking
    whispers: Whispering
    corrections: Correcting
    grades: Grading
    dispatch: Dispatching
    reviews: Reviewing

    @classmethod
    def of(cls, room: ControlRoom, readers: Readers) -> "Desks":
        return cls(
            room=room,
            prompts=Desk(room),
            calls=Taking(room),
            whispers=Whispering(room),
            corrections=Correcting(room, readers),
            grades=Grading(room, readers),
            dispatch=Dispatching(room),
            reviews=Reviewing(journal=room.recorder.journal, bars=room.need_to_know.bars),
        )
