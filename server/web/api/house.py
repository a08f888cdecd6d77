"""Who works in the force, and how the server is."""

from server.domain.integrations import Scope
from server.web.api import shapes
from server.web.api.cursors import paged
from server.web.api.operations import PAGED, Asked, Operation
from server.web.health import faults_of


async def people(asked: Asked) -> shapes.People:
    everybody = await asked.doors.desks.room.duty.people.people(asked.key.force)
    faces = [
        shapes.Person(
            id=person.id,
            name=person.name,
            role=person.role,
            on_duty=person.on_duty,
            on_break=person.on_break,
            skills=sorted(person.skills),
        )
        for person in sorted(everybody, key=lambda person: person.id)
    ]
    items, more = paged(faces, asked)
    return shapes.People(items=items, next=more)


async def health(asked: Asked) -> shapes.Health:
    doors = asked.doors
    engine = doors.engine_health()
    reasons = await faults_of(doors)
    live = await doors.journal.page(asked.key.force, live=True, limit=1000)
    states = doors.integrations.postings.states if doors.integrations is not None else {}
    return shapes.Health(
        ready=not reasons,
        reasons=reasons,
        notes=[note.sentence for note in doors.notes() if note.concerns(asked.key.force)],
        model=engine.model,
        demonstration=engine.demonstration,
        live_calls=len(live),
        webhooks=[
            shapes.Webhook(endpoint=name, waiting=state.waiting, given_up=state.given_up)
            for name, state in sorted(states.items())
            if state.force == asked.key.force
        ],
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/people",
        name="listPeople",
        about="The people of the force.",
        scope=Scope.PEOPLE,
        gives=shapes.People,
        does=people,
        params=PAGED,
    ),
    Operation(
        method="GET",
        path="/health",
        name="getHealth",
        about="Whether the server is fit for calls, and how telling other systems stands.",
        scope=Scope.HEALTH,
        gives=shapes.Health,
        does=health,
    ),
)
