"""Everything that people do about cases, for the doors that lead there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from server.domain.casework.files import CaseFiles
from server.domain.ids import ForceId, MarkerId
from server.domain.markers import Marker
from server.ports.cases import CaseBook
from server.ports.channels import MailChannel
from server.services.assessing import Assessing
from server.services.case_pages import CasePages
from server.services.case_post import CasePost
from server.services.case_views import CaseViews
from server.services.casework import Casework
from server.services.chasing import Chasing
from server.services.control_room import ControlRoom
from server.services.referring import ReferralRules, Referring


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKit:
    """What cases are worked with."""

    book: CaseBook
    files: Callable[[ForceId], CaseFiles]
    markers: Mapping[MarkerId, Marker]
    mail: MailChannel | None = None
    confirm_in: timedelta = timedelta(hours=24)
    escalate_in: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesk:
    cases: Casework
    forms: Assessing
    referrals: Referring
    views: CaseViews
    post: CasePost
    chasing: Chasing

    @classmethod
    def of(cls, room: ControlRoom, kit: CaseKit) -> "CaseDesk":
        pages = CasePages(room, kit.book)
        cases = Casework(pages)
        rules = ReferralRules(files=kit.files, mail=kit.mail, confirm_in=kit.confirm_in)
        referrals = Referring(pages, rules)
        return cls(
            cases=cases,
            forms=Assessing(pages, kit.files),
            referrals=referrals,
            post=CasePost(pages),
            chasing=Chasing(pages, room.forces.keys(), escalate_in=kit.escalate_in),
            views=CaseViews(pages, (cases, referrals), kit.files, kit.markers),
        )
