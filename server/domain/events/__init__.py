"""Everything that can happen on a call: facts in the past tense, each recorded once.

A call's journal is these, in order. Every reader (prompts, consoles, later review)
is a fold over them. `at_ms` is media time: how far into the call it happened.
"""

from dataclasses import dataclass
from datetime import datetime

from server.domain.events.base import (
    NO_ACT,
    Act,
    CallEvent,
)
from server.domain.events.briefing import (
    AdviceSaid,
    BriefNoted,
    Carriage,
    CheckResult,
    CrewArrived,
    RecordCheck,
    RecordChecked,
    SheetCarried,
    SheetEnded,
    SheetKind,
    SheetOpened,
    SheetRead,
    SheetSent,
    SheetWay,
)
from server.domain.events.calls import (
    CallArrived,
    CallbackReceived,
    CallEnded,
    DigitPressed,
    Ending,
    LegJoined,
    LegLeft,
    LineLost,
    LineOpened,
)
from server.domain.events.danger import (
    MarkerSighted,
    RiskRaised,
    SightingWithdrawn,
)
from server.domain.events.desk import (
    MarkerJudged,
    Reply,
    Verdict,
    WhisperAnswered,
    WhisperRead,
    WhisperSent,
    WordsExported,
)
from server.domain.events.dispatch import (
    NoiseLabelled,
    QueueMoved,
    RungBack,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    Watch,
    WatchEnded,
    WatchRaised,
)
from server.domain.events.grading import (
    DowngradeAsked,
    DowngradeConfirmed,
    DowngradeLapsed,
    DowngradeTurnedDown,
    GradeSet,
    ToldAct,
)
from server.domain.events.hearing import (
    EarLost,
    EarRestored,
    GapCause,
    GapHeard,
    UtteranceHeard,
)
from server.domain.events.inviting import (
    InviteReported,
    LinkClosed,
    LinkOpened,
    LinkTried,
    SafetyAsked,
    VideoInvited,
)
from server.domain.events.keeping import (
    Disclosed,
    DisclosureApproved,
    DisclosureAsked,
    DisclosureRefused,
    HoldLifted,
    HoldPlaced,
    PlaybackBegan,
    Purpose,
    RecordingBegan,
    RecordingEnded,
    RecordingHurt,
    SegmentKept,
    WordsErased,
)
from server.domain.events.listening_in import ListeningBegan, ListeningEnded
from server.domain.events.memory import (
    CombinationSeen,
    EntityConfirmed,
    EntityHeard,
    EntityRefused,
    EntityTyped,
    LinkConfirmed,
    LinkFound,
    LinkUndone,
    MemoryEvent,
)
from server.domain.events.prompting import (
    Escalation,
    PromptAnswered,
    PromptAsked,
    PromptConfirmed,
    PromptDelivered,
    PromptDismissed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptPainted,
    PromptRaised,
    PromptSeen,
    PromptShared,
    PromptShown,
    PromptsUnresolved,
    PromptTimed,
    PromptUndone,
    PromptUpgraded,
    PromptWithdrawn,
    Quiet,
    QuietBegan,
    QuietEnded,
)
from server.domain.events.reviewing import (
    ActionDone,
    ActionOpened,
    FindingJudged,
    FindingVerdict,
    HeardAgain,
    NotHeardAgain,
)
from server.domain.events.staffing import (
    HandlerAssigned,
    HistoryLinked,
    NeedNoted,
    NobodyOnDuty,
    ReviewAsked,
    ReviewDone,
    ReviewTaken,
    ReviewWhy,
    SpecialistAssigned,
    SpecialistAwaited,
    SpecialistReleased,
)
from server.domain.events.video import (
    ChatSent,
    DuressTapped,
    LocationShared,
    MediaTurned,
    StillTaken,
    VideoJoined,
    VideoLeft,
    VideoOpened,
    VideoReconnecting,
    VideoRejoined,
)
from server.domain.ids import CallId

__all__ = [
    "NO_ACT",
    "Act",
    "ActionDone",
    "ActionOpened",
    "AdviceSaid",
    "BriefNoted",
    "CallArrived",
    "CallEnded",
    "CallEvent",
    "CallbackReceived",
    "Carriage",
    "ChatSent",
    "CheckResult",
    "CombinationSeen",
    "CrewArrived",
    "DigitPressed",
    "Disclosed",
    "DisclosureApproved",
    "DisclosureAsked",
    "DisclosureRefused",
    "DowngradeAsked",
    "DowngradeConfirmed",
    "DowngradeLapsed",
    "DowngradeTurnedDown",
    "DuressTapped",
    "EarLost",
    "EarRestored",
    "Ending",
    "EntityConfirmed",
    "EntityHeard",
    "EntityRefused",
    "EntityTyped",
    "Entry",
    "Escalation",
    "Event",
    "FindingJudged",
    "FindingVerdict",
    "GapCause",
    "GapHeard",
    "GradeSet",
    "HandlerAssigned",
    "HeardAgain",
    "HistoryLinked",
    "HoldLifted",
    "HoldPlaced",
    "InviteReported",
    "LegJoined",
    "LegLeft",
    "LineLost",
    "LineOpened",
    "LinkClosed",
    "LinkConfirmed",
    "LinkFound",
    "LinkOpened",
    "LinkTried",
    "LinkUndone",
    "ListeningBegan",
    "ListeningEnded",
    "LocationShared",
    "MarkerJudged",
    "MarkerSighted",
    "MediaTurned",
    "MemoryEvent",
    "NeedNoted",
    "NobodyOnDuty",
    "NoiseLabelled",
    "NotHeardAgain",
    "PlaybackBegan",
    "PromptAnswered",
    "PromptAsked",
    "PromptConfirmed",
    "PromptDelivered",
    "PromptDismissed",
    "PromptDropped",
    "PromptEscalated",
    "PromptOwned",
    "PromptPainted",
    "PromptRaised",
    "PromptSeen",
    "PromptShared",
    "PromptShown",
    "PromptTimed",
    "PromptUndone",
    "PromptUpgraded",
    "PromptWithdrawn",
    "PromptsUnresolved",
    "Purpose",
    "QueueMoved",
    "Quiet",
    "QuietBegan",
    "QuietEnded",
    "RecordCheck",
    "RecordChecked",
    "RecordingBegan",
    "RecordingEnded",
    "RecordingHurt",
    "Reply",
    "ReviewAsked",
    "ReviewDone",
    "ReviewTaken",
    "ReviewWhy",
    "RiskRaised",
    "RungBack",
    "SafetyAsked",
    "SegmentKept",
    "SheetCarried",
    "SheetEnded",
    "SheetKind",
    "SheetOpened",
    "SheetRead",
    "SheetSent",
    "SheetWay",
    "SightingWithdrawn",
    "SpecialistAssigned",
    "SpecialistAwaited",
    "SpecialistReleased",
    "StillTaken",
    "ToldAct",
    "UnitArrived",
    "UnitAssigned",
    "UnitNotNeeded",
    "UnitStoodDown",
    "UtteranceHeard",
    "Verdict",
    "VideoInvited",
    "VideoJoined",
    "VideoLeft",
    "VideoOpened",
    "VideoReconnecting",
    "VideoRejoined",
    "Watch",
    "WatchEnded",
    "WatchRaised",
    "WhisperAnswered",
    "WhisperRead",
    "WhisperSent",
    "WordsErased",
    "WordsExported",
]

Event = (
    CallArrived
    | LineOpened
    | LineLost
    | LegJoined
    | LegLeft
    | CallbackReceived
    | DigitPressed
    | CallEnded
    | HandlerAssigned
    | SpecialistAssigned
    | SpecialistReleased
    | NobodyOnDuty
    | SpecialistAwaited
    | NeedNoted
    | HistoryLinked
    | MemoryEvent
    | ReviewAsked
    | ReviewTaken
    | ReviewDone
    | HeardAgain
    | NotHeardAgain
    | FindingJudged
    | ActionOpened
    | ActionDone
    | GapHeard
    | EarLost
    | EarRestored
    | UtteranceHeard
    | MarkerSighted
    | SightingWithdrawn
    | RiskRaised
    | PromptRaised
    | PromptTimed
    | PromptDelivered
    | PromptPainted
    | PromptShown
    | PromptSeen
    | PromptConfirmed
    | PromptWithdrawn
    | PromptOwned
    | PromptAsked
    | PromptDropped
    | PromptAnswered
    | PromptDismissed
    | PromptUndone
    | PromptUpgraded
    | PromptShared
    | PromptEscalated
    | PromptsUnresolved
    | QuietBegan
    | QuietEnded
    | WhisperSent
    | WhisperRead
    | WhisperAnswered
    | MarkerJudged
    | WordsExported
    | ListeningBegan
    | ListeningEnded
    | RecordingBegan
    | SegmentKept
    | RecordingHurt
    | RecordingEnded
    | PlaybackBegan
    | HoldPlaced
    | HoldLifted
    | DisclosureAsked
    | DisclosureApproved
    | DisclosureRefused
    | Disclosed
    | WordsErased
    | AdviceSaid
    | BriefNoted
    | CrewArrived
    | RecordChecked
    | SheetCarried
    | SheetEnded
    | SheetOpened
    | SheetRead
    | SheetSent
    | DowngradeAsked
    | DowngradeConfirmed
    | DowngradeLapsed
    | DowngradeTurnedDown
    | GradeSet
    | NoiseLabelled
    | QueueMoved
    | RungBack
    | UnitArrived
    | UnitAssigned
    | UnitNotNeeded
    | UnitStoodDown
    | WatchEnded
    | WatchRaised
    | VideoOpened
    | VideoJoined
    | VideoReconnecting
    | VideoRejoined
    | VideoLeft
    | MediaTurned
    | ChatSent
    | DuressTapped
    | LocationShared
    | StillTaken
    | InviteReported
    | LinkClosed
    | LinkOpened
    | LinkTried
    | SafetyAsked
    | VideoInvited
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a call's journal."""

    call: CallId
    seq: int
    """Counts from 1 within the call, without gaps."""
    recorded_at: datetime
    """Aware, UTC."""
    event: Event
