"""The tables as the newest migration leaves them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """Aware in Python, always UTC in the database, whether or not it keeps time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LOOKED_FOR = (
    "kind IN ('ReviewAsked', 'ReviewDone', 'MarkerJudged', 'FindingJudged', 'ActionOpened', 'ActionDone')"
)
"""The few kinds by which calls are found; all others are only read call by call."""

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("call", sa.String, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("call", "seq"),
    sa.Index("ix_journal_looked_for", "kind", "id", sqlite_where=sa.text(LOOKED_FOR)),
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("call", sa.String, nullable=False, unique=True),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("doorway", sa.String, nullable=False),
    sa.Column("arrived_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Index(None, "arrived_at"),
    sa.Index(None, "ended_at"),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("password_hash", sa.String, nullable=False),
    sa.Column("duty", sa.Integer),
    sa.Column("on_break", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("skills", sa.String, nullable=False, server_default=sa.text("''")),
    sa.Column("rights", sa.String, nullable=False, server_default=sa.text("''")),
    sa.Column("subject", sa.String),
    sa.Index(None, "subject", unique=True),
)
"""`duty` counts up as people come on duty, and is null for those who are off.
Skills and rights are words, apart by spaces. `subject` is who the force's own sign-in says that they are,
and null for local accounts.
"""

duty_log = sa.Table(
    "duty_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("change", sa.String, nullable=False),
    sa.Index(None, "force", "at"),
)
"""Who was there when: `on duty`, `off duty`, `on a break`, `back`. Only added to; it outlives the account."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String, primary_key=True),
    sa.Column("person", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    sa.Column("until", Utc, nullable=False),
    sa.Column("seen_at", Utc),
    sa.Column("proved_at", Utc),
    sa.Index(None, "person"),
    sa.Index(None, "until"),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("call", sa.String, primary_key=True),
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("given_at", Utc, nullable=False),
    sa.Index(None, "person"),
)
"""No foreign keys: a grant may come before the account that it names, or before the call."""

follower_places = sa.Table(
    "follower_places",
    metadata,
    sa.Column("follower", sa.String, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
)
"""Up to which row of the journal each follower has worked."""

papers = sa.Table(
    "papers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("paper", sa.String, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("call", sa.String),
    sa.UniqueConstraint("paper", "seq"),
    sa.Index("ix_papers_kind", "kind", "id"),
    sa.Index(None, "call"),
)
"""The journals of what is no call: feedback between two people, exercises, training sessions.
`call` is the call that it is about, if any: with that call it ends.
"""

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""Keys of hashes, each sealed with a key of its own name."""

bars = sa.Table(
    "bars",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("call", sa.String, primary_key=True),
    sa.Index(None, "call"),
)
"""Who must not know of which call. No foreign keys, as with grants; removing an account leaves its bars."""

accesses = sa.Table(
    "accesses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("call", sa.String),
    sa.Column("by", sa.String, nullable=False),
    sa.Index(None, "at"),
    sa.Index(None, "call"),
    sa.Index(None, "person"),
)
"""Only added to."""

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("system", sa.String, nullable=False),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("scopes", sa.String, nullable=False),
    sa.Column("secret_hash", sa.String, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("until", Utc),
    sa.Column("revoked_at", Utc),
)
"""`scopes` are apart by spaces."""

outbox_places = sa.Table(
    "outbox_places",
    metadata,
    sa.Column("endpoint", sa.String, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
)
"""Up to which row of the journal each endpoint's postings have been made."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("endpoint", sa.String, nullable=False),
    sa.Column("call", sa.String, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("topic", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_at", Utc, nullable=False),
    sa.Column("dead_at", Utc),
    sa.Column("why", sa.String, nullable=False),
    sa.Index(None, "endpoint", "next_at"),
)

video_links = sa.Table(
    "video_links",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("token_hash", sa.String, nullable=False, unique=True),
    sa.Column("call", sa.String, nullable=False),
    sa.Column("room", sa.String, nullable=False),
    sa.Column("force", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("guest", sa.Boolean, nullable=False),
    sa.Column("talks", sa.Boolean, nullable=False),
    sa.Column("record", sa.Boolean, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("until", Utc, nullable=False),
    sa.Column("opened_at", Utc),
    sa.Column("browser_hash", sa.String, nullable=False),
    sa.Column("closed", sa.String),
    sa.Index(None, "call"),
    sa.Index(None, "room"),
)
"""No foreign keys: a link outlives the account that made it, and its room may come to be a call later."""

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("subject", sa.String, primary_key=True),
    sa.Column("part", sa.String, primary_key=True),
    sa.Column("master", sa.String, nullable=False),
    sa.Column("wrapped", sa.LargeBinary),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("destroyed_at", Utc),
)
"""Of a key that was destroyed the row stays, without the key."""

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("call", sa.String, primary_key=True),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
"""Calls that may not be erased. Why is in the call's journal."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("call", sa.String),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Index(None, "call"),
)
"""Only added to; each row's digest is over the row and the digest before it."""
