"""Signing keys survive restarts, are shared by workers, and open under one SECRET_KEY only."""

import asyncio
from typing import Any

import asyncpg
import pytest
from joserfc import jwt

from api.oauth.signing_keys import KeyRing
from api.security.encryption import Cipher, DecryptionError, derive_key
from api.settings import Misconfigured
from persistence.database.pool import ConnectionPool
from persistence.repositories.oauth.store import PgOAuth
from tests.support.oauth_server import SECRET, OAuthServer, start_oauth_server
from tests.support.postgres import Database


async def run_sql(database: Database, statement: str, *values: object) -> Any:
    connection = await asyncpg.connect(database.admin_url)
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def test_a_token_is_good_after_a_restart_and_at_another_worker(database: Database):
    async with start_oauth_server(database) as first:
        client = await first.client((await first.district()).id)
        token = await first.token(client)
        async with start_oauth_server(database) as worker:
            assert (await worker.whoami(token)).status_code == 200
    async with start_oauth_server(database) as again:
        assert (await again.whoami(token)).status_code == 200
    assert await run_sql(database, "select count(*) from control.signing_key") == 1


async def test_workers_that_start_at_once_agree_on_one_key(database: Database):
    async with ConnectionPool(database.app_url, size=5) as pool:
        rings = [KeyRing(store=PgOAuth(pool), secret=SECRET) for _ in range(5)]
        await asyncio.gather(*(ring.start() for ring in rings))
        assert len({(await ring.signing()).keys[0].kid for ring in rings}) == 1


async def test_another_secret_key_is_refused_with_a_sentence(database: Database):
    async with start_oauth_server(database):
        pass
    with pytest.raises(Misconfigured, match="SECRET_KEY is not the one that this database's signing keys were sealed under"):
        async with start_oauth_server(database, secret="another secret of thirty-two characters"):
            pass


async def test_no_private_key_is_readable_in_the_database(database: Database):
    async with start_oauth_server(database) as oauth_server:
        private = (await oauth_server.keys.signing()).keys[0].as_dict(private=True)
    sealed = await run_sql(database, "select sealed from control.signing_key")
    assert str(private["d"]).encode() not in sealed
    assert b"kty" not in sealed


async def test_a_retired_key_signs_no_more_and_its_tokens_stay_good(oauth_server: OAuthServer, module_database: Database):
    client = await oauth_server.client((await oauth_server.district()).id)
    old = await oauth_server.token(client)
    await run_sql(module_database, "update control.signing_key set retired_at = now() where retired_at is null")
    async with start_oauth_server(module_database) as rotated:
        new = await rotated.token(client)
        assert len((await rotated.http.get("/oauth/jwks")).json()["keys"]) == 2
        assert (await rotated.whoami(old)).status_code == 200
    kids = [jwt.decode(t, await _all(oauth_server, t)).header["kid"] for t in (old, new)]
    assert kids[0] != kids[1]


async def _all(oauth_server: OAuthServer, token: str) -> Any:
    """The key of ``token`` as the house that runs since before finds it: looked for again when it is new."""
    from api.security.bearer_tokens import _unverified_header

    oauth_server.keys._loaded_at -= 10
    return await oauth_server.keys.public(_unverified_header(token)["kid"])


async def test_made_up_key_ids_do_not_reach_the_database(oauth_server: OAuthServer, monkeypatch: pytest.MonkeyPatch):
    asked = []

    async def counted() -> tuple[()]:
        asked.append(1)
        return ()

    monkeypatch.setattr(oauth_server.store, "signing_keys", counted)
    for i in range(50):
        assert await oauth_server.keys.public(f"made-up-{i}") is None
    assert asked == []


async def test_a_key_retired_for_days_is_published_no_more(database: Database):
    async with start_oauth_server(database):
        pass
    await run_sql(database, "update control.signing_key set retired_at = now() - interval '2 days'")
    async with start_oauth_server(database) as oauth_server:
        assert len((await oauth_server.http.get("/oauth/jwks")).json()["keys"]) == 1


def test_what_is_sealed_opens_under_its_name_purpose_and_secret_only():
    sealed = Cipher(SECRET, "keys").encrypt("a", b"content")
    assert Cipher(SECRET, "keys").decrypt("a", sealed) == b"content"
    for seal, name in ((Cipher(SECRET, "keys"), "b"), (Cipher(SECRET, "cursors"), "a"), (Cipher(SECRET + "x", "keys"), "a")):
        with pytest.raises(DecryptionError):
            seal.decrypt(name, sealed)


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x02" + bytes(40), b"\x01" + bytes(40)])
def test_damaged_seals_are_refused(damaged: bytes):
    with pytest.raises(DecryptionError):
        Cipher(SECRET, "keys").decrypt("a", damaged)


def test_keys_of_two_purposes_have_nothing_in_common():
    assert derive_key(SECRET, "keys") != derive_key(SECRET, "cursors")
    assert len(derive_key(SECRET, "keys")) == 32
