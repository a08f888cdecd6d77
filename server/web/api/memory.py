"""What the control system has typed about a call: whom it is about, and where."""

from server.domain.ids import CallId, EntityId
from server.domain.integrations import Scope
from server.web.api import shapes
from server.web.api.calls import line_of
from server.web.api.dispatch import told_by
from server.web.api.operations import Asked, Operation


async def typed(asked: Asked) -> shapes.Entity:
    await line_of(asked)
    body = asked.body
    call = CallId(asked.path("call"))
    entity = await asked.doors.history.type_in(told_by(asked), call, body.kind, body.text, body.about)
    return shapes.Entity(entity=entity)


async def withdrawn(asked: Asked) -> shapes.Entity:
    await line_of(asked)
    entity = EntityId(asked.path("entity"))
    await asked.doors.history.refuse(told_by(asked), CallId(asked.path("call")), entity)
    return shapes.Entity(entity=entity)


OPERATIONS = (
    Operation(
        method="POST",
        path="/calls/{call}/entities",
        name="typeEntity",
        about="Whom or what the call is about. Earlier calls are linked by what can be read as its kind.",
        scope=Scope.DISPATCH,
        gives=shapes.Entity,
        does=typed,
        takes=shapes.Typed,
    ),
    Operation(
        method="POST",
        path="/calls/{call}/entities/{entity}/withdraw",
        name="withdrawEntity",
        about="It was wrong: nothing is compared by it any more.",
        scope=Scope.DISPATCH,
        gives=shapes.Entity,
        does=withdrawn,
        takes=shapes.Act,
    ),
)
