"""Training as the doors need it: exercises, sessions, and the desks of the room apart."""

from dataclasses import dataclass

from server.ports.retention import Retention
from server.services.desks import Desks
from server.services.exercises import Exercises
from server.services.feeds import Feeds
from server.services.listening_in import ListeningIn
from server.services.signing_in import SigningIn
from server.services.training_sessions import TrainingSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomApart:
    """The training room's own desks, in place of the live ones."""

    signing_in: SigningIn
    desks: Desks
    feeds: Feeds
    listening_in: ListeningIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    exercises: Exercises
    sessions: TrainingSessions
    room: RoomApart
    played: Retention
    """What was played in the room can be erased there."""
