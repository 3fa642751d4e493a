"""Who may do what in an embedded installation."""

import os
import stat
from pathlib import Path

import asyncpg
import pytest

from persistence.embedded.roles import provision
from tests.support.postgres import ADMIN, Database


async def connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url)


async def test_app_role_cannot_pass_the_fence_and_owns_nothing(database: Database) -> None:
    connection = await connect(database.app_url)
    try:
        powers = await connection.fetchrow(
            "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
        )
        owned = await connection.fetchval("select count(*) from pg_class where relowner = current_user::regrole")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table mine (id int)")
    finally:
        await connection.close()
    assert list(powers.values()) == [False, False, False]
    assert owned == 0


async def test_owner_role_makes_tables_but_is_no_superuser(bare_database: Database) -> None:
    connection = await connect(bare_database.owner_url)
    try:
        await connection.execute("create schema control; create table thing (id int)")
        assert await connection.fetchval("select rolsuper or rolbypassrls from pg_roles where rolname = current_user") is False
    finally:
        await connection.close()


async def test_serving_roles_cannot_enter_other_databases(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(database.app_url.replace(database.name, "postgres"))


async def test_provisioning_twice_takes_back_what_has_drifted(database: Database, tmp_path: Path) -> None:
    folder = Path(os.environ["EVENKEEL_TEST_PASSWORDS"])
    connection = await connect(database.admin_url)
    try:
        # Roles belong to the whole server, and other tests run on it: a power that no test of the fence looks at.
        await connection.execute("alter role evenkeel_app createdb")
        again = await provision(os.environ[ADMIN], folder, database.name)
        assert await connection.fetchval("select rolcreatedb from pg_roles where rolname = 'evenkeel_app'") is False
    finally:
        await connection.close()
    assert again.app == database.app_url


def test_passwords_are_kept_for_their_owner_alone(database: Database) -> None:
    folder = Path(os.environ["EVENKEEL_TEST_PASSWORDS"])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.password")}
    assert modes == {"admin.password": 0o600, "app.password": 0o600, "owner.password": 0o600}


async def test_a_wrong_password_is_refused(database: Database) -> None:
    user, _, rest = database.app_url.removeprefix("postgresql://").partition(":")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(f"postgresql://{user}:wrong@{rest.partition('@')[2]}")
