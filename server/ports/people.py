"""Who may sign in, who is on duty, and who may see which call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import DutyChange, Person, Right, Skill


class UnknownPerson(Exception):
    """Nobody is registered under this sign-in name."""


class PersonExists(Exception):
    """The sign-in name is taken."""


class PeopleLost(Exception):
    """People, sessions or grants could not be read or written."""


class PasswordHasher(Protocol):
    """Turns passwords into hashes that are safe to keep. Slow by design, so it never blocks the loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str, password: str) -> bool:
        """Whether the hash was made of this password; a damaged hash matches nothing."""
        ...

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made more weakly than hashes are made now."""
        ...


class PeopleBook(Protocol):
    async def add(self, person: Person, *, password_hash: str) -> None:
        """Raises `PersonExists`."""
        ...

    async def person(self, person: PersonId) -> Person:
        """Raises `UnknownPerson`."""
        ...

    async def password_hash(self, person: PersonId) -> str:
        """Raises `UnknownPerson`."""
        ...

    async def set_password_hash(self, person: PersonId, password_hash: str) -> None:
        """Raises `UnknownPerson`."""
        ...

    async def set_duty(self, person: PersonId, *, on_duty: bool) -> None:
        """Coming or going ends a break. Raises `UnknownPerson`."""
        ...

    async def set_break(self, person: PersonId, *, on_break: bool) -> None:
        """Raises `UnknownPerson`."""
        ...

    async def set_skills(self, person: PersonId, skills: frozenset[Skill]) -> None:
        """Raises `UnknownPerson`."""
        ...

    async def set_rights(self, person: PersonId, rights: frozenset[Right]) -> None:
        """Raises `UnknownPerson`."""
        ...

    async def duty_log(self, force: ForceId, *, since: datetime) -> list[DutyChange]:
        """Who came, went and rested, the oldest first."""
        ...

    async def enrol(self, person: Person, *, subject: str) -> Person:
        """Add or change whom the force's own sign-in vouches for; returns them as they are kept.

        They keep the name under which they first came, and whoever moves to another force or role loses
        grants, duty and rights. Raises `PersonExists` if the name is another's.
        """
        ...

    async def remove(self, person: PersonId) -> None:
        """Raises `UnknownPerson`. Their sessions end and their grants go."""
        ...

    async def people(self, force: ForceId | None = None) -> list[Person]:
        """In the order in which they came on duty, those off duty last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    person: Person
    until: datetime
    """No use keeps it open for longer."""
    seen_at: datetime | None = None
    """When it was last used; none: opened before that was kept."""
    proved_at: datetime | None = None
    """When the person last proved to be themselves."""


class Sessions(Protocol):
    """Signed-in browsers. Only a hash of the token is kept."""

    async def open(self, token_hash: str, session: Session) -> None:
        """Raises `UnknownPerson`."""
        ...

    async def find(self, token_hash: str) -> Session | None:
        """`None` when unknown; whether it is over is for the asker to say."""
        ...

    async def note_seen(self, token_hash: str, at: datetime) -> None: ...

    async def note_proved(self, token_hash: str, at: datetime) -> None: ...

    async def close(self, token_hash: str) -> None: ...

    async def close_all(self, person: PersonId) -> None:
        """Sign the person out of every browser."""
        ...


class Grants(Protocol):
    """Deny by default: a person sees the words of a call only with a grant. A bar undoes every grant."""

    async def give(self, call: CallId, person: PersonId) -> None:
        """Giving twice is giving once."""
        ...

    async def granted(self, call: CallId, person: PersonId) -> bool: ...

    async def calls_of(self, person: PersonId) -> set[CallId]: ...
