"""Export, import and erase a district: one file, with the same ids and scores after an import."""

import hmac
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from domain.permissions.rules import authorize
from domain.privacy.commands import EraseDistrict, ExportDistrict, ImportDistrict, ReapplyDistrictErasure
from domain.privacy.erasure_certificate import counts_by_table, issue_certificate, table_counts
from domain.privacy.package_clients import CLIENTS, client_rows, clients_in_package, register_clients
from domain.privacy.package_reader import PackageReader, invalid_package
from domain.privacy.package_readme import readme, steps
from domain.privacy.package_rights import check_rights_accepted, rights_of
from domain.privacy.package_views import DistrictErasureView, ExportView, ImportView
from domain.privacy.package_writer import FORMAT, FORMAT_VERSION, PackageManifest, PackageWriter
from domain.privacy.ports import ExportedClient, NewDistrict, PrivacyUnit
from domain.scoring.score import profile
from domain.shared.audit import Subject
from domain.shared.context import Actor, Context
from domain.shared.csv_output import csv_lines
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import DistrictId, PersonId
from domain.shared.legal_holds import ActiveHolds, check_district_legal_holds
from domain.shared.operation import operation

OPTIONAL_COLUMNS = {CLIENTS: frozenset({"evaluates"})}
"""Restrictions that may be missing in a package; then the strictest value applies."""
SIGNATURES = "district packages"
"""The purpose of the key that signs packages."""
SHEETS = ("people", "schools", "observations")
SCORE_COLUMNS = (
    "leader_sourced_id",
    "leader",
    "responsibility",
    "estimate",
    "sd",
    "low",
    "high",
    "evidence",
    "reliability",
    "sources",
)
NO_DISTRICT = "no district has this id; check it"


@operation(audited=True)
async def export_district(cmd: ExportDistrict, ctx: Context[PrivacyUnit]) -> ExportView:
    """Write the district as one ZIP from one snapshot, without secrets; memory is small whatever its size."""
    permission = authorize(ctx.actor, "export_district")
    writer = PackageWriter(cmd.target)
    async with ctx.read(permission) as unit:
        await unit.portability.snapshot()
        unit.audit.record(Subject.DISTRICT, ctx.actor.district_id)
        district = await unit.portability.district()
        if district is None:
            raise NotFound(NO_DISTRICT)
        for table, columns in unit.portability.tables.items():
            await writer.rows(table, columns, unit.portability.rows(table))
        await writer.rows(CLIENTS, [f.name for f in fields(ExportedClient)], client_rows(unit))
        for name in SHEETS:
            await writer.sheet(f"csv/{name}.csv", _sheet(name, unit))
        await writer.sheet("csv/scores.csv", _scores(ctx.now(), unit))
        schema, data_map = await unit.portability.schema_revision(), unit.portability.data_map
    manifest = PackageManifest(
        format=FORMAT,
        format_version=FORMAT_VERSION,
        release=cmd.release,
        schema=schema,
        district_id=str(district.id),
        district_name=district.name,
        time_zone=district.time_zone,
        exported_at=ctx.now().isoformat(),
        files=tuple(writer.files),
    )
    manifest = replace(manifest, signature=ctx.current_keyed_digest(SIGNATURES, manifest.signed_bytes)[0].hex())
    writer.close(readme(manifest, data_map), manifest)
    rows = table_counts({f.table: f.rows for f in writer.files if f.table})
    return ExportView(district_id=district.id, exported_at=ctx.now(), schema=schema, rows=rows)


@operation()
async def import_district(cmd: ImportDistrict, ctx: Context[PrivacyUnit]) -> ImportView:
    """Import a district with its ids and scores, all or nothing; the package is checked before anything is saved.

    The actor must be an operator in the district of the package. Raises `RightsNotAccepted` if the package has administrators
    or scopes beyond a partner's, and `accept_rights` is false.
    """
    permission = authorize(ctx.actor, "import_district")
    package = PackageReader(cmd.source)
    async with ctx.open(permission) as unit:
        columns = {**unit.portability.tables, CLIENTS: [f.name for f in fields(ExportedClient)]}
        package.check_schema(await unit.portability.schema_revision(), columns, OPTIONAL_COLUMNS)
        package.check_content()
        district = _package_district(package, ctx.actor)
        clients = tuple(clients_in_package(package))
        rights = rights_of(package, clients)
        if not (cmd.dry_run or cmd.accept_rights):
            check_rights_accepted(rights)
        if not await unit.portability.add_district(district, ctx.now()):
            raise Conflict("a district with this id exists; erase it first, or import into another installation")
        registered, left_out = await register_clients(clients, unit, ctx)
        for table in unit.portability.tables:
            for rows in package.rows(table):
                await unit.portability.insert(table, rows)
            if unit.portability.refers_to_itself(table):
                for rows in package.rows(table):
                    await unit.portability.link(table, rows)
        if wrong := await unit.portability.wrong_tallies():
            raise invalid_package(f"{wrong} tallies of the package differ from its evidence")
        if not cmd.dry_run:
            await unit.commit()
    rows_by_table = table_counts({f.table: f.rows for f in package.manifest.files if f.table})
    return ImportView(
        district_id=district.id,
        dry_run=cmd.dry_run,
        made_here=_is_signed(package.manifest, ctx),
        rights=rights,
        rows=rows_by_table,
        clients=tuple(registered),
        clients_left_out=tuple(left_out),
        steps=steps(district.id, registered),
    )


@operation(audited=False)
async def erase_district(cmd: EraseDistrict, ctx: Context[PrivacyUnit]) -> DistrictErasureView:
    """Delete the district and all its rows. Raises an error while anything in it is under a legal hold.

    The certificate has the rows by table, and the SHA-256 of each exported table as an export at this time would have it.
    """
    permission = authorize(ctx.actor, "erase_district")
    async with ctx.open(permission) as unit:
        district = await unit.portability.district()
        if district is None:
            raise NotFound(NO_DISTRICT)
        await unit.erasures.lock_directory()
        check_district_legal_holds(ActiveHolds.of(await unit.holds.all(), ctx.now()))
        await unit.tallies.lock_basis()
        if cmd.dry_run:
            rows = table_counts(await unit.portability.counts())
            return DistrictErasureView(district_id=district.id, dry_run=True, rows=rows, certificate=None)
        digests = {table: await _digest(table, unit) for table in unit.portability.tables}
        rows = table_counts(await unit.portability.delete_all())
        certificate = issue_certificate(
            "district",
            ctx.new_id(),
            ctx.actor,
            ctx.now(),
            ctx.keyed_digests,
            rows=counts_by_table(rows),
            sha256_of_rows=digests,
        )
        await unit.portability.save_certificate(certificate, ctx.now())
        await unit.commit()
    return DistrictErasureView(district_id=district.id, dry_run=False, rows=rows, certificate=certificate)


@operation(audited=False)
async def reapply_district_erasure(cmd: ReapplyDistrictErasure, ctx: Context[PrivacyUnit]) -> bool:  # noqa: ARG001 - no fields
    """Erase the district again if it was erased and not imported since; return whether it was."""
    permission = authorize(ctx.actor, "reapply_district_erasure")
    async with ctx.open(permission) as unit:
        is_erased = await unit.portability.is_erased()
        if is_erased:
            await unit.portability.delete_all()
        await unit.commit()
    return is_erased


def package_district_id(source: BinaryIO) -> DistrictId:
    """Return the district of a package, which must be the district of the operator who imports it."""
    return DistrictId(PackageReader(source).district_id)


def _package_district(package: PackageReader, actor: Actor) -> NewDistrict:
    manifest = package.manifest
    if package.district_id != actor.district_id:
        raise invalid_package("the package is of another district; import it with the id of its own")
    return NewDistrict(id=DistrictId(package.district_id), name=manifest.district_name, time_zone=manifest.time_zone)


def _is_signed(manifest: PackageManifest, ctx: Context[PrivacyUnit]) -> bool:
    """Return whether this installation wrote the package and it is unchanged."""
    try:
        signature = bytes.fromhex(manifest.signature)
    except ValueError:
        return False
    return any(hmac.compare_digest(signature, expected) for expected in ctx.keyed_digests(SIGNATURES, manifest.signed_bytes))


async def _digest(table: str, unit: PrivacyUnit) -> str:
    digest = sha256()
    async for lines in unit.portability.rows(table):
        digest.update("".join(f"{line}\n" for line in lines).encode())
    return digest.hexdigest()


async def _sheet(name: str, unit: PrivacyUnit) -> AsyncIterator[tuple[bytes, int]]:
    yield csv_lines([unit.portability.sheet_columns(name)]), 0
    async for rows in unit.portability.sheet(name):
        yield csv_lines(rows), len(rows)


async def _scores(at: datetime, unit: PrivacyUnit) -> AsyncIterator[tuple[bytes, int]]:
    """Yield the scores of all leaders, in batches of some hundreds of leaders."""
    yield csv_lines([SCORE_COLUMNS]), 0
    async for leaders in unit.portability.sheet("leaders"):
        inputs = await unit.scores.profile_inputs_many([PersonId(row[0]) for row in leaders])
        for leader, leader_inputs in zip(leaders, inputs, strict=True):
            configuration = await unit.configurations.get(leader_inputs.configuration_version)
            if configuration is None:
                raise AssertionError("the configuration in force does not exist")
            rows = [
                (
                    *(leader[1], leader[2], s.responsibility.value, s.estimate, s.sd),
                    *((s.interval.low, s.interval.high) if s.interval else (None, None)),
                    *(s.evidence.value, s.reliability, " ".join(f"{x.source.value}:{x.n}" for x in s.sources)),
                )
                for s in profile(leader_inputs.tallies, configuration, at)
            ]
            yield csv_lines(rows), len(rows)
