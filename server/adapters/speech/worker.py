"""A speech worker process: one model, many recognisers, a socket to the node that started it."""

import argparse
import contextlib
import logging
import os
import queue
import signal
import socket
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import vosk

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
    next_to_worker,
    packed,
)
from server.adapters.speech.recogniser import Recogniser, load_model

log = logging.getLogger(__name__)

PROCESS_NAME = "earshot-speech"
DRAFT_EVERY = 4
"""Behind the speaker, only one block in so many is drafted: catching up comes first."""
MAX_WAITING = 1024
"""Messages held for all recognisers; when as many wait, the socket is not read and the node feels it."""


@dataclass(slots=True)
class _Session:
    number: int
    recogniser: Recogniser | None = None
    waiting: deque[ToWorker] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)
    queued: bool = False
    undrafted: int = 0


class Worker:
    """Reads on one thread, recognises on several; each recogniser is served by one thread at a time."""

    def __init__(self, channel: socket.socket, model: vosk.Model, *, threads: int) -> None:
        self._channel = channel
        self._model = model
        self._sessions: dict[int, _Session] = {}
        self._turns: queue.SimpleQueue[_Session] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(MAX_WAITING)
        self._writing = threading.Lock()
        for index in range(threads):
            threading.Thread(target=self._take_turns, name=f"ear-{index}", daemon=True).start()

    def run(self) -> None:
        """Serve until the node closes the channel."""
        while (message := next_to_worker(self._channel)) is not None:
            self._room.acquire()
            self._enqueue(message)

    def say(self, message: FromWorker) -> None:
        with self._writing, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._channel.sendall(packed(message))

    def _enqueue(self, message: ToWorker) -> None:
        session = self._sessions.setdefault(message.session, _Session(message.session))
        if isinstance(message, Close | Finish):
            del self._sessions[message.session]
        with session.lock:
            session.waiting.append(message)
            if session.queued:
                return
            session.queued = True
        self._turns.put(session)

    def _take_turns(self) -> None:
        while True:
            session = self._turns.get()
            self._serve_safely(session, session.waiting.popleft())
            self._room.release()
            with session.lock:
                session.queued = more = bool(session.waiting)
            if more:
                self._turns.put(session)  # to the back: a leg that catches up does not hold up the others

    def _serve_safely(self, session: _Session, message: ToWorker) -> None:
        try:
            self._serve(session, message)
        except Exception:  # boundary: one broken recogniser must not take the others with it
            log.exception("recogniser failed")
            session.recogniser = None
            self.say(Failed(session.number))

    def _serve(self, session: _Session, message: ToWorker) -> None:
        match message:
            case Open():
                session.recogniser = Recogniser(self._model)
            case Feed():
                self._hear(session, message.pcm)
            case Finish():
                if session.recogniser:
                    ear = session.recogniser
                    self.say(Finished(session.number, ear.samples, ear.finish()))
                session.recogniser = None
            case Close():
                session.recogniser = None

    def _hear(self, session: _Session, pcm: bytes) -> None:
        ear = session.recogniser
        if ear is None:
            return
        session.undrafted = 0 if not session.waiting else session.undrafted + 1
        taken = ear.hear(pcm, draft=session.undrafted % DRAFT_EVERY == 0)
        if taken.settled:
            self.say(Settled(session.number, ear.samples, taken.words or ()))
        else:
            self.say(Heard(session.number, ear.samples, taken.words))


def _name_process() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(PROCESS_NAME)


def _hush_native_code() -> None:
    # Kaldi warns about half-finished words on every other draft, and its log level does not stop that.
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def main() -> None:
    options = argparse.ArgumentParser(prog=PROCESS_NAME, description="Started by the node; not by hand.")
    options.add_argument("--channel", type=int, required=True, help="file descriptor of the socket")
    options.add_argument("--model", type=Path, required=True)
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--niceness", type=int, default=0)
    chosen = options.parse_args()
    os.nice(chosen.niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the node, which then lets the legs finish
    _name_process()
    _hush_native_code()
    with socket.socket(fileno=chosen.channel) as channel:
        began_s = time.monotonic()
        model = load_model(chosen.model)
        worker = Worker(channel, model, threads=chosen.threads)
        worker.say(Ready(round((time.monotonic() - began_s) * 1000)))
        with contextlib.suppress(ConnectionResetError):
            worker.run()
    os._exit(0)  # the recognising threads may be deep in native code, and nothing is left to tell


if __name__ == "__main__":
    main()
