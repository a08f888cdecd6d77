"""The bus of a single node: a list of listeners, called in turn."""

import logging
from collections.abc import Callable

from server.ports.bus import Notice, Subscriber

log = logging.getLogger(__name__)


class LocalBus:
    def __init__(self) -> None:
        self._subscribers: dict[object, Subscriber] = {}

    def publish(self, notice: Notice) -> None:
        for subscriber in tuple(self._subscribers.values()):
            try:
                subscriber(notice)
            except Exception:  # boundary: one follower's fault must not reach the recorder or the others
                log.exception("follower failed", extra={"notice": type(notice).__name__})

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        ticket = object()
        self._subscribers[ticket] = subscriber
        return lambda: self._subscribers.pop(ticket, None) and None
