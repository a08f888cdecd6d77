"""The tables of earlier calls and of what they are found by."""

import sqlalchemy as sa

from server.adapters.store.tables import Utc, metadata

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("call", sa.String, nullable=False, unique=True),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("batch", sa.String),
    sa.Column("found_by", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index(None, "force", "at"),
)
"""`found_by` are the keys under which the call stands in `history_keys`, eight bytes each: an index by call
would be as large as all the rest.
"""

history_batches = sa.Table(
    "history_batches",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("force", sa.String, nullable=False),
)
"""Imports that are not finished: nothing of them is found yet."""

history_keys = sa.Table(
    "history_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_s", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("earlier", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""`key` is a digest of the force and of what the call is found by."""
