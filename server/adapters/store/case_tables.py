"""The tables of the case book, as the newest migration leaves them."""

import sqlalchemy as sa

from server.adapters.store.tables import Utc, metadata

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case", sa.String, nullable=False, unique=True),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("closed_at", Utc),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Index(None, "force", "changed_at"),
)

case_journal = sa.Table(
    "case_journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case", sa.String, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("case", "seq"),
)

case_calls = sa.Table(
    "case_calls",
    metadata,
    sa.Column("case", sa.String, primary_key=True),
    sa.Column("call", sa.String, primary_key=True),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "call"),
)
"""Which calls are in which case, and which were and are no more: written with the case's journal."""
