"""Merge two records of one person: each reference to a person is handled as the data map says."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from domain.privacy.data_map import OnMerge, PersonLink
from domain.shared.ids import PersonId
from persistence.database import locks
from persistence.repositories.privacy.foreign_keys import PARENTS_FIRST, PERSON, linked_rows_condition
from persistence.repositories.repository import Repository
from persistence.tables import DATA_MAP

SCORED_BY = """
select distinct a.leader_id from assessment a where a.district_id = $1 and a.assessor_id = any($2::uuid[])
union select unnest($2::uuid[])
"""

REMEMBER = """
insert into person_merge (district_id, merged_id, kept_id, sourced_id, identifier, merged_at)
select $1, $2, $3, p.sourced_id, p.identifier, $4 from person p where p.district_id = $1 and p.id = $2
"""

NAME = """
update person set sourced_id = $3 where district_id = $1 and id = $2 and sourced_id is null
"""


class MovedColumn(NamedTuple):
    """A column whose rows move, and the columns of its table's key when it is part of that."""

    table: str
    column: str
    key: tuple[str, ...]


def _references() -> tuple[MovedColumn, ...]:
    found = []
    for table in PARENTS_FIRST:
        key = tuple(c.name for c in table.primary_key.columns)
        moving = (link.column for link in DATA_MAP[table.name].links if link.on_merge is OnMerge.MOVE)
        found += [MovedColumn(str(table.name), column, key if column in key else ()) for column in moving]
    return tuple(sorted(found))


def _deletions() -> Mapping[str, str]:
    """Return the condition on rows to delete, by table; referring tables first."""
    conditions = {str(t.name): linked_rows_condition(t, _is_deleted) for t in reversed(PARENTS_FIRST) if t.name != PERSON}
    return {table: condition for table, condition in conditions.items() if condition is not None}


def _is_deleted(link: PersonLink) -> bool:
    return link.on_merge is OnMerge.DELETE


REFERENCES = _references()
DELETIONS = _deletions()


def _move(ref: MovedColumn) -> str:
    """Return the statement that moves rows from $2 to $3; where $3 has a row with the same key, that one stays."""
    others = [name for name in ref.key if name not in {"district_id", ref.column}]
    same_key = "".join(f" and h.{name} = r.{name}" for name in others)
    clash = f"select from {ref.table} h where h.district_id = $1 and h.{ref.column} = $3{same_key}"
    free = f" and not exists ({clash})" if ref.key else ""
    # A relation between the two records would become one of the person with themselves.
    twins = [r.column for r in REFERENCES if r.table == ref.table and r.column != ref.column and r.key]
    apart = "".join(f" and r.{twin} <> $3" for twin in twins)
    return f"update {ref.table} r set {ref.column} = $3 where r.district_id = $1 and r.{ref.column} = $2{free}{apart}"


class PgPersonMerge(Repository):
    """`PersonMergeStore` of one district."""

    async def begin(self) -> None:
        await locks.lock_directory(self.connection, self.district_id)

    async def lock(self, *people: PersonId) -> None:
        await locks.lock_people(self.connection, self.district_id, people)

    async def count_to_move(self, merged_id: PersonId) -> Mapping[str, int]:
        counts = [
            f"select '{r.table}' as name, count(*) as n from {r.table} where district_id = $1 and {r.column} = $2"
            for r in REFERENCES
        ]
        return await self._counted(counts, merged_id)

    async def count_to_delete(self, merged_id: PersonId) -> Mapping[str, int]:
        counts = [
            f"select '{table}' as name, count(*) as n from {table} t where t.district_id = $1 and ({condition})"
            for table, condition in DELETIONS.items()
        ]
        return await self._counted(counts, [merged_id])

    async def scored_by(self, *people: PersonId) -> Collection[PersonId]:
        return [PersonId(row[0]) for row in await self.fetch(SCORED_BY, list(people))]

    async def move(self, merged_id: PersonId, surviving_id: PersonId, at: datetime) -> None:
        await self.execute(REMEMBER, merged_id, surviving_id, at)
        for table, condition in DELETIONS.items():
            query = f"delete from {table} t where t.district_id = $1 and ({condition})"
            await self.execute(query, [merged_id])
        for ref in REFERENCES:
            await self.execute(_move(ref), merged_id, surviving_id)
        for ref in REFERENCES:
            if ref.key:
                query = f"delete from {ref.table} where district_id = $1 and {ref.column} = $2"
                await self.execute(query, merged_id)

    async def delete_merged(self, merged_id: PersonId, surviving_id: PersonId) -> None:
        query = "delete from person where district_id = $1 and id = $2 returning sourced_id"
        sourced_id = await self.fetchval(query, merged_id)
        if sourced_id is not None:
            await self.execute(NAME, surviving_id, sourced_id)

    async def _counted(self, counts: list[str], person: Any) -> Mapping[str, int]:
        query = f"select name, sum(n)::int from ({' union all '.join(counts)}) c group by name"
        return dict(map(tuple, await self.fetch(query, person)))
