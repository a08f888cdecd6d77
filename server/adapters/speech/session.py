"""The node's end of one recogniser: what was fed, what is still unanswered, what came back."""

from collections import deque
from collections.abc import Callable

from server.adapters.speech.messages import (
    Close,
    Failed,
    Feed,
    Finish,
    Finished,
    FromWorker,
    Heard,
    Open,
    Ready,
    Settled,
    ToWorker,
)

WINDOW = 10
"""Blocks under way per recogniser: enough to keep it busy, few enough to be fair to the other legs."""

Reply = Heard | Settled | Finished


class Session:
    """Belongs to one leg. `wake` is called whenever there is something new to look at."""

    def __init__(self, number: int, send: Callable[[ToWorker], None], wake: Callable[[], None]) -> None:
        self.number = number
        self.lost = ""
        """Why the recogniser is gone; empty while it listens."""
        self.moving = False
        """The worker is to be replaced: take the next pause to move on."""
        self.finishing = False
        self.in_flight = 0
        self.fed_s = 0.0
        """When the oldest unanswered block was fed, or the last answer came."""
        self._overtaken = 0
        self._company = 0
        self._send = send
        self._wake = wake
        self._replies: deque[Reply] = deque()
        send(Open(number))

    @property
    def has_room(self) -> bool:
        return not self.finishing and not self.lost and self.in_flight < WINDOW

    @property
    def unasked(self) -> bool:
        """Whether it has answered everything and was not asked to finish yet."""
        return not self.in_flight and self.has_room

    @property
    def out_of_turn(self) -> bool:
        """Whether so many answers to other legs came meanwhile that they were not merely first in the queue.

        A worker takes its legs in turn, and each has a window at most ahead of this one's block.
        """
        return self.in_flight > 0 and self._overtaken > WINDOW * self._company

    def overtake(self, legs: int) -> None:
        """The worker, which has so many legs, answered another one."""
        self._overtaken += 1
        self._company = max(self._company, legs)

    def feed(self, pcm: bytes, now_s: float) -> None:
        self._count(now_s)
        self._send(Feed(self.number, pcm))

    def finish(self, now_s: float) -> None:
        if self.finishing:
            return
        self.finishing = True
        self._count(now_s)
        self._send(Finish(self.number))

    def close(self) -> None:
        if not self.lost and not self.finishing:
            self._send(Close(self.number))

    def take_replies(self) -> list[Reply]:
        replies = list(self._replies)
        self._replies.clear()
        return replies

    def deliver(self, reply: FromWorker, now_s: float) -> None:
        """Called for each message of the worker about this recogniser."""
        match reply:
            case Heard() | Settled() | Finished():
                self.in_flight -= 1
                self._wait_from(now_s)
                self._replies.append(reply)
                self._wake()
            case Failed():
                self._send(Close(self.number))
                self.lose("recogniser failed")
            case Ready():
                pass  # about the worker, not about this recogniser

    def lose(self, why: str) -> None:
        self.lost = why
        self.in_flight = 0
        self._wake()

    def move(self) -> None:
        self.moving = True
        self._wake()

    def _count(self, now_s: float) -> None:
        if self.in_flight == 0:
            self._wait_from(now_s)
        self.in_flight += 1

    def _wait_from(self, now_s: float) -> None:
        self.fed_s = now_s
        self._overtaken = self._company = 0
