"""What every migration of a tenant's table needs: tenant isolation (row-level security), and the grants of the serving role."""

from alembic import op

APP = "evenkeel_app"
DISTRICT = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The district of this transaction. A setting reads as '' on a reused connection, hence nullif; unset, nothing is visible."""


def enable_tenant_isolation(table: str, *, grants: str = "select, insert, update, delete") -> None:
    """Put `table` behind row-level security, forced on its owner as well, and let the serving role do `grants`."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy fence on {table} using (district_id = {DISTRICT}) with check (district_id = {DISTRICT})")
    op.execute(f"grant {grants} on {table} to {APP}")


def named_query(signature: str, returns: str, body: str, *, writes: bool = False) -> None:
    """A query on schema `control` that the serving role may run, and nobody else; it runs with the owner's rights."""
    op.execute(
        f"create function control.{signature} returns {returns} language sql {'volatile' if writes else 'stable'} "
        f"security definer set search_path = pg_catalog, pg_temp as $$ {body} $$"
    )
    name = f"control.{signature.split('(', maxsplit=1)[0]}"
    types = signature.split("(")[1].rstrip(")")
    arguments = ", ".join(part.split()[-1] for part in types.split(",") if part.strip())
    op.execute(f"revoke all on function {name}({arguments}) from public")
    op.execute(f"grant execute on function {name}({arguments}) to {APP}")
