"""The readable sheets of an exported district: one statement for each, `$1` is the district."""

from collections.abc import Mapping, Sequence

from persistence.repositories.sql_fragments import IS_LEADER

NAME = (
    "concat_ws(' ', coalesce({0}.preferred_given_name, {0}.given_name), coalesce({0}.preferred_family_name, {0}.family_name))"
)

PEOPLE = f"""
select p.sourced_id, {NAME.format("p")}, p.email, p.username, p.identifier, p.active,
  (select string_agg(concat_ws(' at ', coalesce(a.role, a.role_sent), o.name), '; ' order by a.active desc, o.name, a.role_sent)
   from assignment a join org o on o.district_id = a.district_id and o.id = a.org_id
   where a.district_id = p.district_id and a.person_id = p.id)
from person p where p.district_id = $1 order by p.family_name, p.given_name, p.id
"""

SCHOOLS = """
select o.sourced_id, o.name, o.identifier, o.active from org o
where o.district_id = $1 and o.type = 'school' order by o.name, o.id
"""

OBSERVATIONS = f"""
select o.external_id, o.origin, o.version, o.superseded_at is null, l.sourced_id, {NAME.format("l")},
  coalesce(nullif({NAME.format("w")}, ''), o.observer_name), s.name, o.observed_at, o.setting, o.duration_minutes, i.code,
  (select string_agg(concat(coalesce(r.responsibility, r.element), ' ', coalesce(r.value::text, r.level, 'not observed')), '; '
     order by r.position)
   from rating r where r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version),
  (select string_agg(concat(f.type, ': ', f.text), '; ' order by f.position)
   from feedback f where f.district_id = o.district_id and f.observation_id = o.id and f.version = o.version)
from observation o
join person l on l.district_id = o.district_id and l.id = o.leader_id
join org s on s.district_id = o.district_id and s.id = o.school_id
left join person w on w.district_id = o.district_id and w.id = o.observer_id
left join instrument i on i.district_id = o.district_id and i.id = o.instrument_id
where o.district_id = $1 order by o.observed_at, o.id, o.version
"""

LEADERS = f"""
select p.id, p.sourced_id, {NAME.format("p")} from person p where p.district_id = $1
and exists (select 1 from assignment a where a.district_id = p.district_id and a.person_id = p.id
  and a.{IS_LEADER})
order by p.family_name, p.given_name, p.id
"""

SHEETS: Mapping[str, tuple[Sequence[str], str]] = {
    "people": (("sourced_id", "name", "email", "username", "staff_number", "active", "roles"), PEOPLE),
    "schools": (("sourced_id", "name", "identifier", "active"), SCHOOLS),
    "observations": (
        (
            *("external_id", "origin", "version", "live", "leader_sourced_id", "leader", "observer", "school"),
            *("observed_at", "setting", "minutes", "instrument", "ratings", "feedback"),
        ),
        OBSERVATIONS,
    ),
    "leaders": (("id", "sourced_id", "name"), LEADERS),
}
