"""Secrets are sealed under the installation's key, and sealed anew when it is rotated."""

import json
from dataclasses import fields, is_dataclass

import pytest
from sqlalchemy import LargeBinary

from api.cli.key_rotation import rotate
from api.oauth.signing_keys import KeyRing
from api.security.encryption import AESGCM, FORMAT_WITHOUT_KEY_ID, AesSecretBox, Cipher, DecryptionError, derive_key
from api.settings import Misconfigured, secret_keys
from api.sign_in.totp import PURPOSE, Totp
from domain.accounts import views
from domain.accounts.identity_provider_commands import PutIdentityProvider
from domain.accounts.model import ProviderKind
from domain.accounts.usecases.identity_providers import PROVIDER_SECRETS, put_identity_provider
from persistence.database.pool import ConnectionPool
from persistence.operations.reencryption import ENCRYPTED_COLUMNS
from persistence.repositories.oauth.store import PgOAuth
from persistence.tables import metadata
from tests.documents.test_openapi import DOCUMENT
from tests.support.sign_in import SECRET

NEW = "another secret, made later, of more than thirty-two characters"
HASHES = {"secret_sha256", "code_sha256", "token_sha256", "password_hash", "subject", "fingerprint", "answer", "digest", "said"}
"""Columns of bytes or hashes that hold nothing to be sent again."""


def test_what_is_sealed_says_its_key_and_opens_under_any_of_them():
    old, both, new = Cipher(SECRET, "p"), Cipher((NEW, SECRET), "p"), Cipher(NEW, "p")
    sealed = old.encrypt("name", b"content")
    assert both.decrypt("name", sealed) == b"content"
    assert (both.is_current(sealed), old.is_current(sealed)) == (False, True)
    with pytest.raises(DecryptionError):
        new.decrypt("name", sealed)
    for name, purpose in (("other", "p"), ("name", "q")):
        with pytest.raises(DecryptionError):
            Cipher((NEW, SECRET), purpose).decrypt(name, sealed)


def test_what_was_sealed_before_there_were_several_keys_opens():
    nonce = b"n" * 12
    sealed = FORMAT_WITHOUT_KEY_ID + nonce + AESGCM(derive_key(SECRET, "p")).encrypt(nonce, b"content", b"name")
    assert Cipher((NEW, SECRET), "p").decrypt("name", sealed) == b"content"
    assert not Cipher(SECRET, "p").is_current(sealed)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02abc", b"\x03" + b"x" * 40, b"\x02" + b"x" * 60])
def test_what_is_damaged_is_not_ours(sealed):
    with pytest.raises(DecryptionError):
        Cipher(SECRET, "p").decrypt("name", sealed)


def test_every_sealed_column_is_listed():
    listed = {(c.table, c.column) for c in ENCRYPTED_COLUMNS}
    found = {
        (name, c.name)
        for name, table in metadata.tables.items()
        for c in table.columns
        if "sealed" in c.name and not c.name.endswith("_at")
    }
    assert found == listed
    unknown = {
        (name, c.name)
        for name, table in metadata.tables.items()
        for c in table.columns
        if isinstance(c.type, LargeBinary)
        and (name, c.name) not in listed
        and c.name not in HASHES
        and not c.name.endswith("sha256")
        and not name.startswith("audit_")
    }
    assert unknown == {("job_input", "content")}  # a roster as it came: about people, but no secret


def test_no_sealed_column_and_no_hash_is_shown():
    hidden = {c.column for c in ENCRYPTED_COLUMNS} | HASHES - {"subject", "answer", "digest", "said"}
    shown = {member for schema in DOCUMENT["components"]["schemas"].values() for member in schema.get("properties", {})}
    assert shown & hidden == set()
    of_views = {f.name for view in vars(views).values() if is_dataclass(view) for f in fields(view)}
    assert of_views & hidden == set()


async def test_rotating_seals_everything_anew_in_every_district(sign_in_app, database):
    lake = await sign_in_app.district("Lakeside", "lakeside")
    people = {}
    for district in (sign_in_app.district_id, lake):
        await sign_in_app.run(
            put_identity_provider,
            PutIdentityProvider(
                code="p",
                kind=ProviderKind.OIDC,
                name="P",
                client_id="c",
                client_secret=f"of {district}",
                issuer="https://x.example",
            ),
            district,
        )
        people[district] = await sign_in_app.person(district_id=district)
        seed = AesSecretBox(SECRET).encrypt(PURPOSE, str(people[district]), b"A" * 32)
        await sign_in_app.sql(
            "insert into account (district_id, person_id, break_glass, totp_sealed) values ($1, $2, false, $3)",
            *(district, people[district], seed),
        )
    expected = {"control.signing_key.sealed": 1, "account.totp_sealed": 2, "identity_provider.secret_sealed": 2}
    assert await rotate(database.owner_url, (NEW, SECRET)) == expected
    assert await rotate(database.owner_url, (NEW,)) == dict.fromkeys(expected, 0)
    box = AesSecretBox(NEW)
    for district in (sign_in_app.district_id, lake):
        [(sealed,)] = await sign_in_app.sql("select secret_sealed from identity_provider where district_id = $1", district)
        assert box.decrypt(PROVIDER_SECRETS, f"{district} p", sealed) == f"of {district}".encode()
        [(sealed,)] = await sign_in_app.sql("select totp_sealed from account where district_id = $1", district)
        assert f"secret={'A' * 32}" in Totp(box).provisioning_uri(people[district], sealed, "x")
    async with ConnectionPool(database.app_url, size=1) as pool:
        await KeyRing(store=PgOAuth(pool), secret=NEW).start()
        with pytest.raises(Misconfigured, match="SECRET_KEY_PREVIOUS"):
            await KeyRing(store=PgOAuth(pool), secret=SECRET).start()


async def test_rotating_without_the_earlier_key_changes_nothing_and_says_what_is_missing(sign_in_app, database):
    before = await sign_in_app.sql("select sealed from control.signing_key")
    with pytest.raises(Misconfigured, match="SECRET_KEY_PREVIOUS"):
        await rotate(database.owner_url, (NEW,))
    assert await sign_in_app.sql("select sealed from control.signing_key") == before


def test_the_current_key_comes_first(monkeypatch):
    from api.settings import read_settings

    previous = json.dumps([SECRET, SECRET[::-1]])
    settings = read_settings(secret_key=NEW, secret_key_previous=previous)
    assert secret_keys(settings) == (NEW, SECRET, SECRET[::-1])
    assert secret_keys(read_settings(secret_key=NEW, secret_key_previous=SECRET)) == (NEW, SECRET)
    for bad in ("short", '["short"]', "[1]", "[x"):
        with pytest.raises(Misconfigured, match="SECRET_KEY_PREVIOUS"):
            read_settings(secret_key=NEW, secret_key_previous=bad)
