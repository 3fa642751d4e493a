"""Clients that register themselves, and the administrator who lets them."""

from typing import Any

import httpx

from domain.oauth.commands import CreateInitialAccessToken
from domain.oauth.usecases import create_initial_access_token
from domain.oauth.views import NewInitialAccessTokenView
from domain.shared.ids import DistrictId
from tests.support.districts import context
from tests.support.oauth_app import BACK
from tests.support.oauth_server import House, operator_actor

WALKS = {"client_name": "Walks", "redirect_uris": [BACK], "scope": "scores:read roster:write"}


async def let(house: House, district_id: DistrictId, *scopes: str) -> NewInitialAccessTokenView:
    """What an administrator of the district makes."""
    cmd = CreateInitialAccessToken(name="Partner", scopes=scopes or ("directory:read", "scores:read"))
    url = house.database.app_url
    return await create_initial_access_token(cmd, context(url, operator_actor("root", district_id), house.now()))


async def register(house: House, token: str, **said: Any) -> httpx.Response:
    metadata = {name: value for name, value in (WALKS | said).items() if value is not ...}
    return await house.http.post("/oauth/register", json=metadata, headers={"Authorization": f"Bearer {token}"})


async def manage(house: House, made: dict[str, Any], method: str, token: str | None = None, **said: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or made['registration_access_token']}"}
    return await house.http.request(method, made["registration_client_uri"], headers=headers, json=said or None)
