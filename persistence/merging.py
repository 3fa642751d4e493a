"""Two records of one person made one: every table that refers to people follows, whatever part it is of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKeyConstraint, Table

from domain.shared.ids import DistrictId, PersonId
from persistence.raw import Raw
from persistence.tables import metadata

COMPUTED = frozenset({"tally"})
"""What follows the evidence by itself."""

SCORED_BY = """
select distinct a.leader_id from assessment a where a.district_id = $1 and a.assessor_id = any($2::uuid[])
union select unnest($2::uuid[])
"""

REMEMBER = """
insert into person_merge (district_id, merged_id, kept_id, sourced_id, merged_at)
select $1, $2, $3, p.sourced_id, $4 from person p where p.district_id = $1 and p.id = $2
"""

NAME = """
update person set sourced_id = $3 where district_id = $1 and id = $2 and sourced_id is null
"""


class Reference(NamedTuple):
    """A column that refers to a person, and the columns of its table's keys that it is one of."""

    table: str
    column: str
    key: tuple[str, ...]


def references() -> tuple[Reference, ...]:
    """Every column of the tenants' tables that refers to a person, by table and column."""
    found = [
        Reference(table.name, column, _keyed(table, column))
        for table in metadata.sorted_tables
        if table.schema is None and table.name not in COMPUTED
        for constraint in table.foreign_key_constraints
        for column in _referring(constraint)
    ]
    # An assessor who was erased is an id that is nobody's, so that column has no foreign key.
    return tuple(sorted([*found, Reference("assessment", "assessor_id", ())]))


def _referring(constraint: ForeignKeyConstraint) -> list[str]:
    if constraint.referred_table.name != "person":
        return []
    return [column.name for column in constraint.columns if column.name != "district_id"]


def _keyed(table: Table, column: str) -> tuple[str, ...]:
    names = tuple(c.name for c in table.primary_key.columns)
    return names if column in names else ()


REFERENCES = references()


def _move(ref: Reference) -> str:
    """The rows of $2 become those of $3; where $3 has one of the same key already, that one stays."""
    others = [name for name in ref.key if name not in {"district_id", ref.column}]
    held = "".join(f" and h.{name} = r.{name}" for name in others)
    clash = f"select from {ref.table} h where h.district_id = $1 and h.{ref.column} = $3{held}"
    free = f" and not exists ({clash})" if ref.key else ""
    # A relation of two people would become one of a person with themselves.
    twins = [r.column for r in REFERENCES if r.table == ref.table and r.column != ref.column and r.key]
    apart = "".join(f" and r.{twin} <> $3" for twin in twins)
    return f"update {ref.table} r set {ref.column} = $3 where r.district_id = $1 and r.{ref.column} = $2{free}{apart}"


class PgMerging:
    """``Merging`` of one district."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def counts(self, person_id: PersonId) -> Mapping[str, int]:
        """How many rows of each table refer to the person."""
        each = " union all ".join(
            f"select '{r.table}' as name, count(*) as n from {r.table} where district_id = $1 and {r.column} = $2"
            for r in REFERENCES
        )
        rows = await self._raw.fetch(f"select name, sum(n)::int from ({each}) c group by name", self._district_id, person_id)
        return dict(map(tuple, rows))

    async def scored_by(self, *people: PersonId) -> Collection[PersonId]:
        """The leaders whose scores rest on evidence about or by one of ``people``, and these themselves."""
        return [PersonId(row[0]) for row in await self._raw.fetch(SCORED_BY, self._district_id, list(people))]

    async def move(self, merged_id: PersonId, kept_id: PersonId, at: datetime) -> None:
        """Let everything that refers to the one refer to the other; what the other has already goes."""
        await self._raw.execute(REMEMBER, self._district_id, merged_id, kept_id, at)
        for ref in REFERENCES:
            await self._raw.execute(_move(ref), self._district_id, merged_id, kept_id)
        for ref in REFERENCES:
            if ref.key:
                gone = f"delete from {ref.table} where district_id = $1 and {ref.column} = $2"
                await self._raw.execute(gone, self._district_id, merged_id)

    async def forget(self, merged_id: PersonId, kept_id: PersonId) -> None:
        """Delete the record to which nothing refers any more; its sourcedId goes to the other, if that has none."""
        gone = "delete from person where district_id = $1 and id = $2 returning sourced_id"
        sourced_id = await self._raw.fetchval(gone, self._district_id, merged_id)
        if sourced_id is not None:
            await self._raw.execute(NAME, self._district_id, kept_id, sourced_id)
