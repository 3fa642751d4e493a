"""An in-memory roster store, held to the same contract as the one on PostgreSQL."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.roster.model import CurrentRoster, RecordChanges, RosterChanges, StoredRecord
from domain.roster.role_mapping import NO_OVERRIDES, RoleCount, RoleMapping, RoleMappingEntry
from domain.roster.views import RosterImportView
from domain.shared.access_scope import NO_PERMISSION, Permission
from domain.shared.audit import no_audit
from domain.shared.ids import RosterImportId

KINDS = ("orgs", "people", "assignments", "sessions")


@dataclass
class StoredRosters:
    """What a district's database would hold."""

    rows: dict[str, dict[UUID, StoredRecord]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    ended_at: dict[UUID, datetime] = field(default_factory=dict)
    mapping: RoleMapping = NO_OVERRIDES
    imports: dict[RosterImportId, RosterImportView] = field(default_factory=dict)
    evidenced: frozenset[UUID] = frozenset()
    access_ended: list = field(default_factory=list)


class FakeRosterStore:
    """``RosterStore`` over dictionaries."""

    def __init__(self, stored: StoredRosters) -> None:
        self.stored = stored
        self.locked = False

    async def lock(self) -> None:
        self.locked = True

    async def erased(self) -> frozenset[bytes]:
        return frozenset()

    async def load_current(self) -> CurrentRoster:
        return CurrentRoster(**{kind: tuple(rows.values()) for kind, rows in self.stored.rows.items()})

    async def aliases(self) -> dict[str, str]:
        return {}

    async def apply(self, changes: RosterChanges, at: datetime, new_id: Callable[[], UUID]) -> None:
        assert self.locked, "the roster is changed under its lock only"
        for kind in KINDS:
            self._apply(self.stored.rows[kind], getattr(changes, kind), at, new_id)

    def _apply(
        self, rows: dict[UUID, StoredRecord], difference: RecordChanges, at: datetime, new_id: Callable[[], UUID]
    ) -> None:
        for record in difference.added:
            row = StoredRecord(id=new_id(), record=record, active=True)
            rows[row.id] = row
        for update in (*difference.changed, *difference.returned):
            rows[update.id] = StoredRecord(id=update.id, record=update.after, active=True)
            self.stored.ended_at.pop(update.id, None)
        for ended in difference.ended:
            rows[ended.id] = replace(rows[ended.id], active=False)
            self.stored.ended_at[ended.id] = at

    async def leaders_with_evidence(self, people: Sequence[UUID]) -> frozenset[UUID]:
        return self.stored.evidenced & frozenset(people)

    async def role_mapping(self) -> RoleMapping:
        return self.stored.mapping

    async def save_role_mapping(self, mapping: RoleMapping) -> None:
        assert self.locked
        self.stored.mapping = mapping

    async def role_counts(self) -> Sequence[RoleCount]:
        counted: Counter[str] = Counter()
        for row in self.stored.rows["assignments"].values():
            counted[row.record.role_sent] += row.active
        return [RoleCount(roster_role=role, rows=n) for role, n in sorted(counted.items())]

    async def remap(self, entries: Sequence[RoleMappingEntry]) -> None:
        roles = {entry.roster_role: entry.role for entry in entries}
        rows = self.stored.rows["assignments"]
        for row in list(rows.values()):
            if row.record.role_sent in roles:
                rows[row.id] = replace(row, record=replace(row.record, role=roles[row.record.role_sent]))

    async def save_import(self, view: RosterImportView) -> None:
        self.stored.imports[view.id] = view

    async def load_import(self, import_id: RosterImportId) -> RosterImportView | None:
        return self.stored.imports.get(import_id)


class FakeAccess:
    """Notes whose access ended; both browsers and families of tokens."""

    def __init__(self, ended: list) -> None:
        self._ended = ended

    async def end_all_of(self, people) -> None:
        self._ended.append(("browsers", tuple(people)))

    async def revoke_all_of(self, people, at) -> None:
        self._ended.append(("families", tuple(people), at))


class FakeRosterUnitOfWork:
    """A unit over a copy, which becomes what is held when it commits."""

    def __init__(self, store: FakeRosterStore) -> None:
        self.roster = store
        self.browsers = self.sessions = FakeAccess(store.stored.access_ended)
        self.committed = False

    audit = no_audit()

    async def commit(self) -> None:
        self.committed = True


class FakeRosters:
    """A district's roster; ``open`` and ``read`` are what a ``Context`` wants."""

    def __init__(self) -> None:
        self.stored = StoredRosters()

    @asynccontextmanager
    async def open(self, _permission: Permission = NO_PERMISSION) -> AsyncIterator[FakeRosterUnitOfWork]:
        copy = deepcopy(self.stored)
        unit = FakeRosterUnitOfWork(FakeRosterStore(copy))
        yield unit
        if unit.committed:
            self.stored = copy

    @asynccontextmanager
    async def read(self, _permission: Permission = NO_PERMISSION) -> AsyncIterator[FakeRosterUnitOfWork]:
        yield FakeRosterUnitOfWork(FakeRosterStore(deepcopy(self.stored)))
