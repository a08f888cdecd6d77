"""What the API takes and gives, each shape named as the OpenAPI document names it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from server.domain.entities import EntityKind
from server.domain.markers import MarkerClass
from server.domain.people import Role
from server.domain.prompts import Dismissal, Outcome, Standing
from server.domain.speech import Party
from server.services.dispatching import UnitStep


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the API gives."""


class Call(Given, frozen=True, kw_only=True):
    """A call, without its words."""

    call: str
    doorway: str
    arrived_at: datetime
    ended_at: datetime | None
    last_seq: int
    """The number of its latest journal entry."""


class Calls(Given, frozen=True, kw_only=True):
    items: list[Call]
    next: str | None
    """The cursor of the next page; null: there is none."""


class CallState(Call, frozen=True, kw_only=True):
    """A call as its journal has it now."""

    handler: str | None
    specialist: str | None
    nobody_on_duty: bool
    connected: bool
    deaf: list[Party]
    severity: MarkerClass
    open_prompts: int
    unowned_prompts: int
    unresolved: list[str]
    """Prompts that were open when it ended."""


class Fact(Given, frozen=True, kw_only=True):
    """One entry of a call's journal."""

    seq: int
    recorded_at: str
    kind: str
    at_ms: int
    body: dict[str, Any]
    """The kind's own fields."""


class Journal(Given, frozen=True, kw_only=True):
    items: list[Fact]
    next: str | None
    resume: str
    """The cursor to ask with later for what is recorded from now on."""


class Prompt(Given, frozen=True, kw_only=True):
    """A prompt and where it stands."""

    id: str
    marker: str
    severity: MarkerClass
    title: str
    ask: str
    quote: str
    party: Party
    at_ms: int
    standing: Standing
    owner: str | None
    asked: bool
    outcome: Outcome | None
    dismissal: Dismissal | None
    escalated: int
    open: bool


class Prompts(Given, frozen=True, kw_only=True):
    items: list[Prompt]
    next: str | None


class Person(Given, frozen=True, kw_only=True):
    id: str
    name: str
    role: Role
    on_duty: bool
    on_break: bool
    skills: list[str]


class People(Given, frozen=True, kw_only=True):
    items: list[Person]
    next: str | None


class Webhook(Given, frozen=True, kw_only=True):
    endpoint: str
    waiting: int
    given_up: int


class Health(Given, frozen=True, kw_only=True):
    ready: bool
    reasons: list[str]
    notes: list[str]
    model: str
    demonstration: bool
    live_calls: int
    webhooks: list[Webhook]


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who acts, and under which id of the system's own: the same act sent twice is done once."""

    person: Annotated[str, Meta(min_length=1, max_length=64)]
    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,40}$")]


class Answer(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    outcome: Outcome


class Dismiss(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Dismissal = Dismissal.NO_REASON


class Downgrade(Given, frozen=True, kw_only=True):
    """A lowering of the grade that has no second person yet."""

    change: str
    grade: str
    was: str
    by: str
    done: bool
    """It was set already, without one."""
    against: list[str]
    """The markers that stood against it."""


class Graded(Given, frozen=True, kw_only=True):
    """How a call is graded, and what became of it."""

    grade: str
    """Empty: not known."""
    by: str | None
    waiting: list[Downgrade]
    units: list[str]
    queue: str
    owed: list[str]
    """What has not happened in time."""


Name = Annotated[str, Meta(min_length=1, max_length=60)]
Said = Annotated[str, Meta(max_length=300)]


class Grade(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grade: Name
    reason: Said = ""
    second: Annotated[str, Meta(max_length=64)] = ""
    """Who looked at it beside `person`, where it is lowered."""


class Change(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    change: Name


class Unit(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: Name
    step: UnitStep
    reason: Said = ""


class Typed(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the call is about, as it was typed into the control system."""

    kind: EntityKind
    text: Annotated[str, Meta(min_length=1, max_length=120)]
    about: Annotated[str, Meta(max_length=40)] = ""
    """Whose it is, such as `victim`, `suspect` or `mother`; empty: nobody said."""


class Entity(Given, frozen=True, kw_only=True):
    entity: str
    """Its id on this call."""


class Reason(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Said


class RungBack(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answered: bool


class Queue(Act, frozen=True, kw_only=True, forbid_unknown_fields=True):
    queue: Name
