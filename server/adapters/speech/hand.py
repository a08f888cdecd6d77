"""A worker at work: its process, the recognisers it holds, and when it last gave a sign of life."""

from collections.abc import Callable
from itertools import count

from server.adapters.speech.messages import Ready, ToWorker
from server.adapters.speech.process import SpeechProcess
from server.adapters.speech.session import Session


class Hand:
    def __init__(self, process: SpeechProcess, clock: Callable[[], float]) -> None:
        self._process = process
        self._clock = clock
        self._sessions: dict[int, Session] = {}
        self._numbers = count()
        self._lost_because = "speech worker died"
        self._size_when_ready_mb = 0.0
        self.ready_s: float | None = None
        """When the model was loaded; None before."""
        self.retiring = False
        self.dead = False
        self.signed_s = clock()

    @property
    def listening(self) -> bool:
        return self.ready_s is not None and not self.retiring and not self.dead

    @property
    def legs(self) -> int:
        return len(self._sessions)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        return self._process.exit_status

    @property
    def unanswered(self) -> bool:
        return any(session.in_flight for session in self._sessions.values())

    @property
    def grown_mb(self) -> float:
        return self._process.memory_mb() - self._size_when_ready_mb

    def open(self, wake: Callable[[], None]) -> Session:
        session = Session(next(self._numbers), self._send, wake)
        self._sessions[session.number] = session
        return session

    def release(self, session: Session) -> None:
        if self._sessions.get(session.number) is not session:
            return
        del self._sessions[session.number]
        session.close()
        if self.retiring and not self._sessions:
            self._process.hang_up()

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Pass on what the worker says until it is gone."""
        try:
            while (message := await self._process.read()) is not None:
                self.signed_s = self._clock()
                if isinstance(message, Ready):
                    self.ready_s = self.signed_s
                    self._size_when_ready_mb = self._process.memory_mb()
                    on_ready()
                elif session := self._sessions.get(message.session):
                    session.deliver(message, self.signed_s)
                    self._note_overtaken(session)
        finally:
            self.dead = True
            for session in tuple(self._sessions.values()):
                session.lose(self._lost_because)
            await self._process.end()

    def retire(self) -> None:
        """Take no more legs; those here move at their next pause."""
        self.retiring = True
        if not self._sessions:
            self._process.hang_up()
        for session in tuple(self._sessions.values()):
            session.move()

    def replace(self, why: str) -> None:
        """Kill it; its legs go to another."""
        self._lost_because = why
        self._process.kill()

    def silent_for_s(self, now_s: float) -> float:
        """How long fed sound has gone without any answer."""
        return now_s - self.signed_s if self.unanswered else 0.0

    def stuck_for_s(self, now_s: float) -> float:
        """The same for the worst single leg that others have overtaken."""
        return max((now_s - s.fed_s for s in self._sessions.values() if s.out_of_turn), default=0.0)

    def excuse(self, now_s: float) -> None:
        """Count waiting from now: the node itself was asleep."""
        self.signed_s = now_s
        for session in self._sessions.values():
            session.fed_s = now_s

    def _note_overtaken(self, answered: Session) -> None:
        for session in self._sessions.values():
            if session is not answered:
                session.overtake(self.legs)

    def _send(self, message: ToWorker) -> None:
        if not self.unanswered:
            self.signed_s = self._clock()
        self._process.send(message)
