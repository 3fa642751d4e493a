"""Clients that register themselves, and the administrator who lets them."""

from typing import Any

import httpx

from domain.oauth.commands import CreateInitialAccessToken
from domain.oauth.usecases import create_initial_access_token
from domain.oauth.views import NewInitialAccessTokenView
from domain.shared.ids import DistrictId
from tests.support.districts import context
from tests.support.oauth_app import BACK
from tests.support.oauth_server import OAuthServer, operator_actor

WALKS = {"client_name": "Walks", "redirect_uris": [BACK], "scope": "scores:read roster:write"}


async def create_initial_token(oauth_server: OAuthServer, district_id: DistrictId, *scopes: str) -> NewInitialAccessTokenView:
    """What an administrator of the district makes."""
    cmd = CreateInitialAccessToken(name="Partner", scopes=scopes or ("directory:read", "scores:read"))
    url = oauth_server.database.app_url
    return await create_initial_access_token(cmd, context(url, operator_actor("root", district_id), oauth_server.now()))


async def register(oauth_server: OAuthServer, token: str, **changes: Any) -> httpx.Response:
    metadata = {name: value for name, value in (WALKS | changes).items() if value is not ...}
    return await oauth_server.http.post("/oauth/register", json=metadata, headers={"Authorization": f"Bearer {token}"})


async def manage(
    oauth_server: OAuthServer, made: dict[str, Any], method: str, token: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or made['registration_access_token']}"}
    return await oauth_server.http.request(method, made["registration_client_uri"], headers=headers, json=body or None)
