"""Why what people ask of a request for everything that is held about somebody is refused."""

from server.services.refusals import Refused


class NoSuchRequest(Refused):
    """There is no such request, or it is not open to you."""

    code = "no-such-request"


class NoSuchItem(Refused):
    """Nothing of that name was found for this request."""

    code = "no-such-item"


class NotTheirs(Refused):
    """Whoever took this request on decides about it, and takes the bundle."""

    code = "not-theirs"


class ReasonWanted(Refused):
    """This needs a reason: read what speaks against it."""

    code = "reason-wanted"


class Undecided(Refused):
    """Nobody has decided about all of it yet."""

    code = "undecided"


class PutForward(Refused):
    """It lies before the second person, or was agreed to. Nothing is decided about it now."""

    code = "put-forward"


class MoreFound(Refused):
    """More is held than lies before you. Turn it down: somebody who may know of all has to look again."""

    code = "more-found"


class LessFound(Refused):
    """Part of what is to leave is not found now: gone, or not open to you. Somebody has to look again."""

    code = "less-found"
