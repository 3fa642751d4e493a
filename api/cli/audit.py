"""Commands for the audit log."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.session import Connections, Data, District, connect, handle_errors, load_settings, print_json, run_use_case
from api.runtime.audit_sealer import seal_all_districts
from api.runtime.environment import build_environment
from api.security.audit_signer import AuditSigner
from domain.audit.commands import CutTrail, ExportAudit
from domain.audit.usecases import cut_trail, export_audit
from domain.audit.views import SealResult
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.operations.audit_rebase import rebase

audit_app = typer.Typer(no_args_is_help=True, help="The audit log: what was done by whom, sealed in blocks.")

Since = Annotated[datetime | None, typer.Option("--from", help="From this moment on, in UTC; whole blocks.")]
Until = Annotated[datetime | None, typer.Option("--until", help="Before this moment, in UTC; whole blocks.")]


@audit_app.command("seal")
def audit_seal(data: Data = None) -> None:
    """Seal the final events of every district. A running service does so every half minute."""
    with handle_errors(), connect(load_settings(data)) as connections:
        results = asyncio.run(_seal(connections))
    for district_id, result in results.items():
        typer.echo(f"{district_id}: {result.events} events, block {result.number}, digest {result.digest}")


@audit_app.command("export")
def audit_export(
    district: District,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write, with one JSON object a line.")],
    since: Since = None,
    until: Until = None,
    data: Data = None,
) -> None:
    """Write events and blocks as JSON Lines that can be verified without Evenkeel (domain/audit/README.md)."""
    with handle_errors(), file.open("w", encoding="ascii", newline="\n") as output:
        command = ExportAudit(write=lambda line: output.write(line + "\n"), since=_utc(since), until=_utc(until))
        print_json(run_use_case(data, district, export_audit, command, owner=False))


@audit_app.command("cut")
def audit_cut(
    district: District,
    before: Annotated[datetime, typer.Option("--before", help="Events before this moment, in UTC; whole blocks.")],
    data: Data = None,
) -> None:
    """Delete old events in whole blocks, for good; their digests stay, so that the rest can still be verified."""
    print_json(run_use_case(data, district, cut_trail, CutTrail(before=before.replace(tzinfo=UTC)), owner=True))


@audit_app.command("key")
def audit_key(data: Data = None) -> None:
    """Print the public key of the blocks' signatures; with a copy elsewhere they can be verified without Evenkeel."""
    with handle_errors(), connect(load_settings(data)) as connections:
        signer = AuditSigner(connections.keys[0], connections.keys[1:])
    typer.echo(f"{signer.key_id} {signer.public_key}")


@audit_app.command("rebase")
def audit_rebase(data: Data = None) -> None:
    """Make positions of new events follow the existing ones, after a restore on another PostgreSQL server."""
    with handle_errors(), connect(load_settings(data)) as connections:
        moved = asyncio.run(_rebase(connections))
    typer.echo(f"moved by {moved}" if moved else "nothing to do")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


async def _seal(connections: Connections) -> dict[DistrictId, SealResult]:
    async with ConnectionPool(connections.app_url, size=2) as pool:
        return await seal_all_districts(
            pool, build_environment(pool, connections.keys), AuditSigner(connections.keys[0], connections.keys[1:])
        )


async def _rebase(connections: Connections) -> int:
    async with ConnectionPool(connections.owner_url, size=1) as pool:
        return await rebase(pool)
