"""How often the database is asked."""

import asyncpg
import pytest

from domain.roster.diff import diff_rosters
from domain.roster.role_mapping import RoleMapping, with_roles
from tests.support.districts import NOW, context
from tests.support.large_roster import large
from tests.support.service import serving
from tests.support.units import PgDistrict

QUERY = (
    """{ leaders(first: 50) { edges { cursor node { uuid familyName profile { scores { responsibility estimate } } } } } }"""
)
CONTROL = ("BEGIN", "ROLLBACK", "COMMIT", "RESET", "DEALLOCATE")


@pytest.fixture
async def crowded(database):
    """A district of 400 people, 60 of them leaders."""
    async with serving(database) as service:
        district = await service.district(roster=False)
        of_district = PgDistrict(database.app_url, district.id)
        async with of_district.open() as unit:
            changes = diff_rosters(
                await unit.roster.load_current(), with_roles(large(400, leaders=60), RoleMapping(version=0, entries=()))
            )
            await unit.roster.apply(changes, NOW, context(database.app_url, of_district.actor).new_id)
            await unit.commit()
        yield district


@pytest.fixture
def statements(monkeypatch):
    """What is said to the database while the test runs, without what begins and ends a transaction."""
    said: list[str] = []

    def recorded(name):
        original = getattr(asyncpg.Connection, name)

        async def method(self, query, *args, **options):
            if not query.startswith(CONTROL):
                said.append(query)
            return await original(self, query, *args, **options)

        return method

    for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
        monkeypatch.setattr(asyncpg.Connection, name, recorded(name))
    return said


async def test_50_leaders_with_their_profiles_take_at_most_4_statements(crowded, statements):
    answer = (await crowded.http.post("/graphql", json={"query": QUERY})).json()
    assert "errors" not in answer
    edges = answer["data"]["leaders"]["edges"]
    assert (len(edges), {len(e["node"]["profile"]["scores"]) for e in edges}) == (50, {21})
    statements.clear()
    await crowded.http.post("/graphql", json={"query": QUERY})
    assert 1 <= len(statements) <= 4, statements
