"""`evenkeel backup` and `evenkeel restore`: the whole installation into one file, and back."""

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
    "with a database of your own, set BACKUP_DATABASE_URL to a role that gets past row-level security (BYPASSRLS) and reads "
    "everything; a restore needs a superuser, or a role with CREATEDB and BYPASSRLS that is a member of the owner and of "
    "pg_signal_backend"
)


def backup(
    out: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")], data: Data = None
) -> None:
    """Write the whole installation into one file, mode 0600, and read it once more. Keep SECRET_KEY beside it, elsewhere."""
    with handle_errors(), connect(load_settings(data)) as found:
        if out.exists():
            exit_with_error(f"{out} is there already; name a new file")
        url, tools = _backup_url(found), find_programs(found.settings.pg_bin)
        pg_backup.check_privileges(asyncio.run(pg_backup.role_privileges(url)), tools)
        tables = pg_backup.dump(url, out, tools)
    with out.open("rb") as file:
        told = {
            "file": str(out),
            "bytes": out.stat().st_size,
            "sha256": file_digest(file, "sha256").hexdigest(),
            "tables": tables,
        }
    typer.echo(json.dumps(told, indent=1))


def restore(
    file: FileToRead,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is here.")] = False,
    data: Data = None,
) -> None:
    """Bring an installation back: beside what is here, then in its place once everything in it is well.

    Migrations are brought up to this release, and whoever was erased since the backup is erased again.
    """
    with handle_errors(), connect(load_settings(data)) as found:
        url, tools = _backup_url(found), find_programs(found.settings.pg_bin)
        tables = pg_backup.verify_dump(file, tools)
        role = asyncio.run(pg_backup.role_privileges(url))
        pg_backup.check_privileges(role, tools)
        _check_may_replace(asyncio.run(_districts(found)), replace=replace, can_create_databases=role["makes"])
        told = _restore_into_place(file, found, url, str(role["name"]))
    typer.echo(json.dumps({"restored": str(file), "tables": tables, **told}, indent=1))


def _restore_into_place(file: Path, connections: Connections, url: str, name: str) -> dict[str, Any]:
    """Read it into a database of its own, mend and examine that, and only then let it take the place of the other."""
    tools, scratch = find_programs(connections.settings.pg_bin), f"{name}_restored"
    erased = asyncio.run(pg_backup.erasures_to_carry(url))
    owner, app = (pg_backup.with_database(u, scratch) for u in (connections.owner_url, connections.app_url))
    made = asyncio.run(pg_backup.create_database(url, scratch, pg_backup.user_of(owner), pg_backup.user_of(app)))
    try:
        pg_backup.restore_into(file, made, tools)
        upgrade(owner)
        asyncio.run(pg_backup.carry_over_erasures(made, erased))
        # Transactions are numbered by each server: what comes next must come after all that was told.
        asyncio.run(_rebase_audit(owner))
        told = asyncio.run(_reapply_erasures(owner, app, connections.keys))
        patient = CheckTarget(app_url=app, owner_url=owner, secret=connections.keys)
        # What waited to be worked at or sealed when the backup was taken has waited ever since.
        if unwell := [f for f in asyncio.run(run_checks(patient, scores=True, audit=True, running=False)) if not f.ok]:
            exit_with_error("\n".join(f"{f.name}: {f.detail} -> {f.remedy}" for f in unwell) + "\nnothing was replaced")
        asyncio.run(pg_backup.swap_databases(url, scratch, name))
    finally:
        asyncio.run(pg_backup.drop_database(url, scratch))
    return told


async def _rebase_audit(owner_url: str) -> None:
    async with ConnectionPool(owner_url, size=1) as owner:
        await rebase(owner)


async def _reapply_erasures(owner_url: str, app_url: str, secret: Keys) -> dict[str, Any]:
    """Erase once more, district by district, whatever the list names."""
    owner, app = ConnectionPool(owner_url, size=1), ConnectionPool(app_url, size=2)
    people, gone = 0, 0
    try:
        held = await districts(owner)
        for district_id, _ in held:
            call = UseCaseRunner(
                actor=operator_actor("restore", district_id), environment=build_environment(owner, secret), request_id="command"
            )
            if await call.run(reapply_district_erasure, ReapplyDistrictErasure()):
                gone += 1
                continue
            call = UseCaseRunner(
                actor=operator_actor("restore", district_id), environment=build_environment(app, secret), request_id="command"
            )
            people += (await call.run(reapply_erasures, ReapplyErasures())).people
    finally:
        await owner.close()
        await app.close()
    return {"districts": len(held) - gone, "districts_erased_again": gone, "people_erased_again": people}


def _backup_url(connections: Connections) -> str:
    given = connections.settings.backup_database_url
    if connections.admin_url is None and given is None:
        exit_with_error(NO_ROLE)
    return given.get_secret_value() if given is not None else str(connections.admin_url)


def _check_may_replace(existing: list[UUID], *, replace: bool, can_create_databases: bool) -> None:
    if existing and not replace:
        exit_with_error(f"this installation holds {len(existing)} districts: name --replace to put the backup in their place")
    if not can_create_databases:
        exit_with_error(f"the role of the backup may not make databases: {NO_ROLE}")


async def _districts(connections: Connections) -> list[UUID]:
    if await pg_backup.is_empty(_backup_url(connections)):
        return []
    async with ConnectionPool(connections.owner_url, size=1) as pool:
        return [DistrictId(district_id) for district_id, _ in await districts(pool)]
