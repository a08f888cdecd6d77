"""What specialists do beside live calls, for the doors that lead to it."""

from dataclasses import dataclass

from server.ports.papers import Papers
from server.ports.searching import SearchIndex
from server.services.control_room import ControlRoom
from server.services.feeding_back import FeedingBack
from server.services.reviewing import Judging
from server.services.searching import Searching
from server.services.training import Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    judging: Judging
    feedback: FeedingBack
    searching: Searching
    training: Training | None = None
    """None: there is no training room here."""

    @classmethod
    def of(
        cls, room: ControlRoom, papers: Papers, index: SearchIndex, training: Training | None = None
    ) -> "Duties":
        return cls(
            judging=Judging(room),
            feedback=FeedingBack(room, papers),
            searching=Searching(room, index),
            training=training,
        )
