"""What specialists do beside live calls, for the doors that lead to it."""

from dataclasses import dataclass

from server.ports.papers import Papers
from server.services.control_room import ControlRoom
from server.services.feeding_back import FeedingBack
from server.services.reviewing import Judging


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    judging: Judging
    feedback: FeedingBack

    @classmethod
    def of(cls, room: ControlRoom, papers: Papers) -> "Duties":
        return cls(judging=Judging(room), feedback=FeedingBack(room, papers))
