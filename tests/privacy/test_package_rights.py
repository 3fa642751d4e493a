"""A package is imported with the rights that an operator saw and accepted, and with every restriction it had."""

import io
import json
import zipfile
from uuid import UUID

import asyncpg
import pytest

from api.demo.seeder import APP_SCOPES, PARTNER_SCOPES
from domain.observations.usecases.push import push_observation
from domain.people.commands import GrantRole
from domain.people.usecases.role_grants import grant_role
from domain.privacy.package_rights import RightsNotAccepted
from domain.shared.ids import PersonId
from domain.shared.roles import Role
from tests.privacy.test_portability import retold, spoilt
from tests.support.payloads import visit
from tests.support.people import operate
from tests.support.postgres import clone
from tests.support.rest_graphql_driver import Rest
from tests.support.service import serving
from tests.support.year_of_data import Installation

CLIENTS = "data/control.client.jsonl"
SELECT = """
select c.evaluates, c.scopes from control.client c join control.client_district d using (client_id) where d.district_id = $1
"""


async def client_of(here, district):
    connection = await asyncpg.connect(here.database.admin_url)
    try:
        return await connection.fetchrow(SELECT, district.id)
    finally:
        await connection.close()


@pytest.fixture
async def packed(filled):
    """A district that was exported and erased; whose package brings no rights beyond a partner's."""
    here, _, district, _, _, _ = filled
    connection = await asyncpg.connect(here.database.admin_url)
    await connection.execute(
        "update control.client set scopes = $1 where origin = 'app'", ["directory:read", "observations:read"]
    )
    await connection.close()
    package = await here.export(district.id)
    await here.erase(district.id)
    return here, district, package


def with_client(package, **changes):
    def change(content):
        return json.dumps(json.loads(content) | changes).encode() + b"\n"

    return retold(package, CLIENTS, change)


def silent(package, name, member):
    """``package`` without a column of a table, as a release before this one wrote it."""
    plain = retold(
        package,
        name,
        lambda c: b"".join(json.dumps(without(json.loads(row), member)).encode() + b"\n" for row in c.splitlines()),
    )

    def without_member(manifest):
        told = json.loads(manifest)
        for f in told["files"]:
            if f["name"] == name:
                f["columns"] = [column for column in f["columns"] if column != member]
        return json.dumps(told).encode()

    return spoilt(plain, "manifest.json", without_member)


def without(row, member):
    return {name: value for name, value in row.items() if name != member}


def with_administrator(package, district_id, person):
    row = {
        "district_id": district_id,
        "person_id": person,
        "role": "district_admin",
        "granted_at": "2026-11-01T00:00:00+00:00",
        "granted_by": "operator:x",
    }
    return retold(package, "data/role_grant.jsonl", lambda c: c + json.dumps(row).encode() + b"\n")


def somebody(package):
    return json.loads(zipfile.ZipFile(io.BytesIO(package)).read("data/person.jsonl").splitlines()[0])


async def test_a_client_that_evaluates_still_does_after_export_and_import(filled):
    here, _, district, _, _, _ = filled
    connection = await asyncpg.connect(here.database.admin_url)
    await connection.execute("update control.client set evaluates = true where origin = 'app'")
    await connection.close()
    package = await here.export(district.id)
    await here.erase(district.id)
    told = await here.import_package(package, district.id)
    assert (await client_of(here, district))["evaluates"] is True
    assert [client.evaluates for client in told.rights.clients] == [True]


@pytest.mark.parametrize("value", [{"evaluates": None}, {"evaluates": 0}, {"evaluates": "no"}, "silent"])
async def test_a_client_of_which_a_package_does_not_plainly_say_that_it_does_not_evaluate_is_locked_out(packed, value):
    here, district, package = packed
    changed = silent(package, CLIENTS, "evaluates") if value == "silent" else with_client(package, **value)
    await here.import_package(changed, district.id)
    found = await client_of(here, district)
    assert found["evaluates"] is True
    await here.erase(district.id)
    await here.import_package(package, district.id)
    assert (await client_of(here, district))["evaluates"] is False


async def test_a_package_without_rights_beyond_a_partner_s_needs_no_word(packed):
    here, district, package = packed
    told = await here.import_package(package, district.id, accept_rights=False)
    assert (told.rights.administrators, [c.beyond_defaults for c in told.rights.clients]) == ((), [()])


async def test_an_administrator_who_was_added_to_a_package_is_named_and_refused(packed):
    here, district, package = packed
    added = somebody(package)
    changed = with_administrator(package, str(district.id), added["id"])
    with pytest.raises(RightsNotAccepted) as refused:
        await here.import_package(changed, district.id, accept_rights=False)
    assert f"{added['given_name']} {added['family_name']} ({added['sourced_id']})" in refused.value.detail
    assert "--accept-rights" in refused.value.detail
    assert all(rows == [] for rows in (await here.rows(district.id)).values())


async def test_scopes_beyond_a_partner_s_are_named_and_refused(packed):
    here, district, package = packed
    changed = with_client(package, scopes=["directory:read", "scores:read", "admin:write"])
    with pytest.raises(RightsNotAccepted, match="may use scores:read, admin:write"):
        await here.import_package(changed, district.id, accept_rights=False)
    await here.import_package(changed, district.id, accept_rights=True)
    assert set((await client_of(here, district))["scopes"]) == {"directory:read", "scores:read", "admin:write"}


async def test_a_dry_run_names_all_rights_and_keeps_nothing(filled):
    here, _, district, _, ids, _ = filled
    for role in (Role.DISTRICT_ADMIN, Role.RESEARCHER):
        await operate(district, grant_role, GrantRole(person_id=PersonId(UUID(ids["leader"])), role=role))
    package = await here.export(district.id)
    await here.erase(district.id)
    tried = await here.import_package(package, district.id, accept_rights=False, dry_run=True)
    assert [one.person_id for one in tried.rights.administrators] == [ids["leader"]]
    assert [(one.role, one.people) for one in tried.rights.other_roles] == [("researcher", 1)]
    assert "admin:write" in tried.rights.clients[0].beyond_defaults
    assert (tried.dry_run, tried.made_here) == (True, True)
    assert all(rows == [] for rows in (await here.rows(district.id)).values())
    done = await here.import_package(package, district.id)
    assert done.rights == tried.rights


async def test_a_package_is_known_as_one_s_own_until_it_is_changed(packed):
    here, district, package = packed
    changed = with_client(package, name="Another")
    for tried, own in ((package, True), (changed, False), (spoilt(package, "manifest.json", unsigned), False)):
        assert (await here.import_package(tried, district.id, dry_run=True)).made_here is own
    assert not (
        await here.import_package(package, district.id, dry_run=True, secret="another key of thirty-two letters")
    ).made_here


def unsigned(manifest):
    return json.dumps(json.loads(manifest) | {"signature": "not hex"}).encode()


async def test_a_scope_that_there_is_not_is_no_registration(packed):
    here, district, package = packed
    with pytest.raises(Exception, match="invalid registration"):
        await here.import_package(with_client(package, scopes=["everything"]), district.id)


async def test_identities_of_pushes_survive_an_import_into_an_installation_with_another_key(filled):
    here, _, district, _, _, _ = filled
    package = await here.export(district.id)
    with clone() as other:
        async with serving(other, secret="a key of the other installation, long enough") as there:
            await Installation(other).import_package(package, district.id)
            driver = Rest(await there.client(district.id, APP_SCOPES, "app"), there.app)
            again = visit("v-1", "1", "2026-04-11T14:00:00Z", ("A", 4), ("B", "solid"))
            for _ in range(2):
                assert (await driver.made(push_observation, again))["outcome"] == "unchanged"
            answer = await driver.http.post("/v1/observations", json=visit("v-1", "1", "2026-04-11T14:00:00Z", ("A", 1)))
            assert (answer.status_code, answer.json()["code"]) == (409, "version_reused")


def test_what_a_package_may_bring_without_a_word_is_what_the_contract_gives_a_partner():
    from domain.directory import oauth_clients

    assert {scope.value for scope in oauth_clients.parse_scopes(PARTNER_SCOPES)} == oauth_clients.PARTNER_SCOPES
