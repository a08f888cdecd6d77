"""The answers to Twilio: connect the caller, and listen beside the call."""

from dataclasses import dataclass, field

from twilio.twiml.voice_response import Dial, Start, VoiceResponse  # type: ignore[import-untyped]

CHILD_EVENTS = "initiated ringing answered completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """The stream that lets us hear the call; it never holds the call up."""

    url: str
    token: str = field(repr=False)
    status_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """Where Twilio tells how the desk's end of the call stands."""

    after_desk: str
    """Asked what to do once the desk has hung up or could not be reached."""
    desk_status: str


def connected(dial: str, *, fork: Fork | None = None, callbacks: Callbacks | None = None) -> str:
    """TwiML that connects the caller to `number:…`, `sip:…` or `queue:…`. Raises `ValueError`."""
    answer = VoiceResponse()
    if fork:
        start = Start()
        stream = start.stream(
            url=fork.url, track="both_tracks", status_callback=fork.status_url, status_callback_method="POST"
        )
        stream.parameter(name="token", value=fork.token)
        answer.append(start)
    _connect(answer, dial, callbacks)
    return str(answer)


def hung_up() -> str:
    """Nothing more to do: the call ends."""
    return str(VoiceResponse())


def held_open(hold_s: int) -> str:
    """The caller's line stays open, and heard, until they hang up or so long has passed."""
    answer = VoiceResponse()
    answer.pause(length=hold_s)
    return str(answer)


def _connect(answer: VoiceResponse, dial: str, callbacks: Callbacks | None) -> None:
    kind, _, target = dial.partition(":")
    if not target or kind not in ("number", "sip", "sips", "queue"):
        raise ValueError("a desk is number:…, sip:… or queue:…")
    action = {"action": callbacks.after_desk, "method": "POST"} if callbacks else {}
    if kind == "queue":
        # <Dial><Queue> would bridge this caller to another one who waits; a caller waits with <Enqueue>.
        answer.enqueue(target, **action)
        return
    desk = Dial(**action)
    follow = (
        {"status_callback": callbacks.desk_status, "status_callback_event": CHILD_EVENTS} if callbacks else {}
    )
    if kind == "number":
        desk.number(target, **follow)
    else:
        desk.sip(dial, **follow)
    answer.append(desk)
