"""Reviews, exercises and what is searched."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LOOKED_FOR = (
    "kind IN ('ReviewAsked', 'ReviewDone', 'MarkerJudged', 'FindingJudged', 'ActionOpened', 'ActionDone')"
)


def upgrade() -> None:
    op.drop_index("ix_journal_looked_for", "journal")
    op.create_index("ix_journal_looked_for", "journal", ["kind", "id"], sqlite_where=sa.text(LOOKED_FOR))
    op.create_table(
        "follower_places",
        sa.Column("follower", sa.String, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("follower", name="pk_follower_places"),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("paper", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("paper", "seq", name="uq_papers_paper_seq"),
    )
    op.create_index("ix_papers_kind", "papers", ["kind", "id"])
