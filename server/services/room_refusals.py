"""Why somebody is not let into a video room, or what they asked of it is not done."""

from server.services.refusals import Refused


class NoSuchRoom(Refused):
    """This video call is not open."""

    code = "no-such-room"


class Restarting(Refused):
    """The server is starting again. Try again in a moment."""

    code = "restarting"


class RoomFull(Refused):
    """Everybody who can be in this call is in it."""

    code = "room-full"


class TooManyRooms(Refused):
    """This server carries as many video calls as it may. Try again in a minute."""

    code = "too-many-rooms"


class HelloFirst(Refused):
    """The first message must be hello, once."""

    code = "hello-first"


class BadMessage(Refused):
    """This message could not be understood."""

    code = "bad-message"


class NotForThisSeat(Refused):
    """This is not open to you in this call."""

    code = "not-for-this-seat"


class NoMediaHere(Refused):
    """This link is without camera and sound."""

    code = "no-media"


class OfferRefused(Refused):
    """The offer cannot be answered."""

    code = "bad-offer"


class OldAttempt(Refused):
    """A later offer has taken this one's place."""

    code = "old-attempt"


class TooManyCandidates(Refused):
    """Too many candidates; the server needs none."""

    code = "too-many-candidates"


class TooManyMessages(Refused):
    """Too many messages at once. Wait a moment."""

    code = "too-fast"


class BridgeBusy(Refused):
    """No connection can be made now. Try again in a minute."""

    code = "bridge-full"


class NoPicture(Refused):
    """No picture of this camera came. Try again when it is on."""

    code = "no-picture"


class NotRecorded(Refused):
    """This call is not recorded: the force's policy or the person's consent does not allow it."""

    code = "not-recorded"
