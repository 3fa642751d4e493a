"""Actions of the authorization server are in the district's feed, in no other district's, and sealed with the rest."""

from api.graphql.fields import FIELD_NAMES
from domain.audit.usecases import list_audit_events
from domain.oauth.audit_actions import OAuthAction
from tests.support.audit import audit_rows
from tests.support.audit_sealing import checked, final, seal
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.service import serving

SECRET_FORM = {"grant_type": "client_credentials"}


async def test_the_feed_of_the_district_alone_shows_it_and_it_is_sealed(service):
    district, other = await service.district(roster=False), await service.district("Lakeside", roster=False)
    [row] = await audit_rows(service.database, district.id, "issue_access_token")
    client_id = row["actor_id"]
    response = await service.anonymous().post(
        "/oauth/token", data=SECRET_FORM, auth=(client_id, "guessed"), headers={"x-request-id": "attempt-of-eve"}
    )
    assert response.status_code == 401
    await final(service)
    for driver in (Rest(district.http, service.app), GraphQL(district.http)):
        issued = (await driver.made(list_audit_events, {"action": "issue_access_token"}))["items"]
        tried = (await driver.made(list_audit_events, {"object_id": client_id, "action": "authenticate_client"}))["items"]
        assert [(e["actor_id"], e["object_kind"], e["outcome"]) for e in issued] == [(client_id, "client", "done")]
        assert [(e["actor_id"], e["client_id"], e["outcome"], e["code"], e["request_id"]) for e in tried] == [
            ("oauth", None, "refused", "invalid_client", "attempt-of-eve")
        ]
    elsewhere = (await Rest(other.http, service.app).made(list_audit_events, {"limit": 100}))["items"]
    assert client_id not in {value for event in elsewhere for value in event.values() if isinstance(value, str)}
    assert {e["action"] for e in elsewhere} >= {"issue_access_token"}
    await seal(service)
    assert await checked(service, district) == (1, [], 0)


def test_no_oauth_action_has_the_name_of_a_use_case():
    assert {action.value for action in OAuthAction}.isdisjoint({use_case.__name__ for use_case in FIELD_NAMES})


async def test_without_an_audit_log_oauth_actions_are_not_recorded(database):
    async with serving(database, audit=False) as service:
        district = await service.district(roster=False)
        [first] = {row["object_id"] for row in await audit_rows(database, district.id, "create_client")}
        response = await service.anonymous().post("/oauth/token", data=SECRET_FORM, auth=(str(first), "guessed"))
        assert response.status_code == 401
        actions = {row["action"] for row in await audit_rows(database, district.id)}
        assert actions.isdisjoint({action.value for action in OAuthAction})
