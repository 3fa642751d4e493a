"""SQL of the roster. `$1` is the district in each statement; rows are passed as one array for each column.

Rows without a sourcedId were added manually: no statement here reads or writes them. JSON documents are read as text,
whatever codec the connection has for jsonb.
"""

IN_BULK = "set local enable_nestloop = off"
"""Without nested loops: for a district newer than the table statistics the planner expects one row, and would scan a whole
table for every row of another. Hash joins are as good for few rows, and good for many."""

ERASED = "select digest from erasure where district_id = $1"

ORGS = """
select o.id, o.active, o.sourced_id, o.name, o.type, o.identifier, p.sourced_id
from org o left join org p on p.district_id = $1 and p.id = o.parent_id
where o.district_id = $1 and o.sourced_id is not null
"""

PERSON_FIELDS = (
    *("sourced_id", "given_name", "middle_name", "family_name"),
    *("preferred_given_name", "preferred_middle_name", "preferred_family_name"),
    *("email", "username", "identifier", "enabled"),
)

PEOPLE = f"""
select p.id, p.active, u.types, u.values, {", ".join(f"p.{name}" for name in PERSON_FIELDS)}
from person p left join (
  select person_id, array_agg(type) as types, array_agg(value) as values
  from person_user_id where district_id = $1 group by person_id
) u on u.person_id = p.id
where p.district_id = $1 and p.sourced_id is not null
"""

ASSIGNMENTS = """
select a.id, a.active, a.sourced_id, p.sourced_id, o.sourced_id, a.role_sent, a.role_type, a.role, a.begins_on, a.ends_on
from assignment a
join person p on p.district_id = $1 and p.id = a.person_id
join org o on o.district_id = $1 and o.id = a.org_id
where a.district_id = $1 and a.sourced_id is not null
"""

SESSIONS = """
select id, active, sourced_id, title, starts_on, ends_on, school_year from academic_session where district_id = $1
"""

# A parent may be inserted by the same statement, which does not see its own rows.
ADD_ORGS = """
with came as (
  select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as c(id, sourced_id, name, type, identifier, parent)
)
insert into org (district_id, id, sourced_id, name, type, identifier, parent_id, active)
select $1, c.id, c.sourced_id, c.name, c.type, c.identifier, coalesce(n.id, o.id), true
from came c
left join came n on n.sourced_id = c.parent
left join org o on o.district_id = $1 and o.sourced_id = c.parent
"""

CHANGE_ORGS = """
update org o set name = c.name, type = c.type, identifier = c.identifier, parent_id = p.id, active = true, ended_at = null
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as c(id, sourced_id, name, type, identifier, parent)
left join org p on p.district_id = $1 and p.sourced_id = c.parent
where o.district_id = $1 and o.id = c.id
"""

_PERSON_COLUMNS = (
    *("sourced_id", "given_name", "middle_name", "family_name"),
    *("preferred_given_name", "preferred_middle_name", "preferred_family_name"),
    *("email", "email_folded", "username", "username_folded", "identifier"),
)
_PEOPLE_CAME = f"""unnest($2::uuid[], {", ".join(f"${n}::text[]" for n in range(3, 15))}, $15::boolean[])
    as c(id, {", ".join(_PERSON_COLUMNS)}, enabled)"""

ADD_PEOPLE = f"""
insert into person (district_id, id, {", ".join(_PERSON_COLUMNS)}, enabled, active)
select $1, c.*, true from {_PEOPLE_CAME}
"""

CHANGE_PEOPLE = f"""
update person p set {", ".join(f"{name} = c.{name}" for name in _PERSON_COLUMNS)}, enabled = c.enabled, active = true,
  ended_at = null
from {_PEOPLE_CAME}
where p.district_id = $1 and p.id = c.id
"""

DROP_USER_IDS = "delete from person_user_id where district_id = $1 and person_id = any($2::uuid[])"

ADD_USER_IDS = """
insert into person_user_id (district_id, person_id, type, value)
select $1, c.* from unnest($2::uuid[], $3::text[], $4::text[]) c
"""

ADD_ASSIGNMENTS = """
insert into assignment
  (district_id, id, sourced_id, person_id, org_id, role_sent, role_type, role, begins_on, ends_on, active)
select $1, c.id, c.sourced_id, p.id, o.id, c.role_sent, c.role_type, c.role, c.begins_on, c.ends_on, true
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::date[])
    as c(id, sourced_id, person, org, role_sent, role_type, role, begins_on, ends_on)
join person p on p.district_id = $1 and p.sourced_id = c.person
join org o on o.district_id = $1 and o.sourced_id = c.org
"""

# Row id, person, organisation and role are the identity, so they never change.
CHANGE_ASSIGNMENTS = """
update assignment a set role_type = c.role_type, role = c.role, begins_on = c.begins_on, ends_on = c.ends_on, active = true,
  ended_at = null
from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[]) as c(id, role_type, role, begins_on, ends_on)
where a.district_id = $1 and a.id = c.id
"""

ADD_SESSIONS = """
insert into academic_session (district_id, id, sourced_id, title, starts_on, ends_on, school_year, active)
select $1, c.*, true from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[], $7::integer[]) c
"""

CHANGE_SESSIONS = """
update academic_session s set title = c.title, starts_on = c.starts_on, ends_on = c.ends_on, school_year = c.school_year,
  active = true, ended_at = null
from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[], $7::integer[])
    as c(id, sourced_id, title, starts_on, ends_on, school_year)
where s.district_id = $1 and s.id = c.id
"""

ENDS = tuple(
    (f"update {table} set active = false, ended_at = $3 where district_id = $1 and id = any($2::uuid[])", kind)
    for table, kind in (("org", "orgs"), ("person", "people"), ("assignment", "assignments"), ("academic_session", "sessions"))
)
"""The statement for each kind of row, by the kind's name in the roster's changes."""

EVIDENCED = """
select k.id from unnest($2::uuid[]) k(id)
where exists (select from observation o where o.district_id = $1 and o.leader_id = k.id and o.superseded_at is null)
   or exists (select from assessment a where a.district_id = $1 and a.leader_id = k.id and a.superseded_at is null)
"""

MAPPING = "select version, entries::text as entries from role_mapping where district_id = $1"

SAVE_MAPPING = """
insert into role_mapping (district_id, version, entries) values ($1, $2, $3::jsonb)
on conflict (district_id) do update set version = excluded.version, entries = excluded.entries
"""

ROLES_HELD = """
select role_sent as roster_role, count(*) filter (where active) as rows from assignment
where district_id = $1 and sourced_id is not null group by role_sent order by role_sent collate "C"
"""

REMAP = """
update assignment a set role = c.role
from unnest($2::text[], $3::text[]) as c(role_sent, role)
where a.district_id = $1 and a.sourced_id is not null and a.role_sent = c.role_sent and a.role is distinct from c.role
"""

SAVE_IMPORT = "insert into roster_import (district_id, id, state, created_at, view) values ($1, $2, $3, $4, $5::jsonb)"

LOAD_IMPORT = "select view::text from roster_import where district_id = $1 and id = $2"

ALIASES = """
select m.sourced_id as merged, k.sourced_id as kept from person_merge m join person k on k.district_id = $1 and k.id = m.kept_id
where m.district_id = $1 and m.sourced_id <> k.sourced_id
"""
"""Merged records, by the roster's sourcedId."""
