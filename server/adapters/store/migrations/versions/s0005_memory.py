"""Earlier calls, and what they are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("call", sa.String, nullable=False),
        sa.Column("force", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("batch", sa.String),
        sa.Column("found_by", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sa.UniqueConstraint("call", name="uq_history_call"),
    )
    op.create_index("ix_history_force_at", "history", ["force", "at"])
    op.create_table(
        "history_batches",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("force", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history_batches"),
    )
    op.create_table(
        "history_keys",
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("at_s", sa.BigInteger, nullable=False),
        sa.Column("earlier", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "at_s", "earlier", name="pk_history_keys"),
        sqlite_with_rowid=False,
    )
