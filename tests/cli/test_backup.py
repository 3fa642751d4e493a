"""What was destroyed between them is there again: ``evenkeel backup`` and ``evenkeel restore``."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from persistence.embedded import StartError
from persistence.operations import backup
from persistence.operations.pg_programs import Programs
from persistence.tables import metadata
from tests.support.cli import error_output, evenkeel, json_output
from tests.support.embedded_services import folder_for, given_programs, users
from tests.support.postgres import Database
from tests.support.roster_packages import GRAND_BEND
from tests.support.service import SECRET

# What waits to be sealed and worked at in a backup gets older with it, and nobody tends to it meanwhile.
AN_HOUR_AGO = (
    "update audit_event set at = at - interval '1 hour'",
    "insert into queue.pgqueuer (priority, entrypoint, status, execute_after) values (0, 'x', 'queued', now() - interval '1 hour')",
)
TABLES = [*(t.name for t in metadata.tables.values() if not t.schema), "control.district", "control.client"]


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_for(users()[0]) as made:
        yield made / "data"


def cli_environ(home: Path) -> dict[str, str]:
    return {"DATA": str(home)} | ({"PG_BIN": str(given_programs())} if given_programs() else {})


async def fetched(url: str, *statements: str) -> list:
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


def rows_by_table(settings: dict[str, str]) -> dict[str, list[str]]:
    """Every row of the installation, by table."""
    from api.cli.session import connect, load_settings

    with pytest.MonkeyPatch.context() as patched:
        for name, value in settings.items():
            patched.setenv(name, value)
        with connect(load_settings(None)) as found:
            rows = asyncio.run(fetched(str(found.admin_url), *(f"select t::text from {t} t order by 1" for t in TABLES)))
    return {table: [row[0] for row in r] for table, r in zip(TABLES, rows, strict=True)}


def without_audit_log(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is held but for the trail, which grows with whatever is done and is moved on by a restore."""
    return {table: held for table, held in rows.items() if not table.startswith("audit_")}


def destroy(settings: dict[str, str], *statements: str) -> None:
    from api.cli.session import connect, load_settings

    with pytest.MonkeyPatch.context() as patched:
        for name, value in settings.items():
            patched.setenv(name, value)
        with connect(load_settings(None)) as found:
            asyncio.run(fetched(str(found.admin_url), *statements))


def test_what_was_destroyed_is_there_again_and_who_was_erased_is_not(home: Path, tmp_path: Path) -> None:
    settings, file = cli_environ(home), tmp_path / "evenkeel.dump"
    one, two = (json_output("district", "create", name, "--time-zone", "UTC", **settings)["id"] for name in ("One", "Two"))
    for district in (one, two):
        json_output("roster", "import", GRAND_BEND, "--district", district, **settings)
    destroy(settings, *AN_HOUR_AGO)
    before = rows_by_table(settings)
    taken = json_output("backup", file, **settings)
    assert taken["tables"] >= len(TABLES)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "exists already" in error_output("backup", file, **settings)
    assert "give --replace" in error_output("restore", file, **settings)
    destroy(settings, "truncate person cascade", "delete from control.client_district", "drop table crosswalk")
    assert count_people(settings) == 0
    told = json_output("restore", file, "--replace", **settings)
    assert (told["districts"], told["people_erased_again"]) == (2, 0)
    assert without_audit_log(rows_by_table(settings)) == without_audit_log(before)

    [person] = [r for r in before["person"] if "207267" in r and one in r][:1]
    named = person.strip("()").split(",")[1]
    json_output("erasure", "person", named, "--district", one, **settings)
    certificate = json_output("district", "erase", two, "--yes", **settings)["certificate"]
    told = json_output("restore", file, "--replace", **settings)
    assert (told["districts"], told["districts_erased_again"], told["people_erased_again"]) == (1, 1, 1)
    rows = rows_by_table(settings)
    assert not [table for table, found in rows.items() for row in found if two in row]
    # The trail keeps ids: of who was erased it tells that something was done, never who that was.
    assert not [table for table, found in without_audit_log(rows).items() for row in found if named in row]
    assert len(rows["person"]) == 67
    proof = tmp_path / "certificate.json"
    proof.write_text(json.dumps(certificate))
    assert evenkeel("erasure", "verify", proof, **settings).stdout == "genuine\n"
    newer = settings | {"SECRET_KEY": SECRET, "SECRET_KEY_PREVIOUS": (home / "secret_key").read_text()}
    assert evenkeel("erasure", "verify", proof, **newer).stdout == "genuine\n"
    proof.write_text(json.dumps(certificate).replace("operator", "nobody"))
    assert evenkeel("erasure", "verify", proof, **settings).exit_code == 1


def count_people(settings: dict[str, str]) -> int:
    from api.cli.session import connect, load_settings

    with pytest.MonkeyPatch.context() as patched:
        for name, value in settings.items():
            patched.setenv(name, value)
        with connect(load_settings(None)) as found:
            return int(asyncio.run(fetched(str(found.admin_url), "select count(*) from person"))[0][0][0])


def test_a_file_that_is_no_whole_backup_changes_nothing(home: Path, tmp_path: Path) -> None:
    settings, file = cli_environ(home), tmp_path / "evenkeel.dump"
    json_output("district", "create", "One", "--time-zone", "UTC", **settings)
    json_output("backup", file, **settings)
    before = rows_by_table(settings)
    whole = file.read_bytes()
    for spoilt in (b"PGDMP no dump", whole[: len(whole) // 2], b"-- a script"):
        file.write_bytes(spoilt)
        assert "pg_restore failed" in error_output("restore", file, "--replace", **settings)
    assert without_audit_log(rows_by_table(settings)) == without_audit_log(before)


def external_database_environ(database: Database, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database.app_url,
        "MIGRATION_DATABASE_URL": database.owner_url,
        "SECRET_KEY": SECRET,
    } | more


def test_a_role_that_would_dump_nothing_is_refused(database: Database, tmp_path: Path) -> None:
    out = tmp_path / "x.dump"
    assert "set BACKUP_DATABASE_URL" in error_output("backup", out, **external_database_environ(database))
    for url in (database.owner_url, database.app_url):
        assert "would contain no rows" in error_output(
            "backup", out, **external_database_environ(database, BACKUP_DATABASE_URL=url)
        )
    assert not out.exists()
    assert (
        json_output("backup", out, **external_database_environ(database, BACKUP_DATABASE_URL=database.admin_url))["tables"] > 20
    )


ALIKE = """
select datcollate, datctype, encoding, datlocprovider, has_database_privilege('evenkeel_backups', datname, 'connect')
from pg_database where datname = $1
"""


async def test_a_restored_database_sorts_as_before_and_lets_the_same_roles_connect(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    try:
        await admin.execute("create role evenkeel_backups login")
        await admin.execute("create database before template template0 locale_provider libc lc_collate 'C' lc_ctype 'C'")
        await admin.execute("revoke all on database before from public; grant connect on database before to evenkeel_backups")
        before = backup.with_database(database.admin_url, "before")
        await backup.create_database(before, "after", backup.user_of(database.owner_url), backup.user_of(database.app_url))
        found = [tuple(await admin.fetchrow(ALIKE, name)) for name in ("before", "after")]
    finally:
        for statement in ("database if exists after", "database if exists before", "role if exists evenkeel_backups"):
            await admin.execute(f"drop {statement}")
        await admin.close()
    assert found[0] == found[1]
    assert found[1][-1] is True


def test_programs_older_than_the_server_are_refused_with_the_remedy() -> None:
    role = {"passes": True, "makes": True, "major": 18, "name": "x"}
    backup.check_privileges(role, Programs(folder=Path("/"), major=18))
    backup.check_privileges(role, Programs(folder=Path("/"), major=19))
    with pytest.raises(StartError, match=r"pg_dump is PostgreSQL 17 and the server PostgreSQL 18.*PG_BIN"):
        backup.check_privileges(role, Programs(folder=Path("/"), major=17))
