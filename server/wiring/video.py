"""Video calls, as the settings have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.adapters.doorways.webrtc.bridge import BridgeOptions, WebRtcBridge
from server.adapters.media.webm import WebmWriter
from server.services.case_pages import CasePages
from server.services.inviting_cases import CaseRooms
from server.services.keeping_video import VideoKeeping
from server.services.relaying import Relays
from server.services.room_acts import RoomActs
from server.services.room_doors import Admitting, RoomDoors, Video
from server.services.room_opening import Opening, RoomRules
from server.services.rooms import Rooms
from server.settings import BadSettings, Settings
from server.wiring.core import Core


@asynccontextmanager
async def video_of(core: Core, admitting: Admitting) -> AsyncIterator[Video | None]:
    """None where video is off."""
    given = core.settings.video
    if not given.enabled:
        yield None
        return
    options = BridgeOptions(
        bitrate=given.bitrate_kbit * 1000,
        connections=given.rooms * given.participants,
        public_addresses=tuple(str(address) for address in given.public_addresses),
    )
    rules = RoomRules(
        wait_s=given.wait_s,
        participants=given.participants,
        rooms=given.rooms,
        slots=options.slots,
        bitrate=options.bitrate,
    )
    async with WebRtcBridge(options) as bridge:
        opening = Opening(
            calls=core.switchboard,
            bridge=bridge,
            control_room=core.room,
            rules=rules,
            keeping=VideoKeeping(vault=core.vault, recorder=core.recorder, muxer=WebmWriter),
            cases=CaseRooms(pages=CasePages(core.room, core.store.cases)),
        )
        rooms = Rooms(opening)
        stop = core.bus.subscribe(rooms.follow)
        try:
            yield Video(
                acts=RoomActs(rooms=rooms, ice_servers=_relays(core).servers, relay_only=given.relay_only),
                doors=RoomDoors(rooms=rooms, control_room=core.room),
                admitting=admitting,
            )
        finally:
            stop()


def _relays(core: Core) -> Relays:
    given = core.settings.video
    return Relays(
        clock=core.clock,
        stun=given.stun,
        turn=given.turn,
        secret=core.settings.turn_secret,
        good_s=given.turn_minutes * 60,
    )


def check_video(settings: Settings) -> None:
    """Raises `BadSettings`."""
    mistakes = []
    given = settings.video
    try:
        secret = settings.turn_secret
    except OSError as error:
        raise BadSettings([f"video.turn_secret_file: cannot be read ({type(error).__name__})"]) from None
    if given.turn and not secret:
        mistakes.append(
            "video.turn_secret: expected EARSHOT_VIDEO__TURN_SECRET or turn_secret_file with video.turn"
        )
    if given.relay_only and not given.turn:
        mistakes.append("video.relay_only: expected a relay in video.turn")
    if mistakes:
        raise BadSettings(mistakes)
