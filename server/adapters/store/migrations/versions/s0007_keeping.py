"""Recordings, keys of calls, legal holds and what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = {
    "sqlite": (
        "DROP TRIGGER journal_is_not_changed",
        # A row that was kept in the clear may be sealed, once; nothing else about it may ever change.
        """CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
        WHEN NOT (OLD.body LIKE '{%' AND NEW.body LIKE 'sealed:%'
        AND NEW.id = OLD.id AND NEW.call = OLD.call AND NEW.seq = OLD.seq
        AND NEW.recorded_at = OLD.recorded_at AND NEW.kind = OLD.kind)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
        """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
        """CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
        """CREATE TRIGGER audit_has_no_gaps BEFORE INSERT ON audit
        WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM audit), 0)
        BEGIN SELECT RAISE(ABORT, 'the audit has no gaps'); END""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("master", sa.String, nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("subject", "part", name="pk_keys"),
    )
    op.create_table(
        "holds",
        sa.Column("call", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call", name="pk_holds"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("call", sa.String),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_call", "audit", ["call"])
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.execute(statement)
