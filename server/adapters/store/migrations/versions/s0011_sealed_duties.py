"""Cases, papers and the index of earlier calls lie sealed; a case knows every call that was ever in it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

EVER = """
INSERT OR IGNORE INTO case_calls ("case", call, gone)
SELECT "case", json_extract(body, '$.call'), 1 FROM case_journal WHERE kind = 'CallAdded'
"""
OF_FEEDBACK = """
UPDATE papers SET call = (
  SELECT json_extract(first.body, '$.call') FROM papers AS first
  WHERE first.paper = papers.paper AND first.seq = 1
)
"""


def upgrade() -> None:
    op.add_column("case_calls", sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(EVER)
    op.add_column("papers", sa.Column("call", sa.String))
    op.execute(OF_FEEDBACK)
    op.create_index("ix_papers_call", "papers", ["call"])
    op.create_table(
        "secrets",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
