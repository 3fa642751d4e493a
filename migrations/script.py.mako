"""${message}.

Expand, backfill in batches inside each district's tenant isolation, enforce: each its own step, able to run against the previous code.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import enable_tenant_isolation
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
