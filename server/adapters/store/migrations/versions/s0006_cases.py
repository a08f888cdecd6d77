"""Cases: a journal for each, and which calls are in which. Briefs are in the journals of their calls."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case", sa.String, nullable=False),
        sa.Column("force", sa.String, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("case", name="uq_cases_case"),
    )
    op.create_index("ix_cases_force_changed_at", "cases", ["force", "changed_at"])
    op.create_table(
        "case_journal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_journal"),
        sa.UniqueConstraint("case", "seq", name="uq_case_journal_case_seq"),
    )
    op.create_table(
        "case_calls",
        sa.Column("case", sa.String, nullable=False),
        sa.Column("call", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("case", "call", name="pk_case_calls"),
    )
    op.create_index("ix_case_calls_call", "case_calls", ["call"])
