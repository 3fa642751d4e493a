"""Initiatives, stakeholder groups, their pulses and the leader's stance answers, on PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import msgspec

from domain.change.model import (
    Group,
    GroupAnswers,
    GroupRole,
    Initiative,
    Intensities,
    Pulse,
    PulseAnswer,
    Stakes,
)
from domain.privacy.retention_policy import RetentionKind
from domain.shared.access_scope import AccessScope
from domain.shared.ids import DistrictId, GroupId, InitiativeId, PersonId
from domain.shared.paging import Key
from domain.stance.model import DecisionAnswers
from persistence.database.connection import Connection, Record
from persistence.repositories.privacy.retention import PgRetention
from persistence.repositories.repository import Repository

INITIATIVE = (
    "id, leader_id, title, focus_area, practice, school_id, starts_on, ends_on, decide_by, stakes, "
    "goal_tied_to_student_learning, about_teaching_and_learning, external_id, created_at, version"
)
"""The columns of an initiative: named and ordered as its fields, `id` first."""

GROUP = (
    "id, initiative_id, name, size, role, must_change_practice, estimate, create_demand, implement, manage_transitions, "
    "monitor_evaluate, external_id, created_at, version"
)
"""The columns of a group, without the leader's stance answers, which edits of the group must not change."""


def _places(columns: str) -> str:
    """Parameters for `columns`; $1 is the district."""
    return ", ".join(f"${i}" for i, _ in enumerate(columns.split(", "), 2))


ADD = f"insert into initiative (district_id, {INITIATIVE}) values ($1, {_places(INITIATIVE)})"

REPLACE = f"update initiative set ({INITIATIVE}) = ({_places(INITIATIVE)}) where district_id = $1 and id = $2"

FIND = f"select {INITIATIVE} from initiative where district_id = $1 and id = $2"

PAGE = f"select {INITIATIVE} from initiative where district_id = $1 and id < $2::uuid"

ADD_GROUP = f"insert into stakeholder_group (district_id, {GROUP}) values ($1, {_places(GROUP)})"

REPLACE_GROUP = f"update stakeholder_group set ({GROUP}) = ({_places(GROUP)}) where district_id = $1 and id = $2"

COUNT_GROUPS = "select count(*) from stakeholder_group where district_id = $1 and initiative_id = $2"

FIND_GROUP = f"select {GROUP} from stakeholder_group g where g.district_id = $1 and g.initiative_id = $2 and g.id = $3"

GROUPS = f"select {GROUP} from stakeholder_group g where g.district_id = $1 and g.initiative_id = $2 and g.id > $3::uuid"

PUT_PULSE = """
with replaced as (delete from pulse_answer where district_id = $1 and group_id = $2 and answered_on = $3)
insert into pulse_answer (district_id, id, group_id, answered_on, answers)
select $1, u.id, $2, $3, u.answers from json_to_recordset($4::json) u(id uuid, answers smallint[]) order by u.id
"""
"""Sorted by id before the insert: rows are on disk in the order of writing, and the order of random ids reveals nothing."""

PULSES = """
select a.answered_on, array_agg(a.answers order by a.id) as answers from pulse_answer a
where a.district_id = $1 and a.group_id = $2 and (a.answered_on = $3 or a.answered_on = (
  select max(n.answered_on) from pulse_answer n where n.district_id = $1 and n.group_id = $2))
group by a.answered_on
"""

NEWEST_PULSE = """
(
  select a.answered_on, array_agg(a.answers order by a.id) as answers from pulse_answer a
  where a.district_id = g.district_id and a.group_id = g.id and a.answered_on = (
    select max(n.answered_on) from pulse_answer n where n.district_id = g.district_id and n.group_id = g.id)
  group by a.answered_on
) p
"""

HELD = f"select g.{GROUP.replace(', ', ', g.')}, p.answered_on, p.answers from stakeholder_group g"

NEWEST = f"{HELD} left join lateral {NEWEST_PULSE} on true where g.district_id = $1 and g.initiative_id = $2"

NEWEST_OF_LEADER = f"""
{HELD} join initiative i on i.district_id = g.district_id and i.id = g.initiative_id
cross join lateral {NEWEST_PULSE}
where g.district_id = $1 and i.leader_id = $2 and g.estimate is not null
order by g.initiative_id, g.id
"""

FIRST, LAST = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Start of pages by ascending and by descending id: ids that no row has."""


class PgInitiatives(Repository):
    """`InitiativeStore` of one district: reads are limited to initiatives of leaders within `scope`."""

    def __init__(self, connection: Connection, district_id: DistrictId, scope: AccessScope) -> None:
        super().__init__(connection, district_id)
        self._scope = scope

    def _of_leaders(self, parameter: int) -> tuple[str, list[Any]]:
        """Return the condition on initiatives and the value of `$parameter`; empty for an unlimited scope."""
        only = self._scope.people_filter
        return ("", []) if only is None else (f" and leader_id = any(${parameter}::uuid[])", [list(only)])

    def _of_their_groups(self, parameter: int) -> tuple[str, list[Any]]:
        """Return the same condition for groups `g`."""
        condition, values = self._of_leaders(parameter)
        if not condition:
            return "", []
        theirs = f"select from initiative i where i.district_id = $1 and i.id = g.initiative_id{condition}"
        return f" and exists ({theirs})", values

    async def add(self, initiative: Initiative) -> None:
        await self.execute(ADD, *_values(initiative))

    async def find(self, initiative_id: InitiativeId) -> Initiative | None:
        return await self._find_or_lock(initiative_id, "")

    async def lock(self, initiative_id: InitiativeId) -> Initiative | None:
        return await self._find_or_lock(initiative_id, " for update")

    async def _find_or_lock(self, initiative_id: InitiativeId, locked: str) -> Initiative | None:
        theirs, values = self._of_leaders(3)
        row = await self.fetchrow(f"{FIND}{theirs}{locked}", initiative_id, *values)
        return None if row is None else _initiative(row)

    async def replace(self, initiative: Initiative) -> None:
        await self.execute(REPLACE, *_values(initiative))

    async def page(self, leader_id: PersonId | None, limit: int, after: Key | None) -> Sequence[Initiative]:
        theirs, values = self._of_leaders(4)
        if leader_id is not None:
            theirs, values = f"{theirs} and leader_id = ${4 + len(values)}", [*values, leader_id]
        (start,) = after or (LAST,)
        query = f"{PAGE}{theirs} order by id desc limit $3"
        return [_initiative(row) for row in await self.fetch(query, start, limit, *values)]

    async def add_group(self, group: Group) -> None:
        await self.execute(ADD_GROUP, *_group_values(group))

    async def count_groups(self, initiative_id: InitiativeId) -> int:
        return int(await self.fetchval(COUNT_GROUPS, initiative_id))

    async def find_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        return await self._find_or_lock_group(initiative_id, group_id, "")

    async def lock_group(self, initiative_id: InitiativeId, group_id: GroupId) -> Group | None:
        return await self._find_or_lock_group(initiative_id, group_id, " for update")

    async def _find_or_lock_group(self, initiative_id: InitiativeId, group_id: GroupId, locked: str) -> Group | None:
        theirs, values = self._of_their_groups(4)
        row = await self.fetchrow(f"{FIND_GROUP}{theirs}{locked}", initiative_id, group_id, *values)
        return None if row is None else _group(row)

    async def replace_group(self, group: Group) -> None:
        await self.execute(REPLACE_GROUP, *_group_values(group))

    async def page_groups(self, initiative_id: InitiativeId, limit: int, after: Key | None) -> Sequence[Group]:
        (start,) = after or (FIRST,)
        theirs, values = self._of_their_groups(5)
        query = f"{GROUPS}{theirs} order by id limit $4"
        return [_group(row) for row in await self.fetch(query, initiative_id, start, limit, *values)]

    async def put_pulse(self, group_id: GroupId, on: date, answers: Sequence[PulseAnswer]) -> None:
        rows = msgspec.json.encode(answers).decode()
        await self.execute(PUT_PULSE, group_id, on, rows)

    async def pulses(self, group_id: GroupId, on: date) -> tuple[Pulse | None, Pulse | None]:
        rows = await self.fetch(PULSES, group_id, on)
        pulses = {row["answered_on"]: _pulse(row["answered_on"], row["answers"]) for row in rows}
        return (pulses[max(pulses)], pulses.get(on)) if pulses else (None, None)

    async def pulse_days(self) -> int:
        return (await PgRetention(self.connection, self.district_id).policy()).days(RetentionKind.PULSES)

    async def newest(self, initiative_id: InitiativeId) -> Sequence[GroupAnswers]:
        theirs, values = self._of_their_groups(3)
        rows = await self.fetch(f"{NEWEST}{theirs} order by g.id", initiative_id, *values)
        return [_group_answers(row) for row in rows]

    async def newest_of_group(self, initiative_id: InitiativeId, group_id: GroupId) -> GroupAnswers | None:
        theirs, values = self._of_their_groups(4)
        row = await self.fetchrow(f"{NEWEST} and g.id = $3{theirs}", initiative_id, group_id, *values)
        return None if row is None else _group_answers(row)

    async def newest_of_leader(self, leader_id: PersonId) -> Sequence[GroupAnswers]:
        if not self._scope.covers(leader_id):
            return []
        return [_group_answers(row) for row in await self.fetch(NEWEST_OF_LEADER, leader_id)]


STANCE_ANSWERS = """
select id, stance_answers::text as answers from stakeholder_group
where district_id = $1 and initiative_id = $2 and stance_answers is not null
"""

PUT_STANCE_ANSWERS = "update stakeholder_group set stance_answers = $3::jsonb where district_id = $1 and id = $2"


class PgStanceAnswers(Repository):
    """`StanceAnswerStore` of one district: stored in the group's row, but not changed by edits of the group."""

    async def of(self, initiative_id: InitiativeId) -> Mapping[GroupId, DecisionAnswers]:
        rows = await self.fetch(STANCE_ANSWERS, initiative_id)
        return {GroupId(row["id"]): msgspec.json.decode(row["answers"], type=DecisionAnswers) for row in rows}

    async def put(self, group_id: GroupId, answers: DecisionAnswers) -> None:
        document = msgspec.json.encode(answers).decode()
        await self.execute(PUT_STANCE_ANSWERS, group_id, document)


def _values(initiative: Initiative) -> tuple[Any, ...]:
    return tuple(getattr(initiative, f.name) for f in fields(initiative))


def _initiative(row: Record) -> Initiative:
    stakes = row["stakes"]
    return Initiative(**{**row, "stakes": None if stakes is None else Stakes(stakes)})


def _group_values(g: Group) -> tuple[Any, ...]:
    phases = (getattr(g.phases, f.name) for f in fields(g.phases))
    return (
        *(g.id, g.initiative_id, g.name, g.size, g.role, g.must_change_practice, g.estimate),
        *phases,
        *(g.external_id, g.created_at, g.version),
    )


def _group(row: Record) -> Group:
    estimate = row["estimate"]
    return Group(
        id=row["id"],
        initiative_id=row["initiative_id"],
        name=row["name"],
        size=row["size"],
        role=GroupRole(row["role"]),
        must_change_practice=row["must_change_practice"],
        estimate=None if estimate is None else tuple(estimate),
        phases=Intensities(**{f.name: row[f.name] for f in fields(Intensities)}),
        external_id=row["external_id"],
        created_at=row["created_at"],
        version=row["version"],
    )


def _group_answers(row: Record) -> GroupAnswers:
    answers = row["answers"]
    return GroupAnswers(group=_group(row), pulse=None if answers is None else _pulse(row["answered_on"], answers))


def _pulse(on: date, answers: Sequence[Sequence[int | None]]) -> Pulse:
    return Pulse(on=on, answers=tuple(tuple(a) for a in answers))
