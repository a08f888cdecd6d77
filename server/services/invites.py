"""What the doors for invitations, and for those who come by a link, are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.services.inviting import Inviting
from server.services.inviting_cases import CaseInviting
from server.services.rates import Rates
from server.services.video_links import VideoLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class Invites:
    inviting: Inviting
    cases: CaseInviting
    links: VideoLinks
    strangers: Rates
    """How often an address may ask for pages behind links."""
    languages: Mapping[str, str]
    """The code of each language that the page speaks, and its own name for itself."""
    unread: frozenset[str] = frozenset()
    """Those of which nobody who speaks them has read every word."""
    leave_to: str = field(default="https://www.bbc.co.uk/weather")
    sends: bool = True
    """Whether texts really go out; otherwise whoever sends them is shown them."""
