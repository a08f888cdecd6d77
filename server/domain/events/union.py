"""Any event of a call, by its kind."""

from server.domain.events.briefing import (
    AdviceSaid,
    BriefNoted,
    CrewArrived,
    RecordChecked,
    SheetCarried,
    SheetEnded,
    SheetOpened,
    SheetRead,
    SheetSent,
)
from server.domain.events.calls import (
    CallArrived,
    CallbackReceived,
    CallEnded,
    DigitPressed,
    LegJoined,
    LegLeft,
    LineLost,
    LineOpened,
)
from server.domain.events.danger import MarkerSighted, RiskRaised, SightingWithdrawn
from server.domain.events.desk import MarkerJudged, WhisperAnswered, WhisperRead, WhisperSent, WordsExported
from server.domain.events.dispatch import (
    NoiseLabelled,
    QueueMoved,
    RungBack,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    WatchEnded,
    WatchRaised,
)
from server.domain.events.grading import (
    DowngradeAsked,
    DowngradeConfirmed,
    DowngradeLapsed,
    DowngradeTurnedDown,
    GradeSet,
)
from server.domain.events.hearing import (
    CryDoubted,
    EarLost,
    EarRestored,
    GapHeard,
    SoundDoubted,
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
    HoldLiftAsked,
    HoldLifted,
    HoldPlaced,
    PlaybackBegan,
    RecordingBegan,
    RecordingEnded,
    RecordingHurt,
    SegmentKept,
    WordsErased,
)
from server.domain.events.listening_in import ListeningBegan, ListeningEnded
from server.domain.events.memory import MemoryEvent
from server.domain.events.prompting import (
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
    QuietBegan,
    QuietEnded,
)
from server.domain.events.reviewing import ActionDone, ActionOpened, FindingJudged, HeardAgain, NotHeardAgain
from server.domain.events.staffing import (
    HandlerAssigned,
    HistoryLinked,
    NeedNoted,
    NobodyOnDuty,
    ReviewAsked,
    ReviewDone,
    ReviewTaken,
    SpecialistAssigned,
    SpecialistAwaited,
    SpecialistReleased,
)
from server.domain.events.transferring import SheetReceived, TransferAcknowledged, TransferReceived
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
    | CryDoubted
    | SoundDoubted
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
    | HoldLiftAsked
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
    | SheetReceived
    | TransferAcknowledged
    | TransferReceived
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
