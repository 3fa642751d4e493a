"""A client that was revoked gets no token, and those it has are refused within half a minute."""

from unittest.mock import AsyncMock

import pytest

from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool
from tests.support.oauth_server import House


async def test_a_token_is_refused_half_a_minute_after_its_client_was_revoked(house: House):
    district = await house.district()
    client = await house.client(district.id)
    token = await house.token(client)
    assert (await house.whoami(token)).status_code == 200
    await house.revoke(district.id, client.client.client_id)
    assert (await house.ask(client)).status_code == 401
    house.clock.at += 30
    refused = await house.whoami(token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_a_database_away_is_said_and_is_no_crash(house: House, monkeypatch: pytest.MonkeyPatch):
    client = await house.client((await house.district()).id)
    monkeypatch.setattr(house.store, "bridge", AsyncMock(side_effect=Unavailable("later")))
    answer = await house.ask(client)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"] == "5"


async def test_the_server_going_away_under_a_request_is_said(house: House):
    client = await house.client((await house.district()).id)
    await house.app.close()
    pool = ConnectionPool("postgresql://evenkeel_app@127.0.0.1:1/none")
    house.store._pool = pool
    with pytest.raises(Unavailable):
        await house.store.client(client.client.client_id)
    await pool.close()
