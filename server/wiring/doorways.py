"""The doorways that calls come in by."""

from server.adapters.doorways.twilio.doorway import ControlRoom, TwilioDoorway, TwilioOptions
from server.services.open_lines import in_danger
from server.wiring.core import Core

UNSIGNED = (
    "twilio.auth_token: expected EARSHOT_TWILIO__AUTH_TOKEN or twilio.auth_token_file; "
    "without it every call would be turned away (or set twilio.enabled = false)"
)


def twilio_doorway(core: Core) -> TwilioDoorway:
    settings = core.settings
    options = TwilioOptions(
        public_url=settings.server.public_url,
        auth_tokens=settings.auth_tokens,
        fallback=settings.twilio.fallback or core.forces[0].desks[0].dial,
        forces=core.forces,
        token_lifetime_s=settings.twilio.token_s,
        hold_open_s=settings.twilio.hold_open_s,
    )
    room = ControlRoom(
        lines=core.switchboard,
        choose_desk=core.switchboard.choose_desk,
        tally=core.metrics.refused,
        in_danger=lambda call: in_danger(core.switchboard.live, call),
    )
    return TwilioDoorway(options, room=room, clock=core.clock)
