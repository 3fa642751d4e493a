"""`evenkeel backup` and `evenkeel restore`: write the whole installation to one file, and restore it."""

import asyncio
import json
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli.doctor import CheckTarget, run_checks
from api.cli.session import Connections, Data, FileToRead, connect, exit_with_error, handle_errors, load_settings
from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from api.security.encryption import Keys
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.privacy.commands import ReapplyDistrictErasure, ReapplyErasures
from domain.privacy.usecases.erase_person import reapply_erasures
from domain.privacy.usecases.portability import reapply_district_erasure
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.operations import backup as pg_backup
from persistence.operations.audit_rebase import rebase
from persistence.operations.migrate import upgrade
from persistence.operations.pg_programs import find_programs
from persistence.repositories.districts import districts

NO_ROLE = (
    "with your own database, set BACKUP_DATABASE_URL to a role that bypasses row-level security (BYPASSRLS) and may read all "
    "tables; a restore needs a superuser, or a role with CREATEDB and BYPASSRLS that is a member of the owner and of "
    "pg_signal_backend"
)


def backup(out: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")], data: Data = None) -> None:
    """Write the whole installation to one file (mode 0600) and verify it. Keep SECRET_KEY as well, in another place."""
    with handle_errors(), connect(load_settings(data)) as connections:
        if out.exists():
            exit_with_error(f"{out} exists already; name a new file")
        url, tools = _backup_url(connections), find_programs(connections.settings.pg_bin)
        pg_backup.check_privileges(asyncio.run(pg_backup.role_privileges(url)), tools)
        tables = pg_backup.dump(url, out, tools)
    with out.open("rb") as file:
        report = {
            "file": str(out),
            "bytes": out.stat().st_size,
            "sha256": file_digest(file, "sha256").hexdigest(),
            "tables": tables,
        }
    typer.echo(json.dumps(report, indent=1))


def restore(
    file: FileToRead,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the districts that this installation has now.")] = False,
    data: Data = None,
) -> None:
    """Restore an installation: into a database of its own first, which replaces the present one once all checks pass.

    The restored database is migrated to this release, and whoever was erased since the backup is erased again.
    """
    with handle_errors(), connect(load_settings(data)) as connections:
        url, tools = _backup_url(connections), find_programs(connections.settings.pg_bin)
        tables = pg_backup.verify_dump(file, tools)
        role = asyncio.run(pg_backup.role_privileges(url))
        pg_backup.check_privileges(role, tools)
        _check_may_replace(asyncio.run(_districts(connections)), replace=replace, can_create_databases=role["makes"])
        counts = _restore_into_place(file, connections, url, str(role["name"]))
    typer.echo(json.dumps({"restored": str(file), "tables": tables, **counts}, indent=1))


def _restore_into_place(file: Path, connections: Connections, url: str, name: str) -> dict[str, Any]:
    """Restore `file` into a scratch database, repair and check it, and only then swap it with the present one.

    Return counts of districts and of people erased again.
    """
    tools, scratch = find_programs(connections.settings.pg_bin), f"{name}_restored"
    erased = asyncio.run(pg_backup.erasures_to_carry(url))
    owner, app = (pg_backup.with_database(u, scratch) for u in (connections.owner_url, connections.app_url))
    scratch_url = asyncio.run(pg_backup.create_database(url, scratch, pg_backup.user_of(owner), pg_backup.user_of(app)))
    try:
        pg_backup.restore_into(file, scratch_url, tools)
        upgrade(owner)
        asyncio.run(pg_backup.carry_over_erasures(scratch_url, erased))
        # Each server numbers its transactions itself: positions of new audit events must follow those in the backup.
        asyncio.run(_rebase_audit(owner))
        counts = asyncio.run(_reapply_erasures(owner, app, connections.keys))
        target = CheckTarget(app_url=app, owner_url=owner, secret=connections.keys)
        # `running=False`: jobs and events that waited when the backup was made have waited ever since.
        if failed := [r for r in asyncio.run(run_checks(target, scores=True, audit=True, running=False)) if not r.ok]:
            exit_with_error("\n".join(f"{r.name}: {r.detail} -> {r.remedy}" for r in failed) + "\nnothing was replaced")
        asyncio.run(pg_backup.swap_databases(url, scratch, name))
    finally:
        asyncio.run(pg_backup.drop_database(url, scratch))
    return counts


async def _rebase_audit(owner_url: str) -> None:
    async with ConnectionPool(owner_url, size=1) as owner:
        await rebase(owner)


async def _reapply_erasures(owner_url: str, app_url: str, secret: Keys) -> dict[str, Any]:
    """Erase again, district by district, the districts and people on the list of erasures; return the counts."""
    owner, app = ConnectionPool(owner_url, size=1), ConnectionPool(app_url, size=2)
    people, erased = 0, 0
    try:
        restored = await districts(owner)
        for district_id, _ in restored:
            runner = UseCaseRunner(
                actor=operator_actor("restore", district_id), environment=build_environment(owner, secret), request_id="command"
            )
            if await runner.run(reapply_district_erasure, ReapplyDistrictErasure()):
                erased += 1
                continue
            runner = UseCaseRunner(
                actor=operator_actor("restore", district_id), environment=build_environment(app, secret), request_id="command"
            )
            people += (await runner.run(reapply_erasures, ReapplyErasures())).people
    finally:
        await owner.close()
        await app.close()
    return {"districts": len(restored) - erased, "districts_erased_again": erased, "people_erased_again": people}


def _backup_url(connections: Connections) -> str:
    configured = connections.settings.backup_database_url
    if connections.admin_url is None and configured is None:
        exit_with_error(NO_ROLE)
    return configured.get_secret_value() if configured is not None else str(connections.admin_url)


def _check_may_replace(existing: list[UUID], *, replace: bool, can_create_databases: bool) -> None:
    if existing and not replace:
        exit_with_error(f"this installation holds {len(existing)} districts: give --replace to replace them with the backup")
    if not can_create_databases:
        exit_with_error(f"the role of the backup may not create databases: {NO_ROLE}")


async def _districts(connections: Connections) -> list[UUID]:
    if await pg_backup.is_empty(_backup_url(connections)):
        return []
    async with ConnectionPool(connections.owner_url, size=1) as pool:
        return [DistrictId(district_id) for district_id, _ in await districts(pool)]
