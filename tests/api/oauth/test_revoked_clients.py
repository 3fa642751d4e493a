"""A client that was revoked gets no token, and those it has are refused within half a minute."""

from unittest.mock import AsyncMock

import pytest

from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool
from tests.support.oauth_server import OAuthServer


async def test_a_token_is_refused_half_a_minute_after_its_client_was_revoked(oauth_server: OAuthServer):
    district = await oauth_server.district()
    client = await oauth_server.client(district.id)
    token = await oauth_server.token(client)
    assert (await oauth_server.whoami(token)).status_code == 200
    await oauth_server.revoke(district.id, client.client.client_id)
    assert (await oauth_server.ask(client)).status_code == 401
    oauth_server.clock.at += 30
    refused = await oauth_server.whoami(token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_a_database_away_is_said_and_is_no_crash(oauth_server: OAuthServer, monkeypatch: pytest.MonkeyPatch):
    client = await oauth_server.client((await oauth_server.district()).id)
    monkeypatch.setattr(oauth_server.store, "bridge", AsyncMock(side_effect=Unavailable("later")))
    answer = await oauth_server.ask(client)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_the_server_going_away_under_a_request_is_said(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    await oauth_server.app.close()
    pool = ConnectionPool("postgresql://evenkeel_app@127.0.0.1:1/none")
    oauth_server.store._pool = pool
    with pytest.raises(Unavailable):
        await oauth_server.store.client(client.client.client_id)
    await pool.close()
