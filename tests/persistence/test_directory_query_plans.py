"""How PostgreSQL serves the directory in a district of three thousand, as the role that is fenced."""

import json
from uuid import uuid4

import asyncpg
import pytest

from domain.permissions.rules import EVERYTHING
from domain.roster.diff import diff_rosters
from domain.roster.role_mapping import NO_OVERRIDES, with_roles
from persistence.repositories import directory_sql as sql
from tests.support.districts import NOW, new_district
from tests.support.large_roster import large
from tests.support.units import PgDistrict, tenant_connection


async def nodes_of(connection, query, *literals):
    """The nodes of the plan that is kept for ``query``, whatever it is asked with."""
    await connection.execute(f"set local plan_cache_mode = force_generic_plan; prepare asked as {query}")
    said = await connection.fetchval(f"explain (format json) execute asked({', '.join(literals)})")
    await connection.execute("deallocate asked")
    return list(_nodes(json.loads(said)[0]["Plan"]))


def _nodes(node):
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def scanned(nodes):
    """Tables read from end to end."""
    return {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"}


def conditions(nodes, index):
    return [n.get("Index Cond", "") for n in nodes if n.get("Index Name") == index]


@pytest.fixture
async def crowded(database):
    """One of two districts of 3,000 people, 60 of them leaders; the planner knows the tables."""
    for name in ("One", "Two"):
        district = await new_district(database, name)
        async with PgDistrict(database.app_url, district.id).open() as unit:
            changes = diff_rosters(await unit.roster.load_current(), with_roles(large(3000, leaders=60), NO_OVERRIDES))
            await unit.roster.apply(changes, NOW, district.ctx.new_id)
            await unit.commit()
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("analyze")
    await admin.close()
    return district


async def test_references_are_found_by_indexes_behind_the_fence(crowded):
    async with tenant_connection(crowded.database.app_url, crowded.id) as raw:
        nodes = await nodes_of(raw, sql.FIND_PEOPLE, f"'{crowded.id}'", *["'{}'"] * 7)
    # roles given by hand and merged records are a handful in a district: read once, whatever the batch
    assert scanned(nodes) <= {"role_grant", "person_merge"}
    assert {n["Index Name"] for n in nodes if "Index Name" in n} - {"pk_role_grant"} == {
        "pk_person",
        "uq_person_district_id_sourced_id",
        "ix_person_identifier",
        "ix_person_username",
        "ix_person_email",
        "ix_person_user_id_value",
        "ix_assignment_person",
    }
    assert "email_folded = ANY" in conditions(nodes, "ix_person_email")[0]


async def test_a_further_page_begins_in_the_index_where_the_last_one_ended(crowded):
    place = (f"'{crowded.id}'", "51", "'M'", "'N'", f"'{uuid4()}'")
    async with tenant_connection(crowded.database.app_url, crowded.id) as raw:
        nodes = await nodes_of(raw, sql.people({}, EVERYTHING, further=True)[0], *place)
        assert "ROW(family_name, given_name, id) >" in conditions(nodes, "ix_person_listed")[0]
        assert "person" not in scanned(nodes)
        nodes = await nodes_of(raw, sql.leaders(EVERYTHING, further=True)[0], *place)
        assert not scanned(nodes) & {"person", "assignment"}


async def test_a_filter_goes_by_its_index(crowded):
    async with tenant_connection(crowded.database.app_url, crowded.id) as raw:
        for column, index in (("email_folded", "ix_person_email"), ("sourced_id", "uq_person_district_id_sourced_id")):
            query, _ = sql.people({column: "x"}, EVERYTHING, further=False)
            nodes = await nodes_of(raw, query, f"'{crowded.id}'", "51", "'x'")
            assert f"{column} = $3" in conditions(nodes, index)[0]
