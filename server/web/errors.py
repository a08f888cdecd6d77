"""Every refusal in one shape: a code for programs, one sentence for people, the right status."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.ports.cases import CasesLost
from server.ports.history import HistoryLost
from server.ports.journal import JournalLost, UnknownCall
from server.ports.papers import PapersLost
from server.ports.people import PeopleLost
from server.ports.searching import SearchLost
from server.ports.video_links import LinksLost
from server.services.case_refusals import (
    CaseChanged,
    NoCallInCase,
    NoSuchCase,
    NoSuchForm,
    NoSuchService,
    NoSuchThing,
    NotReady,
    Signed,
)
from server.services.disclosing import (
    CallNotOver,
    NoSuchDisclosure,
    NotAgreed,
    SecondPerson,
    TooLarge,
    UncutVideo,
)
from server.services.duty_refusals import (
    ExerciseChanged,
    ExerciseRuns,
    NoExercise,
    NoSession,
    NoSuchAction,
    NoSuchFeedback,
    NoSuchFinding,
    NotApproved,
    NotHandler,
    OwnExercise,
    TrainingFull,
)
from server.services.holding import AlreadyHeld, NobodyAsked, NotHeld, SecondToLift
from server.services.playing import MayNotPlay, NothingKept, PlayAgain, RecordingBroken
from server.services.refusals import (
    ActUsed,
    BadText,
    CallEndedAlready,
    CallersOwn,
    HoldsCalls,
    LinkOver,
    NeedsReason,
    NeedsSecondPerson,
    NobodyHasIt,
    NoChannel,
    NoRight,
    NoSuchChange,
    NoSuchEntity,
    NoSuchGrade,
    NoSuchLink,
    NoSuchMarker,
    NoSuchPrompt,
    NoSuchSheet,
    NoSuchWhisper,
    NoSuchWords,
    NotAllNamed,
    NotAsked,
    NothingToUndo,
    NotInReview,
    NotLetIn,
    NotLinked,
    NotRead,
    NotSafeToText,
    NotThere,
    NotYourCall,
    OffDuty,
    OwnsPrompts,
    PromptClosed,
    ReadOnly,
    Refused,
    StopSigns,
    SuspectsNumber,
    Taken,
    TheirNumber,
    TooManyLinks,
    TooManyScreens,
)
from server.services.room_refusals import BridgeBusy, NoPicture, NoSuchRoom, RoomFull, TooManyRooms
from server.services.sheet_addresses import SomebodyElseSends
from server.services.signing_in import BadSignIn, ProveAgain, TooManyTries
from server.services.single_sign_on import NameTaken, NoPlaceHere, NotSignedInThere, ProviderAway
from server.services.subject_refusals import (
    LessFound,
    MoreFound,
    NoSuchItem,
    NoSuchRequest,
    NotTheirs,
    PutForward,
    ReasonWanted,
    Undecided,
)
from server.services.transfer_refusals import (
    AtOtherForce,
    BadSheet,
    BadSignature,
    NoPeer,
    NotForUs,
    NotTransferred,
    OldMessage,
    Replayed,
    UnknownPeer,
)

log = logging.getLogger(__name__)

STATUSES: Mapping[type[Refused], int] = MappingProxyType(
    {
        NotYourCall: 403,
        ReadOnly: 403,
        NoRight: 403,
        NoSuchPrompt: 404,
        NoSuchWhisper: 404,
        NoSuchWords: 404,
        NoSuchEntity: 404,
        NotLinked: 404,
        NoSuchMarker: 404,
        NoSuchFinding: 404,
        NoExercise: 404,
        NoSession: 404,
        NotApproved: 409,
        OwnExercise: 409,
        ExerciseChanged: 409,
        ExerciseRuns: 409,
        TrainingFull: 503,
        NoSuchAction: 404,
        NoSuchFeedback: 404,
        NotHandler: 409,
        NoSuchSheet: 404,
        NoChannel: 409,
        CallersOwn: 409,
        SomebodyElseSends: 409,
        NotAllNamed: 409,
        LinkOver: 410,
        NoPeer: 409,
        NotTransferred: 409,
        UnknownPeer: 403,
        BadSignature: 401,
        OldMessage: 401,
        Replayed: 409,
        BadSheet: 400,
        NotForUs: 409,
        NoSuchCase: 404,
        NoSuchThing: 404,
        NoSuchForm: 404,
        NoSuchService: 404,
        NoCallInCase: 409,
        CaseChanged: 409,
        Signed: 409,
        NotReady: 409,
        NobodyHasIt: 409,
        NotThere: 409,
        NotInReview: 409,
        NotRead: 409,
        OffDuty: 409,
        HoldsCalls: 409,
        OwnsPrompts: 409,
        ActUsed: 409,
        BadText: 400,
        NoSuchGrade: 400,
        NoSuchChange: 409,
        NeedsReason: 409,
        NeedsSecondPerson: 409,
        PromptClosed: 409,
        NotLetIn: 404,
        NoSuchLink: 404,
        NotAsked: 409,
        NotSafeToText: 409,
        StopSigns: 409,
        TheirNumber: 409,
        SuspectsNumber: 409,
        TooManyLinks: 429,
        NothingToUndo: 409,
        CallEndedAlready: 409,
        AtOtherForce: 409,
        Taken: 409,
        TooManyScreens: 429,
        NoSuchRoom: 404,
        RoomFull: 409,
        TooManyRooms: 503,
        BridgeBusy: 503,
        NoPicture: 409,
        TooManyTries: 429,
        BadSignIn: 401,
        NotSignedInThere: 401,
        ProveAgain: 403,
        NoPlaceHere: 403,
        NameTaken: 403,
        ProviderAway: 502,
        MayNotPlay: 403,
        NoSuchDisclosure: 404,
        NoSuchRequest: 404,
        NoSuchItem: 404,
        NotTheirs: 403,
        ReasonWanted: 409,
        Undecided: 409,
        PutForward: 409,
        MoreFound: 409,
        LessFound: 409,
        SecondPerson: 403,
        NotAgreed: 409,
        CallNotOver: 409,
        AlreadyHeld: 409,
        NotHeld: 409,
        NobodyAsked: 409,
        SecondToLift: 403,
        UncutVideo: 400,
        TooLarge: 413,
        NothingKept: 404,
        PlayAgain: 410,
        RecordingBroken: 500,
    }
)
SENTENCES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("bad-request", "The request could not be understood."),
        403: ("forbidden", "This is not open to you."),
        404: ("not-found", "There is nothing here."),
        405: ("wrong-method", "This cannot be done here."),
        413: ("too-large", "The request is too large."),
    }
)


class Turned(Exception):
    """A request turned away at the door itself."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


def error(status: int, code: str, message: str, **facts: str) -> web.Response:
    body = {"error": {"code": code, "message": message, **facts}}
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")


@web.middleware
async def say_why(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return _refusal(refused)
    except Turned as turned:
        return error(turned.status, turned.code, str(turned))
    except UnknownCall:
        return _refusal(NotYourCall())
    except (CasesLost, HistoryLost, JournalLost, LinksLost, PapersLost, PeopleLost, SearchLost):
        log.warning("request needs the journal", extra={"route": route_of(request)})
        return error(503, "journal-lost", "The record cannot be reached. Nothing was changed; try again.")
    except web.HTTPException as answer:
        return _plain(answer)
    except Exception:  # boundary: one request's fault must not end the server
        log.exception("request failed", extra={"route": route_of(request), "method": request.method})
        return error(500, "internal", "Something went wrong here. It has been logged.")


def _refusal(refused: Refused) -> web.Response:
    status = next((status for kind, status in STATUSES.items() if isinstance(refused, kind)), 400)
    who = {"who": refused.who} if isinstance(refused, Taken) else {}
    response = error(status, refused.code, str(refused), **who)
    if isinstance(refused, TooManyTries):
        response.headers["Retry-After"] = str(refused.wait_s)
    return response


def _plain(answer: web.HTTPException) -> web.StreamResponse:
    if answer.status < 400:
        raise answer
    code, sentence = SENTENCES.get(answer.status, ("refused", "The request was refused."))
    response = error(answer.status, code, sentence)
    if "Allow" in answer.headers:
        response.headers["Allow"] = answer.headers["Allow"]
    return response


def route_of(request: web.Request) -> str:
    """The route's pattern; the path itself may hold names."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
