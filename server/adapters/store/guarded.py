"""Reading and writing whatever is about people: a failing database is said as `PeopleLost`."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.database import Database
from server.ports.people import PeopleLost

T = TypeVar("T")


async def read(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.read(work)
    except SQLAlchemyError as error:
        raise PeopleLost("people could not be read") from error


async def write(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.write(work)
    except SQLAlchemyError as error:
        raise PeopleLost("people could not be written") from error
