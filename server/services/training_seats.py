"""Who sits in the training room: whoever is signed in and has an exercise there, as somebody of that room."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.ids import PersonId
from server.ports.people import PeopleBook, Session, Sessions, UnknownPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSeats:
    """Implements `Sessions`: the browser is signed in as ever, and is somebody else in here."""

    signed_in: Sessions
    seated: PeopleBook

    async def open(self, token_hash: str, session: Session) -> None:
        """Nobody signs in here."""

    async def find(self, token_hash: str) -> Session | None:
        session = await self.signed_in.find(token_hash)
        if session is None:
            return None
        try:
            return replace(session, person=await self.seated.person(session.person.id))
        except UnknownPerson:
            return None

    async def note_seen(self, token_hash: str, at: datetime) -> None:
        await self.signed_in.note_seen(token_hash, at)

    async def note_proved(self, token_hash: str, at: datetime) -> None:
        """Nothing leaves this room, so nobody has to prove anything."""

    async def close(self, token_hash: str) -> None:
        await self.signed_in.close(token_hash)

    async def close_all(self, person: PersonId) -> None:
        """Nobody is signed out from here."""
