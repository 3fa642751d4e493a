"""Who supervises whom: edge by edge, or all of them at once, with a look ahead."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.people.commands import (
    AddSupervision,
    Edge,
    ImportSupervision,
    ListSupervision,
    PutSupervision,
    RemoveSupervision,
)
from domain.people.ports import PeopleUnit
from domain.people.rules import SupervisionPair, diff_supervision, parse_supervision_csv, resolve_edges
from domain.people.views import DoneView, SupervisionChangesView, SupervisionView
from domain.permissions.rules import authorize
from domain.shared.access_scope import Permission
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.operation import LEADER, operation
from domain.shared.paging import Page, cursor_key, make_page
from domain.shared.versions import check_version

EDGES = "set of supervision edges (a dry run returns its version)"


@operation(audit_object=LEADER)
async def list_supervision(cmd: ListSupervision, ctx: Context[PeopleUnit]) -> Page[SupervisionView]:
    """A page of edges."""
    permission = authorize(ctx.actor, "list_supervision")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.supervision.page(cmd, after)
        version = await unit.supervision.version()
    found = make_page(rows, cmd, ctx.cursors, lambda edge: (str(edge.supervisor_id), str(edge.leader_id)))
    return replace(found, version=version)


@operation(idempotency_key=True)
async def add_supervision(cmd: AddSupervision, ctx: Context[PeopleUnit]) -> DoneView:
    """Say that a person supervises a leader."""
    permission = authorize(ctx.actor, "add_supervision")
    async with ctx.open(permission) as unit:
        edges = await _resolve({"": cmd}, unit)
        added = await unit.supervision.add(edges, ctx.now())
        _record_edges(unit, edges)
        await unit.commit()
    return DoneView(done=added > 0)


@operation(idempotency_key=True)
async def remove_supervision(cmd: RemoveSupervision, ctx: Context[PeopleUnit]) -> DoneView:
    """Say that a person supervises a leader no more."""
    permission = authorize(ctx.actor, "remove_supervision")
    async with ctx.open(permission) as unit:
        edges = await _resolve({"": cmd}, unit)
        removed = await unit.supervision.remove(edges)
        _record_edges(unit, edges)
        await unit.commit()
    return DoneView(done=removed > 0)


@operation(idempotency_key=True)
async def put_supervision(cmd: PutSupervision, ctx: Context[PeopleUnit]) -> SupervisionChangesView:
    """Put all edges in the place of all that are held, or (``dry_run``) only say what that would change.

    Whoever replaces a set names its version: ``if_match_missing``, ``stale`` where anything changed it meanwhile.
    """
    permission = authorize(ctx.actor, "put_supervision")
    return await _replace_all({f"/edges/{index}": edge for index, edge in enumerate(cmd.edges)}, cmd, permission, ctx)


@operation(idempotency_key=True)
async def import_supervision(cmd: ImportSupervision, ctx: Context[PeopleUnit]) -> SupervisionChangesView:
    """As ``put_supervision``, from a CSV file; faults point at the line, counted from 0 with the heading.

    The heading is exactly ``supervisorSourcedId,leaderSourcedId``: in each line the sourcedIds of the two people.
    """
    permission = authorize(ctx.actor, "import_supervision")
    edges = await asyncio.to_thread(parse_supervision_csv, cmd.csv)
    return await _replace_all(edges, cmd, permission, ctx)


async def _replace_all(
    edges: Mapping[str, Edge], cmd: PutSupervision | ImportSupervision, permission: Permission, ctx: Context[PeopleUnit]
) -> SupervisionChangesView:
    async with ctx.open(permission) as unit:
        wanted = await _resolve(edges, unit)
        held = await unit.supervision.all()
        version = await unit.supervision.version()
        told = diff_supervision(held, wanted, version=version, dry_run=cmd.dry_run)
        if not cmd.dry_run:
            check_version(version, cmd.expected_version, EDGES, first=not held or set(held) == set(wanted))
            await unit.supervision.remove([(e.supervisor_id, e.leader_id) for e in told.removed])
            await unit.supervision.add([(e.supervisor_id, e.leader_id) for e in told.added], ctx.now())
            told = replace(told, version=await unit.supervision.version())
            _record_edges(unit, [(e.supervisor_id, e.leader_id) for e in (*told.added, *told.removed)])
            await unit.commit()
    return told


async def _resolve(edges: Mapping[str, Edge], unit: PeopleUnit) -> tuple[SupervisionPair, ...]:
    refs = [ref for edge in edges.values() for ref in (edge.supervisor, edge.leader)]
    return resolve_edges(edges, await unit.references.people(refs))


def _record_edges(unit: PeopleUnit, edges: Sequence[SupervisionPair]) -> None:
    """A row for each leader whose supervision changes."""
    for supervisor_id, leader_id in edges:
        unit.audit.record(Subject.LEADER, leader_id, further_ids=[supervisor_id])
