"""In-memory stores for change, advice and stance, held to the same contract as those on PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import ClassVar
from uuid import UUID

from domain.change.model import Group, GroupAnswers, Initiative, Pulse, PulseAnswer
from domain.directory.model import PersonRef, SchoolRef, identifier_of
from domain.directory.ports import ReferencedPerson
from domain.framework.configuration import PRODUCT, Configuration
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.ports import ProfileInputs
from domain.scoring.tally import tallies_from_units
from domain.shared.access_scope import EVERYTHING, AccessScope, Permission
from domain.shared.audit import no_audit
from domain.shared.context import Actor, ActorKind, Context, Scope
from domain.shared.idempotent_push import PushHead, PushKind
from domain.shared.ids import DistrictId, GroupId, InitiativeId, PersonId, SchoolId
from domain.shared.keyed_digest import ContentDigest
from domain.shared.paging import Key
from domain.stance.model import DecisionAnswers

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
LEADER = PersonId(UUID(int=0xA1))
TEACHER = PersonId(UUID(int=0xA2))
SCHOOL = SchoolId(UUID(int=0xB1))


@dataclass
class StoredChange:
    """What a district's database would hold."""

    initiatives: dict[InitiativeId, Initiative] = field(default_factory=dict)
    groups: dict[GroupId, Group] = field(default_factory=dict)
    pulses: dict[tuple[GroupId, date], tuple[PulseAnswer, ...]] = field(default_factory=dict)
    answers: dict[GroupId, DecisionAnswers] = field(default_factory=dict)
    heads: dict[tuple[PushKind, str], PushHead] = field(default_factory=dict)
    units: list[EvidenceUnit] = field(default_factory=list)
    configurations: dict[int, Configuration] = field(default_factory=dict)
    zone: str = "America/Chicago"
    pulse_days: int = 1096

    def copied(self) -> "StoredChange":
        return StoredChange(**{name: copy(value) for name, value in vars(self).items()})


class FakeInitiatives:
    """``InitiativeStore`` over dictionaries."""

    def __init__(self, stored: StoredChange, scope: AccessScope = EVERYTHING) -> None:
        self.stored = stored
        self.scope = scope

    async def add(self, initiative: Initiative) -> None:
        assert initiative.id not in self.stored.initiatives
        self.stored.initiatives[initiative.id] = initiative

    async def find(self, initiative_id: InitiativeId) -> Initiative | None:
        found = self.stored.initiatives.get(initiative_id)
        return found if found is not None and self.scope.covers(found.leader_id) else None

    lock = find

    async def replace(self, initiative: Initiative) -> None:
        assert initiative.id in self.stored.initiatives
        self.stored.initiatives[initiative.id] = initiative

    async def page(self, leader_id: PersonId | None, limit: int, after: Key | None) -> Sequence[Initiative]:
        rows = [i for i in self.stored.initiatives.values() if leader_id in {None, i.leader_id}]
        rows = [i for i in rows if self.scope.covers(i.leader_id)]
        rows = [i for i in rows if after is None or i.id < UUID(after[0])]
        return sorted(rows, key=lambda i: i.id, reverse=True)[:limit]

    async def add_group(self, group: Group) -> None:
        assert group.id not in self.stored.groups
        self.stored.groups[group.id] = group

    async def count_groups(self, initiative_id: InitiativeId) -> int:
        return len(self._groups(initiative_id))

    async def find_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        return next((g for g in self._groups(initiative_id) if g.id == group_id), None)

    lock_group = find_group

    async def replace_group(self, group: Group) -> None:
        assert group.id in self.stored.groups
        self.stored.groups[group.id] = group

    async def page_groups(self, initiative_id: InitiativeId, limit: int, after: Key | None) -> Sequence[Group]:
        return [g for g in self._groups(initiative_id) if after is None or g.id > UUID(after[0])][:limit]

    async def put_pulse(self, group_id: GroupId, on: date, answers: Sequence[PulseAnswer]) -> None:
        self.stored.pulses[group_id, on] = tuple(answers)

    async def pulses(self, group_id: GroupId, on: date) -> tuple[Pulse | None, Pulse | None]:
        held = {
            day: Pulse(on=day, answers=tuple(a.answers for a in rows))
            for (of, day), rows in self.stored.pulses.items()
            if of == group_id
        }
        return (held[max(held)], held.get(on)) if held else (None, None)

    async def pulse_days(self) -> int:
        return self.stored.pulse_days

    async def newest(self, initiative_id: InitiativeId) -> Sequence[GroupAnswers]:
        return [self._with_pulse(g) for g in self._groups(initiative_id)]

    async def newest_of_group(self, initiative_id: InitiativeId, group_id: GroupId) -> GroupAnswers | None:
        group = await self.find_group(initiative_id, group_id)
        return None if group is None else self._with_pulse(group)

    async def newest_of_leader(self, leader_id: PersonId) -> Sequence[GroupAnswers]:
        mine = sorted(
            i.id for i in self.stored.initiatives.values() if i.leader_id == leader_id and self.scope.covers(leader_id)
        )
        held = [self._with_pulse(g) for i in mine for g in self._groups(i)]
        return [h for h in held if h.pulse is not None and h.group.estimate is not None]

    def _groups(self, initiative_id: InitiativeId) -> list[Group]:
        initiative = self.stored.initiatives.get(initiative_id)
        if initiative is not None and not self.scope.covers(initiative.leader_id):
            return []
        return sorted((g for g in self.stored.groups.values() if g.initiative_id == initiative_id), key=lambda g: g.id)

    def _with_pulse(self, group: Group) -> GroupAnswers:
        dates = [on for (group_id, on) in self.stored.pulses if group_id == group.id]
        if not dates:
            return GroupAnswers(group=group, pulse=None)
        rows = self.stored.pulses[group.id, max(dates)]
        return GroupAnswers(group=group, pulse=Pulse(on=max(dates), answers=tuple(a.answers for a in rows)))


class FakeStanceAnswers:
    """``StanceAnswerStore`` over a dictionary."""

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored

    async def of(self, initiative_id: InitiativeId) -> Mapping[GroupId, DecisionAnswers]:
        return {g: a for g, a in self.stored.answers.items() if self.stored.groups[g].initiative_id == initiative_id}

    async def put(self, group_id: GroupId, answers: DecisionAnswers) -> None:
        self.stored.answers[group_id] = answers


class FakeReferences:
    """``References`` that know one leader, one teacher and one school."""

    people_known: ClassVar = {
        "p-leader": ReferencedPerson(id=LEADER, is_leader=True, may_supervise=False),
        "p-teacher": ReferencedPerson(id=TEACHER, is_leader=False, may_supervise=False),
    }

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored

    async def people(self, refs: Sequence[PersonRef]) -> Mapping[tuple[str, str], tuple[ReferencedPerson, ...]]:
        return {identifier_of(r): (self.people_known[r.sourced_id],) for r in refs if r.sourced_id in self.people_known}

    people_in_scope = people

    async def schools(self, refs: Sequence[SchoolRef]) -> Mapping[tuple[str, str], tuple[SchoolId, ...]]:
        return {identifier_of(r): (SCHOOL,) for r in refs if r.sourced_id == "s-1"}

    async def time_zone(self) -> str:
        return self.stored.zone


class FakePushes:
    """``PushStore`` over a dictionary."""

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored

    async def lock(self, kind: PushKind, external_ids: Sequence[str]) -> Mapping[str, PushHead]:
        return {e: self.stored.heads[kind, e] for e in external_ids if (kind, e) in self.stored.heads}

    async def create(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        for head in heads:
            assert (kind, head.external_id) not in self.stored.heads
            self.stored.heads[kind, head.external_id] = head

    async def advance(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        for head in heads:
            assert (kind, head.external_id) in self.stored.heads
            self.stored.heads[kind, head.external_id] = head


class FakeConfigurations:
    """``ConfigurationStore`` over a dictionary."""

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored

    async def get(self, version: int) -> Configuration | None:
        return PRODUCT if version == PRODUCT.version else self.stored.configurations.get(version)

    async def current_version(self) -> int:
        return max(self.stored.configurations, default=1)

    async def add(self, configuration: Configuration, at: datetime) -> None:  # noqa: ARG002 - the port's
        self.stored.configurations[configuration.version] = configuration


class FakeScores:
    """``ScoreReader`` over a list of units about the one leader."""

    def __init__(self, stored: StoredChange) -> None:
        self.stored = stored

    async def profile_inputs(self, leader_id: PersonId) -> ProfileInputs:
        c = self.stored.configurations.get(max(self.stored.configurations, default=1), PRODUCT)
        units = self.stored.units if leader_id == LEADER else []
        found = tallies_from_units(units, c.half_life_days, c.landmark)
        return ProfileInputs(is_leader=leader_id == LEADER, configuration_version=c.version, tallies=found)

    async def units_until(self, leader_id: PersonId, at: datetime | None) -> Sequence[EvidenceUnit]:
        units = self.stored.units if leader_id == LEADER else []
        return [u for u in units if at is None or u.t <= at]


class FakeUnitOfWork:
    """One transaction over what is held: kept on ``commit``, forgotten otherwise."""

    def __init__(self, stored: StoredChange, permission: Permission, *, read_only: bool) -> None:
        self._stored, self._working_copy, self._read_only = stored, stored.copied(), read_only
        self.initiatives = FakeInitiatives(self._working_copy, permission.scope)
        self.stance_answers = FakeStanceAnswers(self._working_copy)
        self.references = FakeReferences(self._working_copy)
        self.pushes = FakePushes(self._working_copy)
        self.configurations = FakeConfigurations(self._working_copy)
        self.scores = FakeScores(self._working_copy)

    audit = no_audit()

    async def commit(self) -> None:
        assert not self._read_only, "a unit for reading keeps nothing"
        vars(self._stored).update(vars(self._working_copy))


class PlainCursors:
    """Cursors that hide nothing."""

    def encode(self, scope: str, key: Key) -> str:
        return f"{scope}|{key[0]}"

    def decode(self, scope: str, cursor: str) -> Key:
        assert cursor.startswith(f"{scope}|")
        return (cursor.rsplit("|", 1)[1],)


def context(stored: StoredChange, scopes: Sequence[str] = tuple(Scope)) -> Context:
    """A context over ``held`` with ids that count upward and a digest of the command's text."""
    numbers, random = count(1), count(1)

    @asynccontextmanager
    async def begin(permission: Permission, *, read_only: bool) -> AsyncIterator[FakeUnitOfWork]:
        yield FakeUnitOfWork(stored, permission, read_only=read_only)

    return Context(
        actor=Actor(
            kind=ActorKind.CLIENT,
            id="app",
            district_id=DistrictId(UUID(int=1)),
            origin="app",
            scopes=frozenset(scopes),
        ),
        open=lambda permission: begin(permission, read_only=False),
        read=lambda permission: begin(permission, read_only=True),
        now=lambda: NOW,
        new_id=lambda: UUID(int=next(numbers)),
        # a fixed disorder: whatever is sorted by these does not stand in the order in which it came
        random_id=lambda: UUID(int=(next(random) * 0x9E3779B97F4A7C15) % (1 << 64) << 32),
        cursors=PlainCursors(),
        digest=lambda command: ContentDigest(current=repr(command).encode(), earlier=()),
    )
