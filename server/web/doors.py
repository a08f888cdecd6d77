"""What the web is given to open its doors: services and plain values, and nothing to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from server.domain.ids import MarkerId
from server.domain.markers import Marker
from server.ports.journal import Journal
from server.ports.speech import EngineHealth
from server.services.case_desk import CaseDesk
from server.services.corrections import Corrections
from server.services.crew import Briefs
from server.services.daybook import Daybook
from server.services.desks import Desks
from server.services.duties import Duties
from server.services.feeds import Feeds
from server.services.history import History
from server.services.integrations import Integrations
from server.services.invites import Invites
from server.services.listening_in import ListeningIn
from server.services.notes import Note
from server.services.room_doors import Video
from server.services.safekeeping import Safekeeping
from server.services.signing_in import SigningIn
from server.services.single_sign_on import SingleSignOn
from server.services.transfers import Transfers
from server.web.framing import Framing


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    signing_in: SigningIn
    desks: Desks
    feeds: Feeds
    listening_in: ListeningIn
    daybook: Daybook
    corrections: Corrections
    duties: Duties
    """What specialists do beside live calls."""
    history: History
    briefs: Briefs
    cases: CaseDesk
    journal: Journal
    """Asked by `/readyz` whether it can be read."""
    markers: Mapping[MarkerId, Marker]
    engine_health: Callable[[], EngineHealth]
    render_metrics: Callable[[], bytes]
    faults: Callable[[], Sequence[str]]
    """What else keeps the server from being ready, one sentence each; empty when nothing does."""
    notes: Callable[[], Sequence[Note]]
    public_origins: frozenset[str]
    """Scheme, host and port under which browsers reach the consoles, such as `https://earshot.example`."""
    framing: Framing
    """Whose pages may hold the handler's panel."""
    transfers: Transfers | None = None
    """Calls that go to other forces' servers, and come from them."""
    integrations: Integrations | None = None
    """For the control room's other systems; none: `/api/v1` is not there."""
    invites: Invites | None = None
    """Links into video; none: nobody is asked in, and no link opens anything."""
    video: Video | None = None
    """Video calls; none: there are none on this node."""
    single_sign_on: SingleSignOn | None = None
    """The force's own sign-in; none: everybody has a local account."""
    sign_in_label: str = ""
    """What the button says that leads there."""
    behind_proxy: bool = False
    """Whether a proxy of our own says, last in `X-Forwarded-For`, whose request it passes on."""
    safekeeping: Safekeeping | None = None
    """What becomes of calls once they are over; none: nothing is kept here beside the journal."""
    routes: Sequence[web.AbstractRouteDef] = ()
    """Further doorways, with their own ways of knowing who knocks."""

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return all(origin.startswith("https://") for origin in self.public_origins)


DOORS = web.AppKey("doors", Doors)
