"""SQL of the directory. `$1` is the district in each statement."""

from collections.abc import Iterable
from typing import Any

from domain.shared.access_scope import AccessScope
from persistence.repositories.sql_fragments import IS_LEADER, IS_SUPERVISOR

PERSON_IDENTIFIERS = ("id", "sourced_id", "identifier", "username", "email", "user_id")
SCHOOL_IDENTIFIERS = ("id", "sourced_id", "identifier")

# One branch for each kind of identifier, each with its own index; a branch with an empty array costs nothing. A merged
# record's id or sourcedId keeps finding the remaining person, unless the roster has since given it to another person.
FIND_PEOPLE = f"""
select f.kind, f.value, f.id, coalesce(a.leads, false), coalesce(a.supervises, false) or f.id in (
  select g.person_id from role_grant g where g.district_id = $1 and g.{IS_SUPERVISOR}
)
from (
  select 'id' as kind, p.id::text as value, p.id from person p where p.district_id = $1 and p.id = any($2::uuid[])
  union all
  select 'sourced_id', p.sourced_id, p.id from person p where p.district_id = $1 and p.sourced_id = any($3::text[])
  union all
  select 'id', m.merged_id::text, m.kept_id from person_merge m where m.district_id = $1 and m.merged_id = any($2::uuid[])
  union all
  select distinct 'sourced_id', m.sourced_id, m.kept_id from person_merge m
  where m.district_id = $1 and m.sourced_id = any($3::text[])
    and not exists (select from person p where p.district_id = $1 and p.sourced_id = m.sourced_id)
  union all
  select 'identifier', p.identifier, p.id from person p where p.district_id = $1 and p.identifier = any($4::text[])
  union all
  select 'username', p.username_folded, p.id from person p where p.district_id = $1 and p.username_folded = any($5::text[])
  union all
  select 'email', p.email_folded, p.id from person p where p.district_id = $1 and p.email_folded = any($6::text[])
  union all
  select 'user_id', k.type || chr(31) || k.value, u.person_id
  from unnest($7::text[], $8::text[]) k(type, value)
  join person_user_id u on u.district_id = $1 and u.type = k.type and u.value = k.value
) f
cross join lateral (
  select bool_or({IS_LEADER}) as leads, bool_or(active and {IS_SUPERVISOR}) as supervises
  from assignment where district_id = $1 and person_id = f.id
) a
"""

FIND_SCHOOLS = """
select 'id' as kind, o.id::text as value, o.id from org o
where o.district_id = $1 and o.id = any($2::uuid[]) and o.type = 'school'
union all
select 'sourced_id', o.sourced_id, o.id from org o
where o.district_id = $1 and o.sourced_id = any($3::text[]) and o.type = 'school'
union all
select 'identifier', o.identifier, o.id from org o
where o.district_id = $1 and o.identifier = any($4::text[]) and o.type = 'school'
"""

TIME_ZONE = "select time_zone from control.find_district($1)"

PERSON_FIELDS = (
    *("id", "sourced_id", "given_name", "middle_name", "family_name"),
    *("preferred_given_name", "preferred_middle_name", "preferred_family_name"),
    *("email", "username", "identifier", "enabled", "active"),
)

_PEOPLE = f"""
select {", ".join(f"p.{name}" for name in PERSON_FIELDS)},
  (select array_agg(row(u.type, u.value) order by u.type, u.value)
   from person_user_id u where u.district_id = $1 and u.person_id = p.id),
  (select array_agg(
      row(o.id, o.name, o.type, a.role_type, a.role_sent, a.role, a.active, a.begins_on, a.ends_on)
      order by a.active desc, a.role_type, o.name, a.id)
   from assignment a join org o on o.district_id = $1 and o.id = a.org_id
   where a.district_id = $1 and a.person_id = p.id)
from person p where p.district_id = $1
"""
_BY_NAME = "order by p.family_name, p.given_name, p.id limit $2"
_AFTER_NAME = "and (p.family_name, p.given_name, p.id) > ($3, $4, $5)"

PERSON = f"{_PEOPLE} and p.id = $2"

FILTERS = {
    "sourced_id": "sourced_id",
    "identifier": "identifier",
    "username": "username_folded",
    "email": "email_folded",
}
"""The filters of people, and the column that each compares."""


def _within(scope: AccessScope, first: int, column: str = "p.id") -> tuple[str, list[Any]]:
    """Return the condition that a person is within `scope`, and its values from `$first` on; `true` for an unlimited scope."""
    if scope.everything:
        return "true", []
    working = "select s.person_id from assignment s where s.district_id = $1 and s.active and s.org_id = any"
    condition = f"({column} = any(${first}::uuid[]) or {column} in ({working}(${first + 1}::uuid[])))"
    return condition, [sorted(scope.people), sorted(scope.schools)]


def _equals(column: str, n: int) -> str:
    """Return the condition that `column` is `$n`; a merged record's sourcedId finds the remaining person, as in FIND_PEOPLE."""
    if column != "sourced_id":
        return f" and p.{column} = ${n}"
    return f""" and p.id in (
  select x.id from person x where x.district_id = $1 and x.sourced_id = ${n}
  union all
  select m.kept_id from person_merge m where m.district_id = $1 and m.sourced_id = ${n}
    and not exists (select from person x where x.district_id = $1 and x.sourced_id = m.sourced_id))"""


def find_people(directory: AccessScope, nameable: Iterable[str]) -> tuple[str, list[Any]]:
    """Return `FIND_PEOPLE`, limited to people within `directory` or with a role of `nameable`, and its further values."""
    if directory.everything:
        return FIND_PEOPLE, []
    condition, values = _within(directory, 9, "f.id")
    holding = (
        "f.id in (select h.person_id from assignment h where h.district_id = $1 and h.active and h.role = any($11::text[]) "
        "union all select g.person_id from role_grant g where g.district_id = $1 and g.role = any($11::text[]))"
    )
    return f"{FIND_PEOPLE} where {condition} or {holding}", [*values, sorted(nameable)]


def people(filters: dict[str, str], directory: AccessScope, *, further: bool) -> tuple[str, list[Any]]:
    """Return the query of a page of people and its filter values; `further`: after the previous page's key."""
    first = 6 if further else 3
    conditions = "".join(_equals(column, n) for n, column in enumerate(filters, first))
    within, values = _within(directory, first + len(filters))
    return f"{_PEOPLE} {_AFTER_NAME if further else ''}{conditions} and {within} {_BY_NAME}", [*filters.values(), *values]


def person(directory: AccessScope) -> tuple[str, list[Any]]:
    """Return the query of one person within the directory, and the values after the id."""
    within, values = _within(directory, 3)
    return f"{PERSON} and {within}", values


_SCHOOLS = """
select o.id, o.sourced_id, o.identifier, o.name, o.active from org o where o.district_id = $1 and o.type = 'school'
"""
SCHOOLS = f"{_SCHOOLS} order by o.name, o.id limit $2"
SCHOOLS_AFTER = f"{_SCHOOLS} and (o.name, o.id) > ($3, $4) order by o.name, o.id limit $2"
SCHOOL = f"{_SCHOOLS} and o.id = $2"

LEADER_FIELDS = (
    *("id", "sourced_id", "given_name", "family_name", "preferred_given_name", "preferred_family_name"),
    "active",
)

_LEADERS = f"""
select {", ".join(f"p.{name}" for name in LEADER_FIELDS)},
  (select array_agg(row(o.id, o.type, a.active) order by o.name, o.id)
   from assignment a join org o on o.district_id = $1 and o.id = a.org_id
   where a.district_id = $1 and a.person_id = p.id and a.{IS_LEADER})
from person p where p.district_id = $1
  and p.id in (select a.person_id from assignment a where a.district_id = $1 and a.{IS_LEADER})
"""


def leaders(directory: AccessScope, *, further: bool) -> tuple[str, list[Any]]:
    """Return the query of a page of leaders within the directory, and its values; `further`: after the previous page's key."""
    within, values = _within(directory, 6 if further else 3)
    return f"{_LEADERS} {_AFTER_NAME if further else ''} and {within} {_BY_NAME}", values


def leader(directory: AccessScope) -> tuple[str, list[Any]]:
    """Return the query of one leader within the directory, and the values after the id."""
    within, values = _within(directory, 3)
    return f"{_LEADERS} and p.id = $2 and {within}", values
