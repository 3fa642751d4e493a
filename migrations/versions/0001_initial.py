"""The tables of the first release, with row-level security, the serving role's rights and the queries it may run.

What stands here never changes again: a later change is a migration of its own.
"""

from pathlib import Path

from alembic import op

import migrations.initial
from migrations.initial import named_queries, queue
from migrations.ops import APP, enable_tenant_isolation

revision = "0001_initial"
down_revision = None

PARTS = (
    "control",
    "directory",
    "observations",
    "scoring",
    "change",
    "accounts",
    "people_access",
    "oauth",
    "jobs",
    "notifications",
    "audit",
    "privacy",
)
"""Files of ``migrations/initial``, in an order in which each refers only to tables of those before it."""

ALL = "select, insert, update, delete"
IMMUTABLE = "select, insert, delete"
"""Rows of evidence are written and, by erasure alone, deleted."""

EVENT = (
    "district_id, id, at, actor_kind, actor_id, client_id, session_id, supporter_id, action, object_kind, object_id, "
    "further_ids, count, before, after, outcome, code, request_id"
)
"""What the serving role may say of an audit event: all but its position, so that it can put none among those sealed."""

TENANTED = {
    "org": ALL,
    "academic_session": ALL,
    "person": ALL,
    "person_user_id": ALL,
    "assignment": ALL,
    "role_mapping": ALL,
    "roster_import": ALL,
    "push_head": ALL,
    "instrument": IMMUTABLE,
    "crosswalk": IMMUTABLE,
    "observation": "select, insert, delete, update (superseded_at, leader_id, observer_id, observer_name)",
    "rating": IMMUTABLE,
    "feedback": IMMUTABLE,
    "assessment": "select, insert, delete, update (superseded_at, leader_id, assessor_id)",
    "assessment_rating": IMMUTABLE,
    "scoring_basis": ALL,
    "tally": ALL,
    "configuration": IMMUTABLE,
    "initiative": ALL,
    "stakeholder_group": ALL,
    "pulse_answer": IMMUTABLE,
    "idempotency": ALL,
    "account": ALL,
    "account_code": ALL,
    "recovery_code": ALL,
    "browser_session": ALL,
    "sign_in_tries": ALL,
    "identity_provider": ALL,
    "identity_link": ALL,
    "logout_token": IMMUTABLE,
    "role_grant": ALL,
    "supervision": ALL,
    "sharing": ALL,
    "support_consent": ALL,
    "private_note": ALL,
    "person_merge": ALL,
    "session": ALL,
    "refresh_token": ALL,
    "authorization_request": ALL,
    "authorization_code": ALL,
    "consent": ALL,
    "initial_access_token": ALL,
    "job": ALL,
    "job_input": IMMUTABLE,
    "job_problem": IMMUTABLE,
    "notification": ALL,
    "notification_preference": ALL,
    "audit_event": f"select, insert ({EVENT})",
    "audit_block": "select, insert",
    "legal_hold": ALL,
    "retention_policy": ALL,
    "erasure_certificate": "select, insert",
    "erasure": "select, insert",
}
"""Every table of a district, and what the serving role may do with it.

Evidence stays as it came in. Who it is of may be corrected, when two records turn out to be of one person, and forgotten.
"""

CONTROL = (
    "control.district",
    "control.district_address",
    "control.client",
    "control.client_district",
    "control.client_assertion",
    "control.signing_key",
    "control.request_count",
    "control.district_erasure",
)

NATIVE_SCOPES = (
    "directory:read roster:write observations:read observations:write assessments:write scores:read change:read change:write "
    "advice:read configuration:read configuration:write me:read me:write audit:read exports:write admin:read admin:write"
)
NATIVE_CLIENT = f"""
insert into control.client (client_id, name, origin, secret_sha256, scopes, kind, auth_method, grant_types, redirect_uris,
  created_at)
values ('evenkeel-native', 'Evenkeel', 'evenkeel', null, string_to_array('{NATIVE_SCOPES}', ' '), 'native', 'none',
  '{{authorization_code,refresh_token}}', '{{http://127.0.0.1/callback,http://[::1]/callback}}', now())
"""


DROP_QUERIES = """
do $$ declare query regprocedure; begin
  for query in select p.oid from pg_proc p where p.pronamespace = 'control'::regnamespace loop
    execute format('drop function %s', query);
  end loop;
end $$
"""


def upgrade() -> None:
    for part in PARTS:
        script = (Path(migrations.initial.__file__).parent / f"{part}.sql").read_text()
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    queue.create()
    op.execute(f"grant usage on schema control to {APP}")
    for table, grants in TENANTED.items():
        enable_tenant_isolation(table, grants=grants)
    named_queries.create()
    op.execute(NATIVE_CLIENT)


def downgrade() -> None:
    op.execute("drop schema queue cascade")
    op.execute(DROP_QUERIES)
    op.execute(f"drop table {', '.join(TENANTED)}, {', '.join(CONTROL)}")
    op.execute(f"revoke usage on schema control from {APP}")
