"""Why a transfer between forces is refused: a code that the other server reads, and a sentence for people."""

from server.services.refusals import Refused


class NoPeer(Refused):
    """There is no such force whose server takes transfer sheets from yours."""

    code = "no-such-force"


class NotTransferred(Refused):
    """No other force has handed this call over."""

    code = "not-transferred"


class AtOtherForce(Refused):
    """This call's line and its handler are at the force that handed it over. Ring them."""

    code = "at-other-force"


class UnknownPeer(Refused):
    """This server does not know yours: it has to be named in its settings."""

    code = "unknown-peer"


class BadSignature(Refused):
    """The signature is not that of this message by the shared secret."""

    code = "bad-signature"


class OldMessage(Refused):
    """The message is too old, or from the future: look at both clocks."""

    code = "old-sheet"


class Replayed(Refused):
    """This message, or a later one of the same transfer, has been here before."""

    code = "replayed"


class BadSheet(Refused):
    """The message does not hold a transfer sheet that this version can read."""

    code = "bad-sheet"


class NotForUs(Refused):
    """The sheet names other forces than those that share the secret."""

    code = "not-for-us"
