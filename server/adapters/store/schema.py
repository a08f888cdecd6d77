"""Bringing a database's schema up to what this version works with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


class StoreRefused(Exception):
    """The store cannot be used; the message says why and what to do about it."""


def bring_up_to_date(connection: Connection) -> None:
    """Take every migration that is missing, inside the connection's transaction.

    The caller holds the database's write lock, so of several starting processes one
    migrates and the others find it done. Raises `StoreRefused` for a newer database.
    """
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    found = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(found):
        raise StoreRefused(
            f"the database is at schema {', '.join(found)}, and this version knows only up to {max(known)}: "
            "start the version of Earshot that wrote it, or a newer one"
        )
    command.upgrade(config, "head")
