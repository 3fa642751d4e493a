"""Helpers for migrations of tenants' tables: tenant isolation (row-level security), and the serving role's grants."""

from alembic import op

APP = "evenkeel_app"
DISTRICT = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The transaction's district. On a reused connection the unset value is '', hence nullif; without a district no row is visible."""


def enable_tenant_isolation(table: str, *, grants: str = "select, insert, update, delete") -> None:
    """Enable row-level security on `table`, forced on its owner as well, and give the serving role `grants`."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy fence on {table} using (district_id = {DISTRICT}) with check (district_id = {DISTRICT})")
    op.execute(f"grant {grants} on {table} to {APP}")


def named_query(signature: str, returns: str, body: str, *, writes: bool = False) -> None:
    """Create a function on schema `control` that only the serving role may execute; it runs with the owner's rights."""
    op.execute(
        f"create function control.{signature} returns {returns} language sql {'volatile' if writes else 'stable'} "
        f"security definer set search_path = pg_catalog, pg_temp as $$ {body} $$"
    )
    name = f"control.{signature.split('(', maxsplit=1)[0]}"
    types = signature.split("(")[1].rstrip(")")
    arguments = ", ".join(part.split()[-1] for part in types.split(",") if part.strip())
    op.execute(f"revoke all on function {name}({arguments}) from public")
    op.execute(f"grant execute on function {name}({arguments}) to {APP}")
