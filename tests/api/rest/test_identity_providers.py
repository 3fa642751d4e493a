"""What an administrator enters about the district's identity providers: by version, told in the trail, and never a trap."""

import pytest

from api.rest.accounts import GOOGLE
from domain.accounts.usecases.identity_providers import list_identity_providers, put_identity_provider, remove_identity_provider
from domain.jobs.usecases.manage import cancel_job
from domain.jobs.usecases.start import start_roster_import
from tests.support.attacks import admin_connection
from tests.support.audit import audit_rows
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import GRAND_BEND

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUT = GOOGLE | {"code": "google"}
BREAK_GLASS = "insert into account (district_id, person_id, break_glass, password_hash) values ($1, $2, true, $3)"


@pytest.fixture
def rest(common):
    return Rest(common.http, common.service.app)


async def test_a_provider_is_the_only_way_in_where_somebody_has_a_way_past_it(common, rest):
    only = PUT | {"code": "only", "exclusive": True}
    ada = await common.person("207219")
    async with admin_connection(common.service.database) as connection:
        refused = (422, "not_allowed", "never", [("/exclusive", "not_allowed")])
        assert await rest.expect_error(put_identity_provider, only) == refused
        await connection.execute(BREAK_GLASS, common.id, ada, None)
        assert await rest.expect_error(put_identity_provider, only) == refused
        # Not active, it shuts nobody out yet.
        assert (await rest.made(put_identity_provider, only | {"active": False}))["exclusive"]
        await rest.made(remove_identity_provider, {"code": "only"})
        await connection.execute("update account set password_hash = 'x', deactivated_at = now() where person_id = $1", ada)
        assert await rest.expect_error(put_identity_provider, only) == refused
        await connection.execute("update account set deactivated_at = null where person_id = $1", ada)
        assert (await rest.made(put_identity_provider, only))["exclusive"]


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
async def test_a_provider_is_changed_by_version_and_the_same_again_keeps_it(common, rest, driver_kind):
    driver = rest if driver_kind == "rest" else GraphQL(common.http)
    said = PUT | {"code": driver_kind}
    assert (await driver.do(put_identity_provider, said, version=99)).error_summary == (412, "stale", "never", [])
    assert (await driver.made(put_identity_provider, said))["version"] == 1
    assert (await driver.made(put_identity_provider, said))["version"] == 1
    other = said | {"client_id": "another", "client_secret": None}
    assert await driver.expect_error(put_identity_provider, other) == (428, "if_match_missing", "never", [])
    assert (await driver.expect_error(put_identity_provider, said | {"client_secret": "another"}))[1] == "if_match_missing"
    for again in (other, said):
        stale = await driver.do(put_identity_provider, again, version=99)
        assert (stale.error_summary, stale.error["current_version"]) == ((412, "stale", "never", []), "1")
    assert (await driver.made(put_identity_provider, other, version=1))["version"] == 2
    listed = (await driver.made(list_identity_providers))["providers"]
    assert [(p["client_id"], p["version"]) for p in listed if p["code"] == driver_kind] == [("another", 2)]


async def test_the_trail_says_which_provider_was_changed_or_removed(common, rest):
    said = [PUT | {"code": code} for code in ("one", "two")]
    one, two = [await rest.made(put_identity_provider, each) for each in said]
    changed = await rest.made(put_identity_provider, said[0] | {"client_id": "another"}, version=1)
    await rest.made(remove_identity_provider, {"code": "one"})
    assert one["audit_id"] == changed["audit_id"] != two["audit_id"]
    names = {one["audit_id"]: "one", two["audit_id"]: "two"}
    database = common.service.database
    rows = [
        (row["object_kind"], names[str(row["object_id"])], row["before"], row["after"])
        for action in ("put_identity_provider", "remove_identity_provider")
        for row in await audit_rows(database, common.id, action)
        if str(row["object_id"]) in names
    ]
    assert [row[:2] for row in rows] == [("identity_provider", code) for code in ("one", "two", "one", "one")]
    (none, first, *_), (_, other, *_) = (row[2:] for row in rows[:2])
    assert none is None
    assert [row[2:] for row in rows[2:]] == [(first, rows[2][3]), (rows[2][3], None)]
    assert len({first, other, rows[2][3]}) == 3


async def test_the_trail_says_which_job_was_begun_or_cancelled(common, rest):
    job = await rest.made(start_roster_import, {"package": GRAND_BEND.read_bytes(), "dry_run": True})
    await rest.made(cancel_job, {"job_id": job["id"]})
    for action in ("start_roster_import", "cancel_job"):
        [row] = await audit_rows(common.service.database, common.id, action)
        assert (row["object_kind"], str(row["object_id"])) == ("job", job["id"])


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
async def test_an_issuer_that_is_never_asked_is_refused_when_it_is_entered(common, rest, driver_kind):
    driver = rest if driver_kind == "rest" else GraphQL(common.http)
    said = PUT | {"code": f"x-{driver_kind}", "kind": "oidc"}
    for issuer in ("https://10.0.0.1", "https://127.0.0.1", "https://[fd00::1]/{tenantid}", "https://8.8.8.8:9443"):
        refused = await driver.expect_error(put_identity_provider, said | {"issuer": issuer})
        assert refused == (422, "url_not_allowed", "never", [("/issuer", "url_not_allowed")]), issuer
    assert (await driver.made(put_identity_provider, said | {"issuer": "https://8.8.8.8"}))["version"] == 1
