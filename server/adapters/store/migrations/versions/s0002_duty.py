"""Breaks, skills and rights of people, who was on duty when, and an index of facts looked for by kind."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOOKED_FOR = sa.text("kind IN ('ReviewAsked', 'ReviewDone', 'MarkerJudged')")


def upgrade() -> None:
    for column in (
        sa.Column("on_break", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("skills", sa.String, nullable=False, server_default=sa.text("''")),
        sa.Column("rights", sa.String, nullable=False, server_default=sa.text("''")),
    ):
        op.add_column("people", column)
    op.create_table(
        "duty_log",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("force", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_log"),
    )
    op.create_index("ix_duty_log_force_at", "duty_log", ["force", "at"])
    op.create_index("ix_journal_looked_for", "journal", ["kind", "id"], sqlite_where=LOOKED_FOR)
