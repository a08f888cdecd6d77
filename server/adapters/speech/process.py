"""One speech worker process, as its node holds it: started, spoken to, and surely ended."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from server.adapters.speech.messages import FromWorker, ToWorker, next_from_worker, packed

log = logging.getLogger(__name__)

PACKAGE_ROOT = Path(__file__).resolve().parents[3]
GRACE_S = 1.0
"""What a worker gets to leave by itself, and again after it was asked to."""
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    model: Path
    threads: int
    niceness: int = 0


class SpeechProcess:
    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: ToWorker) -> None:
        """Never waits: what is under way is bounded by each leg's window."""
        if not self._writer.is_closing():
            self._writer.write(packed(message))

    async def read(self) -> FromWorker | None:
        """None when the worker is gone."""
        try:
            return await next_from_worker(self._reader)
        except (EOFError, OSError):
            return None
        except (ValueError, msgspec.MsgspecError):
            log.exception("speech worker spoke nonsense", extra={"worker": self.pid})
            return None

    @property
    def exit_status(self) -> int | None:
        """Negative for the signal that ended it."""
        return self._process.returncode

    def memory_mb(self) -> float:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE_MB
        return 0.0

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def hang_up(self) -> None:
        """The worker leaves when it reads that; `read` then gives None."""
        with contextlib.suppress(OSError):
            self._writer.write_eof()

    async def end(self) -> None:
        """Hang up, then ask, then insist; return when the process is gone and reaped."""
        self._writer.close()
        for insist in (None, self._process.terminate, self._process.kill):
            with contextlib.suppress(ProcessLookupError):
                if insist:
                    insist()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GRACE_S)
                break
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


async def start_process(launch: Launch) -> SpeechProcess:
    ours, theirs = socket.socketpair()
    with theirs:
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            process = await _spawn(launch, theirs.fileno())
        except BaseException:
            writer.close()
            raise
    return SpeechProcess(process, reader, writer)


async def _spawn(launch: Launch, channel: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server.adapters.speech.worker"),
        *("--channel", str(channel)),
        *("--model", str(launch.model.resolve())),
        *("--threads", str(launch.threads)),
        *("--niceness", str(launch.niceness)),
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=(channel,),
        env=_environment(),
        # Ctrl-C on the terminal is the node's to hear; a worker that stops by itself would lose words.
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    paths = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    # The recognising threads are the parallelism; a maths library's own would only fight them.
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
