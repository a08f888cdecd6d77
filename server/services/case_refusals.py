"""Why what people ask of a case is refused."""

from server.services.refusals import Refused


class NoSuchCase(Refused):
    """There is no such case, or it is not open to you."""

    code = "no-such-case"


class CaseChanged(Refused):
    """Somebody else has changed this case meanwhile. Look at it again."""

    code = "case-changed"


class NoSuchThing(Refused):
    """This case has no such person, address, order, assessment or referral."""

    code = "no-such-thing"


class NoSuchForm(Refused):
    """There is no such form, question or answer."""

    code = "no-such-form"


class Signed(Refused):
    """This assessment has been signed. Begin a new one."""

    code = "signed"


class NotReady(Refused):
    """The referral lacks something."""

    code = "not-ready"


class NoCallInCase(Refused):
    """No call of this case can be read: a video link has to come from one."""

    code = "no-call-in-case"


class NoSuchService(Refused):
    """No service that was checked lately goes by this name."""

    code = "no-such-service"
