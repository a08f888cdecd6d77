"""Links into video: hashes only, of what stands in the address and of the browser that holds it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "video_links",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False),
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
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("browser_hash", sa.String, nullable=False),
        sa.Column("closed", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_video_links"),
        sa.UniqueConstraint("id", name="uq_video_links_id"),
        sa.UniqueConstraint("token_hash", name="uq_video_links_token_hash"),
    )
    op.create_index("ix_video_links_call", "video_links", ["call"])
    op.create_index("ix_video_links_room", "video_links", ["room"])
