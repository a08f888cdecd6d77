"""What specialists do beside live calls, for the doors that lead to it."""

from dataclasses import dataclass

from server.ports.papers import Papers
from server.ports.searching import SearchIndex
from server.services.control_room import ControlRoom
from server.services.feeding_back import FeedingBack
from server.services.reviewing import Judging
from server.services.searching import Searching


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    judging: Judging
    feedback: FeedingBack
    searching: Searching

    @classmethod
    def of(cls, room: ControlRoom, papers: Papers, index: SearchIndex) -> "Duties":
        return cls(
            judging=Judging(room),
            feedback=FeedingBack(room, papers),
            searching=Searching(room, index),
        )
