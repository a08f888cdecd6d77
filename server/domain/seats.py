"""The seats of a video call, and how somebody's camera or microphone stands."""

from enum import StrEnum


class Seat(StrEnum):
    VICTIM = "victim"
    SPECIALIST = "specialist"
    HANDLER = "handler"
    """Of the phone call that the video came from: receives only."""
    SUPERVISOR = "supervisor"
    GUEST = "guest"
    """An officer or interpreter, by a link of their own."""


BY_LINK = frozenset({Seat.VICTIM, Seat.GUEST})
"""Visitors: what is kept of them is kept by their own word."""


class Switched(StrEnum):
    ON = "on"
    OFF = "off"
    DENIED = "denied"
    """The browser was not let have it."""
    NONE = "none"
    """There is none, or it was never asked for."""


class Leaving(StrEnum):
    """Why somebody is no longer in the room."""

    LEFT = "left"
    QUICK_EXIT = "quick exit"
    GONE = "did not come back"
    REMOVED = "removed"
    OVER = "over"
