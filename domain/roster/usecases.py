"""Use cases of rosters: import, read an import, read and replace the role mapping. One transaction each."""

import re
from collections import Counter
from dataclasses import replace

from domain.directory.erasure_list import erasure_digests, is_erased
from domain.permissions.rules import authorize
from domain.roster.brake import BrakeReason, brake_reasons
from domain.roster.commands import ImportRoster, PutRoleMapping, ReadRoleMapping, ReadRosterImport
from domain.roster.csv_headers import ROSTER_ROLES
from domain.roster.diff import diff_rosters
from domain.roster.errors import brake_error, invalid_roster, json_pointer
from domain.roster.merged_people import apply_merges
from domain.roster.model import CurrentRoster, IncomingRoster, RosterChanges
from domain.roster.package_reader import PackageReading, read_package
from domain.roster.ports import RosterUnit
from domain.roster.role_mapping import FAMILY, NO_OVERRIDES, RoleMappingEntry, roles_in, unmapped_roles, with_roles
from domain.roster.views import ImportState, RoleMappingView, RosterImportView, kind_differences, roster_counts, without_names
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, FieldError, Invalid, NotFound
from domain.shared.ids import PersonId, RosterImportId
from domain.shared.operation import operation
from domain.shared.revoke_access import revoke_all_sessions
from domain.shared.thread_pool import ThreadPool
from domain.shared.versions import check_version

MAX_ENTRIES = 200
READER = ThreadPool(1, "roster")
"""Reads one package at a time, as each takes much memory; not the event loop's pool, which also resolves host names."""
PLANNERS = ThreadPool(2, "roster plans")
"""Separate from the reader: a plan is made inside a transaction and must not wait until other packages are read."""
PROGRESS_READ, PROGRESS_PLANNED = 0.3, 0.5
"""Progress of an import's job, 0 to 1."""


@operation(idempotency_key=True)
async def import_roster(cmd: ImportRoster, ctx: Context[RosterUnit]) -> RosterImportView:
    """Import a package, or report in a dry run what it would change.

    Raises `Invalid` (`roster_faulty`) with the report, and `Conflict` (`brake`) with the rows that would end.
    """
    permission = authorize(ctx.actor, "import_roster")
    # A large package takes seconds to read, which would block the event loop.
    reading = await READER.run(read_package, cmd.package)
    incoming = _require_valid(reading, redact=ctx.in_job)
    await ctx.progress(PROGRESS_READ)
    async with ctx.open(permission) as unit:
        await unit.roster.lock()
        mapping = await unit.roster.role_mapping()
        erased, current, aliases = await unit.roster.erased(), await unit.roster.load_current(), await unit.roster.aliases()

        def plan() -> tuple[IncomingRoster, RosterChanges]:
            remaining = apply_merges(exclude_erased(incoming, erased, ctx), aliases)
            return remaining, diff_rosters(current, with_roles(remaining, mapping))

        incoming, changes = await PLANNERS.run(plan)
        reasons = await _load_brake_reasons(current, changes, unit)
        if not cmd.dry_run:
            if reasons and not cmd.force:
                raise brake_error(reasons, redact=ctx.in_job)
            await ctx.progress(PROGRESS_PLANNED)
            await unit.roster.apply(changes, ctx.now(), ctx.new_id)
            await revoke_all_sessions(unit, _people_losing_access(changes), ctx.now())
        view = RosterImportView(
            id=RosterImportId(ctx.new_id()),
            state=ImportState.DRY_RUN if cmd.dry_run else ImportState.APPLIED,
            forced=cmd.force,
            created_at=ctx.now(),
            counts=roster_counts(incoming),
            left_out=incoming.left_out,
            differences=kind_differences(changes),
            brake=reasons,
            unmapped_roles=unmapped_roles(roles_in(incoming.assignments), mapping),
            report=reading.report,
        )
        await unit.roster.save_import(without_names(view))
        unit.audit.record(Subject.ROSTER_IMPORT, view.id)
        await unit.commit()
    return view


@operation()
async def read_roster_import(cmd: ReadRosterImport, ctx: Context[RosterUnit]) -> RosterImportView:
    """Return the result of an import, without the names of people."""
    permission = authorize(ctx.actor, "read_roster_import")
    async with ctx.read(permission) as unit:
        view = await unit.roster.load_import(cmd.import_id)
    if view is None:
        raise NotFound("no roster import has this id; a rejected import is not stored")
    return view


@operation()
async def read_role_mapping(cmd: ReadRoleMapping, ctx: Context[RosterUnit]) -> RoleMappingView:  # noqa: ARG001 - no fields
    """Return the district's role mapping and the roles that still need an entry."""
    permission = authorize(ctx.actor, "read_role_mapping")
    async with ctx.read(permission) as unit:
        mapping = await unit.roster.role_mapping()
        counts = await unit.roster.role_counts()
    return RoleMappingView(version=mapping.version, entries=mapping.entries, unmapped_roles=unmapped_roles(counts, mapping))


@operation(idempotency_key=True)
async def put_role_mapping(cmd: PutRoleMapping, ctx: Context[RosterUnit]) -> RoleMappingView:
    """Replace the role mapping and apply it to every stored assignment, ended ones too.

    Idempotent: equal entries keep the version.
    """
    permission = authorize(ctx.actor, "put_role_mapping")
    _check_entries(cmd.entries)
    async with ctx.open(permission) as unit:
        await unit.roster.lock()
        before = await unit.roster.role_mapping()
        mapping = before.replaced_by(cmd.entries)
        # The first mapping and an equal one need no expected version.
        first = before.version in {NO_OVERRIDES.version, mapping.version}
        check_version(before.version, cmd.expected_version, "role mapping", first=first)
        counts = await unit.roster.role_counts()
        await unit.roster.save_role_mapping(mapping)
        unit.audit.record(Subject.ROLE_MAPPING, before=before, after=mapping)
        await unit.roster.remap(
            [RoleMappingEntry(roster_role=r.roster_role, role=mapping.role_of(r.roster_role)) for r in counts]
        )
        await unit.commit()
    return RoleMappingView(version=mapping.version, entries=mapping.entries, unmapped_roles=unmapped_roles(counts, mapping))


def _people_losing_access(changes: RosterChanges) -> list[PersonId]:
    """Return the people whom the roster ended or disabled."""
    updates = (*changes.people.changed, *changes.people.returned)
    return [PersonId(row.id) for row in changes.people.ended] + [PersonId(u.id) for u in updates if not u.after.enabled]


def exclude_erased(incoming: IncomingRoster, erased_digests: frozenset[bytes], ctx: Context[RosterUnit]) -> IncomingRoster:
    """Return `incoming` without people of the erasure list and their assignments; `left_out.erased` counts them."""
    if not erased_digests:
        return incoming
    district_id = ctx.actor.district_id
    out = {
        p.sourced_id
        for p in incoming.people
        if is_erased(
            erasure_digests(district_id, ctx.keyed_digests, sourced_id=p.sourced_id, identifier=p.identifier), erased_digests
        )
    }
    return replace(
        incoming,
        people=tuple(p for p in incoming.people if p.sourced_id not in out),
        assignments=tuple(a for a in incoming.assignments if a.person_sourced_id not in out),
        left_out=replace(incoming.left_out, erased=len(out)),
    )


def _require_valid(reading: PackageReading, *, redact: bool) -> IncomingRoster:
    if reading.roster is None:
        raise invalid_roster(reading.report, redact=redact)
    return reading.roster


async def _load_brake_reasons(current: CurrentRoster, changes: RosterChanges, unit: RosterUnit) -> tuple[BrakeReason, ...]:
    ended = [row.id for row in changes.people.ended]
    evidenced = await unit.roster.leaders_with_evidence(ended) if ended else frozenset()
    return brake_reasons(current, changes, evidenced)


def _check_entries(entries: tuple[RoleMappingEntry, ...]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Invalid.at("", Code.TOO_LONG, f"at most {MAX_ENTRIES} roster roles")
    counted = Counter(entry.roster_role for entry in entries)
    errors = [error for role, n in counted.items() for error in _entry_errors(role, n)]
    if errors:
        raise Invalid.of(errors)


def _entry_errors(roster_role: str, n: int) -> list[FieldError]:
    at = json_pointer(roster_role)
    if roster_role in FAMILY:
        detail = "students and families are not imported, so their roles can't be mapped; remove this entry"
        return [FieldError(pointer=at, code=Code.NOT_ALLOWED, detail=detail)]
    if roster_role not in ROSTER_ROLES and not re.fullmatch(r"ext:[A-Za-z0-9.\-_]+", roster_role):
        detail = f"is not a role of OneRoster; use one of {', '.join(r for r in ROSTER_ROLES if r not in FAMILY)} or ext:…"
        return [FieldError(pointer=at, code=Code.NOT_ALLOWED, detail=detail)]
    return [FieldError(pointer=at, code=Code.DUPLICATE, detail="this role has two entries; remove one")] if n > 1 else []
