"""Erasure of people on PostgreSQL, and the list of who was erased."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.privacy.data_map import OnErase, PersonLink
from domain.privacy.erasure_certificate import Certificate
from domain.privacy.ports import ErasablePerson, PersonRecord
from domain.shared.ids import PersonId
from persistence.database import locks
from persistence.repositories.privacy.foreign_keys import PARENTS_FIRST, erased_rows_condition
from persistence.repositories.repository import Repository
from persistence.tables import DATA_MAP

BATCH_SIZE = 500

# Merging into a merged record points to the remaining person, so chains of merges have one step.
KNOWN = """
select p.id, p.sourced_id, p.identifier,
  array(select m.merged_id from person_merge m where m.district_id = $1 and m.kept_id = p.id
    order by m.merged_id) as merged_ids,
  array(select m.sourced_id from person_merge m where m.district_id = $1 and m.kept_id = p.id
    order by m.merged_id) as sourced_ids,
  array(select m.identifier from person_merge m where m.district_id = $1 and m.kept_id = p.id
    order by m.merged_id) as identifiers
from person p where p.district_id = $1
"""

FIND = f"{KNOWN} and p.id = $2"

PEOPLE = f"{KNOWN} order by p.id"

JUDGED = """
select leader_id from observation where district_id = $1 and observer_id = any($2::uuid[])
union select leader_id from assessment where district_id = $1 and assessor_id = any($2::uuid[])
"""

JUDGES = """
select observer_id from observation where district_id = $1 and leader_id = any($2::uuid[]) and observer_id is not null
union select assessor_id from assessment where district_id = $1 and leader_id = any($2::uuid[])
"""

LISTED = "select digest from erasure where district_id = $1"

CERTIFICATE = """
select c.document::text as document, c.signature from erasure e
join erasure_certificate c on c.district_id = e.district_id and c.id = e.certificate_id
where e.district_id = $1 and e.digest = any($2::bytea[]) order by e.erased_at limit 1
"""

KEEP = """
insert into erasure_certificate (district_id, id, created_at, document, signature) values ($1, $2, $3, $4::jsonb, $5)
"""

LIST = """
insert into erasure (district_id, digest, certificate_id, erased_at) select $1::uuid, u.d, $3::uuid, $4::timestamptz
from unnest($2::bytea[]) u(d) on conflict do nothing
"""

FORGET_TALLIES = "delete from tally where district_id = $1 and leader_id = any($2::uuid[]) and source = any($3::text[])"

FORGET_ANSWERS = "delete from idempotency where district_id = $1"
# Login attempts hold digests that cannot be assigned to a person, and are deleted within a day anyway.
FORGET_TRIES = "delete from sign_in_tries where district_id = $1"

# For every version, as it is not stored which one named whom. The head stays, so that a repeated push is not a new record.
FORGET_DIGESTS = """
update push_head h set digest = '' where h.district_id = $1 and h.digest <> '' and (
  h.origin in (select 'person:' || p from unnest($2::uuid[]) p)
  or h.id in (
    select o.id from observation o
    where o.district_id = $1 and (o.leader_id = any($2::uuid[]) or o.observer_id = any($2::uuid[]))
    union
    select a.id from assessment a
    where a.district_id = $1 and (a.leader_id = any($2::uuid[]) or a.assessor_id = any($2::uuid[]))))
"""

NAMES = """
select sourced_id from person where district_id = $1 and id = any($2::uuid[]) and sourced_id is not null
union select sourced_id from assignment where district_id = $1 and person_id = any($2::uuid[]) and sourced_id is not null
union select sourced_id from person_merge where district_id = $1 and kept_id = any($2::uuid[]) and sourced_id is not null
"""

# Reports have no index by person: those with a name are found by their text, then filtered.
REPORTS = """
select r.id, r.view::text as view from roster_import r where r.district_id = $1
and exists (select 1 from unnest($2::text[]) n(name) where position(n.name in r.view::text) > 0)
"""

ENDED = ("browser_session", "account_code", "authorization_request", "authorization_code", "support_consent")

REVOKE_SESSIONS = "update session set revoked_at = $2 where district_id = $1 and revoked_at is null"

CLEAN = "update roster_import set view = $3::jsonb where district_id = $1 and id = $2"


class PgErasures(Repository):
    """`ErasureStore` of one district."""

    async def lock_directory(self) -> None:
        await locks.lock_directory(self.connection, self.district_id)

    async def find(self, person_id: PersonId) -> ErasablePerson | None:
        await locks.lock_people(self.connection, self.district_id, [person_id])
        row = await self.fetchrow(FIND, person_id)
        return None if row is None else _erasable_person(row)

    async def people(self) -> AsyncIterator[Sequence[ErasablePerson]]:
        cursor = await self.connection.cursor(PEOPLE, self.district_id)
        while rows := await cursor.fetch(BATCH_SIZE):
            yield [_erasable_person(row) for row in rows]

    async def rated_by(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        rows = await self.fetch(JUDGED, list(people))
        return frozenset(row[0] for row in rows) - frozenset(people)

    async def raters_of(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        rows = await self.fetch(JUDGES, list(people))
        return frozenset(row[0] for row in rows) - frozenset(people)

    async def erase(
        self, people: Sequence[PersonId], placeholder_id: UUID, *, evidence_too: bool
    ) -> tuple[dict[str, int], dict[str, int]]:
        cleaned = await self._clean_reports(people)
        await self.execute(FORGET_DIGESTS, list(people))
        deleted: dict[str, int] = {}
        soft = [t for t in PARENTS_FIRST if DATA_MAP[t.name].soft_reference]
        for table in (*soft, *(t for t in reversed(PARENTS_FIRST) if t not in soft)):
            if table.name == "person":
                continue
            condition = erased_rows_condition(table, evidence_too=evidence_too)
            if condition is not None:
                deleted[str(table.name)] = await self._count(
                    f"delete from {table.name} t where t.district_id = $1 and ({condition})", people
                )
        forgotten: dict[str, int] = {}
        for table in PARENTS_FIRST:
            for link in DATA_MAP[table.name].links:
                if link.on_erase is not OnErase.DELETE:
                    n = await self._forget(str(table.name), link, people, placeholder_id)
                    forgotten[f"{table.name}.{link.column}"] = n
        deleted["person"] = await self._count(
            "delete from person t where t.district_id = $1 and t.id = any($2::uuid[])", people
        )
        await self.execute(FORGET_TRIES)
        deleted["idempotency"] = int((await self.execute(FORGET_ANSWERS)).rsplit(" ", 1)[1])
        return deleted, forgotten | {"roster_import.view": cleaned}

    async def end_all_access(self, at: datetime) -> None:
        for table in ENDED:
            await self.execute(f"delete from {table} where district_id = $1")
        await self.execute(REVOKE_SESSIONS, at)

    async def erased_digests(self) -> frozenset[bytes]:
        return frozenset(row[0] for row in await self.fetch(LISTED))

    async def certificate_of(self, digests: Sequence[bytes]) -> Certificate | None:
        row = await self.fetchrow(CERTIFICATE, list(digests))
        return None if row is None else Certificate(document=msgspec.json.decode(row["document"]), signature=row["signature"])

    async def save(self, number: UUID, certificate: Certificate, digests: Sequence[bytes], at: datetime) -> None:
        document = msgspec.json.encode(certificate.document).decode()
        await self.execute(KEEP, number, at, document, certificate.signature)
        await self.execute(LIST, list(digests), number, at)

    async def forget_tallies(self, leaders: Sequence[PersonId], sources: Sequence[str]) -> None:
        await self.execute(FORGET_TALLIES, list(leaders), list(sources))

    async def savepoint(self) -> None:
        await self.connection.execute("SAVEPOINT tried")

    async def roll_back(self) -> None:
        await self.connection.execute("ROLLBACK TO SAVEPOINT tried")

    async def _forget(self, table: str, link: PersonLink, people: Sequence[PersonId], placeholder_id: UUID) -> int:
        if link.on_erase is OnErase.PLACEHOLDER:
            query = f'update {table} set "{link.column}" = $3 where district_id = $1 and "{link.column}" = any($2::uuid[])'
            return _row_count(await self.execute(query, list(people), placeholder_id))
        emptied = ", ".join(f'"{name}" = null' for name in (link.column, *link.also))
        query = f'update {table} set {emptied} where district_id = $1 and "{link.column}" = any($2::uuid[])'
        return await self._count(query, people)

    async def _clean_reports(self, people: Sequence[PersonId]) -> int:
        """Remove the entries about `people` from the reports of roster imports."""
        names = [row[0] for row in await self.fetch(NAMES, list(people))]
        cleaned = 0
        for report in await self.fetch(REPORTS, names):
            view = msgspec.json.encode(_without(msgspec.json.decode(report["view"]), frozenset(names))).decode()
            await self.execute(CLEAN, report["id"], view)
            cleaned += 1
        return cleaned

    async def _count(self, statement: str, people: Sequence[PersonId]) -> int:
        return _row_count(await self.execute(statement, list(people)))


def _row_count(status: str) -> int:
    return int(status.rsplit(" ", 1)[1])


def _erasable_person(row: Any) -> ErasablePerson:
    merged = zip(row["merged_ids"], row["sourced_ids"], row["identifiers"], strict=True)
    earlier = tuple(PersonRecord(id=i, sourced_id=s, identifier=n) for i, s, n in merged)
    return ErasablePerson(id=row["id"], sourced_id=row["sourced_id"], identifier=row["identifier"], merged_records=earlier)


def _without(value: Any, names: frozenset[str]) -> Any:
    """Return `value` without list entries whose sourcedId is in `names` or whose detail mentions one."""
    if isinstance(value, list):
        return [_without(part, names) for part in value if not _mentions(part, names)]
    if isinstance(value, dict):
        return {name: _without(part, names) for name, part in value.items()}
    return value


def _mentions(entry: Any, names: frozenset[str]) -> bool:
    if not isinstance(entry, dict):
        return entry in names if isinstance(entry, str) else False
    detail = str(entry.get("detail") or "")
    return entry.get("sourced_id") in names or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", detail) for name in names)
