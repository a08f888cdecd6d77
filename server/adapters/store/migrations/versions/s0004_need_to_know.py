"""Bars, the access log, sessions that fall idle, and people whom the force's own sign-in vouches for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bars",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("call", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("person", "call", name="pk_bars"),
    )
    op.create_index("ix_bars_call", "bars", ["call"])
    op.create_table(
        "accesses",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("call", sa.String),
        sa.Column("by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accesses"),
    )
    op.create_index("ix_accesses_at", "accesses", ["at"])
    op.create_index("ix_accesses_call", "accesses", ["call"])
    op.create_index("ix_accesses_person", "accesses", ["person"])
    op.add_column("sessions", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.add_column("sessions", sa.Column("proved_at", sa.DateTime(timezone=True)))
    op.add_column("people", sa.Column("subject", sa.String))
    op.create_index("ix_people_subject", "people", ["subject"], unique=True)
