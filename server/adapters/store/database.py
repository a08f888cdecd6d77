"""One database, worked from threads: a single writer and a few readers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
READERS = 4


class Database:
    """Whole transactions go to a thread, so each costs the event loop one hand-over.

    Awaiting a driver statement by statement would cost about four per statement, and a
    busy loop would stretch every one of them. All writing is done by one thread, in the
    order in which it was asked for, so writers here never wait for each other's lock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(earshot_writes=True)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._done(self._readers, lambda: self._read(work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self.in_writer(lambda: self.transact(work))

    async def in_writer(self, work: Callable[[], T]) -> T:
        """Do this on the writer's thread, in its turn. It is done even if the caller is cancelled."""
        return await self._done(self._writer, work)

    def transact(self, work: Callable[[Connection], T]) -> T:
        """For the writer's thread: all of the work or none of it, durable on return."""
        with self._writing.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    @staticmethod
    async def _done(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(threads, work))
