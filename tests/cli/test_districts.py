"""The operator's commands: JSON out, sentences for what is refused, alone or beside a running service."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from api.rest.scoring import CONFIGURATION_BODY
from domain.scoring import tally_rebuild
from tests.support.cli import HERE, error_output, evenkeel, json_output, served, token
from tests.support.embedded_services import folder_for, given_programs, gone, users
from tests.support.payloads import CROSSWALK, INSTRUMENT, visit
from tests.support.postgres import Database, clone
from tests.support.roster_packages import GRAND_BEND, clean, spoilt
from tests.support.service import SECRET

SCOPES = "directory:read,observations:* scores:read"
pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture(scope="module")
def settings(module_database: Database) -> dict[str, str]:
    """Of an installation with a database of its own."""
    return external_database_environ(module_database)


def external_database_environ(database: Database) -> dict[str, str]:
    return {"DATABASE_URL": database.app_url, "MIGRATION_DATABASE_URL": database.owner_url, "SECRET_KEY": SECRET}


@pytest.fixture(scope="module")
def district(settings: dict[str, str]) -> str:
    """Grand Bend, its rubric and three visits."""
    made = json_output("district", "create", "Grand Bend", "--time-zone", "America/Chicago", **settings)
    assert list(made) == ["id", "name", "time_zone"]
    named = str(UUID(made["id"]))
    json_output("roster", "import", GRAND_BEND, "--district", named, **settings)
    return named


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_for(users()[0]) as made:
        yield made / "data"


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(content))
    return path


def new_client(district: str, settings: dict[str, str], scopes: str = SCOPES) -> dict:
    named = ("--district", district, "--name", "Walks", "--origin", "walks", "--scopes", scopes)
    return json_output("client", "create", *named, **settings)


def test_client_is_shown_with_its_secret_once_and_revoked_for_good(district: str, settings: dict[str, str]) -> None:
    made = new_client(district, settings)
    client = made["client"]
    assert list(client) == [
        *("client_id", "name", "origin", "scopes", "kind", "auth_method", "redirect_uris", "evaluates"),
        *("created_at", "revoked_at"),
    ]
    assert client["scopes"] == ["directory:read", "observations:read", "observations:write", "scores:read"]
    assert len(made["client_secret"]) >= 43
    renewed = json_output("client", "secret", client["client_id"], "--district", district, **settings)
    assert renewed["client"] == client
    assert len(renewed["client_secret"]) == 43
    first = json_output("client", "revoke", client["client_id"], "--district", district, **settings)
    assert first["revoked_at"] is not None
    assert "client_secret" not in first
    assert json_output("client", "revoke", client["client_id"], "--district", district, **settings) == first


def test_what_cannot_be_registered_is_named_with_its_remedy(district: str, settings: dict[str, str]) -> None:
    said = error_output("district", "create", "Lake", "--time-zone", "Chicago", **settings)
    assert "/time_zone: give a zone by its IANA name" in said
    nowhere = "01900000-0000-7000-8000-000000000000"
    named = ("--name", "W", "--origin", "w")
    keyed = (*named, "--scopes", "directory:read", "--jwks-uri")
    assert "/jwks_uri" in error_output("client", "create", "--district", district, *keyed, "https://10.0.0.1/jwks", **settings)
    made = json_output("client", "create", "--district", district, *keyed, "https://8.8.8.8/jwks", **settings)
    assert (made["client"]["auth_method"], made["client_secret"]) == ("private_key_jwt", None)
    assert "/scopes" in error_output("client", "create", "--district", district, *named, "--scopes", "everything", **settings)
    said = error_output("client", "create", "--district", nowhere, *named, "--scopes", "directory:read", **settings)
    assert said == "no district has this id; check it"
    assert "check both ids" in error_output("client", "revoke", "unknown", "--district", district, **settings)
    other = json_output("district", "create", "Other", "--time-zone", "UTC", **settings)["id"]
    client = new_client(district, settings)["client"]["client_id"]
    assert "check both ids" in error_output("client", "revoke", client, "--district", other, **settings)


def test_roster_is_tried_brought_in_and_brought_in_again(settings: dict[str, str], tmp_path: Path) -> None:
    district = json_output("district", "create", "Small", "--time-zone", "UTC", **settings)["id"]
    package = tmp_path / "roster.zip"
    package.write_bytes(clean())
    at = ("roster", "import", package, "--district", district)
    tried = json_output(*at, "--dry-run", **settings)
    assert tried["state"] == "dry_run"
    made = json_output(*at, **settings)
    assert made["state"] == "applied"
    assert made["differences"] == tried["differences"]
    assert made["counts"] == {"orgs": 3, "people": 2, "assignments": 2, "academic_sessions": 1}
    again = json_output(*at, **settings)
    assert [d["rows"] for d in again["differences"] if d["rows"]] == []


def test_faulty_roster_is_refused_with_file_and_line_and_changes_nothing(settings: dict[str, str], tmp_path: Path) -> None:
    district = json_output("district", "create", "Faulty", "--time-zone", "UTC", **settings)["id"]
    package = tmp_path / "roster.zip"
    package.write_bytes(spoilt("roles", "u2,primary,teacher", "u9,primary,teacher"))
    said = error_output("roster", "import", package, "--district", district, **settings)
    assert "roles.csv" in said
    package.write_bytes(b"PK no zip at all")
    assert "ZIP" in error_output("roster", "import", package, "--district", district, **settings)
    package.write_bytes(clean())
    assert json_output("roster", "import", package, "--district", district, "--dry-run", **settings)["state"] == "dry_run"


def test_documents_are_exported_as_they_are_committed(tmp_path: Path) -> None:
    done = evenkeel("openapi", "export", tmp_path)
    assert (done.exit_code, done.stdout) == (0, f"written to {tmp_path}\n")
    assert {path.name for path in tmp_path.iterdir()} == {"openapi.json", "schema.graphql", "policy.md"}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (HERE / "openapi" / path.name).read_bytes(), f"run evenkeel openapi export: {path.name}"


def findings(*arguments: str, status: int = 0, **settings: str) -> dict:
    done = evenkeel("doctor", "--json", *arguments, **settings)
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def test_doctor_says_what_it_looked_at(module_database: Database, settings: dict[str, str]) -> None:
    done = evenkeel("doctor", **settings)
    assert done.exit_code == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "ok   settings",
        "ok   database",
        "ok   roles",
        "ok   migrations",
        "ok   signing keys",
        "ok   jobs",
    ]
    assert module_database.app_url not in done.output  # it holds a password
    told = findings(**settings)
    assert [f["name"] for f in told["findings"]] == ["settings", "database", "roles", "migrations", "signing keys", "jobs"]
    assert told["app_database_url"] == module_database.app_url
    assert told["admin_database_url"] is None  # an outside database's administrator is not ours to know


def test_doctor_names_what_is_not_well_and_what_to_do() -> None:
    with clone("template0") as bare:
        told = findings(status=1, **external_database_environ(bare))
        assert [(f["name"], f["well"], f["remedy"]) for f in told["findings"]][-1] == (
            "migrations",
            False,
            "run evenkeel migrate",
        )
        assert evenkeel("migrate", **external_database_environ(bare)).stdout == "migrated\n"
        assert all(f["well"] for f in findings(**external_database_environ(bare))["findings"])
        told = findings(status=1, **external_database_environ(bare) | {"SECRET_KEY": SECRET[::-1]})
        [key] = [f for f in told["findings"] if not f["well"]]
        assert (key["name"], "SECRET_KEY" in key["remedy"]) == ("signing keys", True)


def test_corrupted_tally_is_named_and_a_rebuild_mends_it(tmp_path: Path, home: Path) -> None:
    """From the roster over the wire to the doctor, with every command beside the service that runs."""
    said = {"DATA": str(home)} | ({"PG_BIN": str(given_programs())} if given_programs() else {})
    with served("serve", "--data", home, user=users()[0], log=home.with_name("log")) as running:
        district = json_output("district", "create", "Grand Bend", "--time-zone", "America/Chicago", **said)["id"]
        json_output("roster", "import", GRAND_BEND, "--district", district, **said)
        client = new_client(district, said)
        bearer = token(running.port, client["client"]["client_id"], client["client_secret"])
        for path, body in (
            ("/v1/instruments", INSTRUMENT),
            ("/v1/crosswalks", CROSSWALK),
            ("/v1/observations", visit("v-1", "1", "2026-03-02T14:00:00Z", ("A", 3), ("input", 4))),
        ):
            assert running.send(path, body, authorization=bearer)[0] == 201
        urls = findings("--scores", **said)
        assert [f["seen"] for f in urls["findings"] if f["name"] == "scores"] == [
            "3 tallies of Grand Bend equal the evidence to 1e-9"
        ]
        assert urls["admin_database_url"].startswith("postgresql://evenkeel_admin:")
        assert urls["app_database_url"].startswith("postgresql://evenkeel_app:")
        asyncio.run(corrupt(urls["admin_database_url"]))
        told = findings("--scores", status=1, **said)
        [wrong] = [f for f in told["findings"] if not f["well"]]
        assert "focus, observation: fwx is " in wrong["seen"]
        assert wrong["remedy"].startswith("run evenkeel rebuild")
        assert evenkeel("rebuild", "--district", district, **said).stdout == "rebuilt\n"
        assert all(f["well"] for f in findings("--scores", **said)["findings"])
        assert running.is_ready()
    assert gone(home)
    assert json_output("district", "create", "Alone", "--time-zone", "UTC", **said)["name"] == "Alone"
    assert [f["name"] for f in findings(**said)["findings"]][1:3] == ["database", "roles"]


async def corrupt(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        assert await connection.execute("update tally set fwx = fwx + 1 where responsibility = 'focus'") == "UPDATE 1"
    finally:
        await connection.close()


def test_operator_may_rebuild_more_than_a_request(
    monkeypatch: pytest.MonkeyPatch, module_database: Database, district: str, settings: dict[str, str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tally_rebuild, "MAX_ROWS", 0)
    asyncio.run(seeded(module_database, district))
    versioned = CROSSWALK | {"version": "2"}
    made = json_output("crosswalk", "create", written(tmp_path, "map.json", versioned), "--district", district, **settings)
    assert (made["code"], made["version"], made["current"]) == ("month-map", "2", True)
    document = CONFIGURATION_BODY | {"half_life_days": 180.0, "expected_version": 1}
    put = ("configuration", "put", written(tmp_path, "constants.json", document), "--district", district)
    fresh = json_output(*put, **settings)
    assert (fresh["version"], fresh["half_life_days"]) == (2, 180.0)
    assert "somebody changed the configuration since you read it" in error_output(*put, **settings)
    named = written(tmp_path, "constants.json", document | {"expected_version": 2})
    assert json_output("configuration", "put", named, "--district", district, **settings)["version"] == 3
    assert all(f["well"] for f in findings("--scores", **settings)["findings"])


async def seeded(database: Database, district: str) -> None:
    """A rubric, its crosswalk and a visit, as a client pushes them; the client itself is refused what is too large."""
    from tests.support.service import District, serving

    async with serving(database) as service:
        http = await service.client(district, ("observations:*", "configuration:*"), "walks")
        there = District(service, district, http)
        for path, body in (("/v1/instruments", INSTRUMENT), ("/v1/crosswalks", CROSSWALK)):
            assert (await there.http.post(path, json=body)).status_code == 201
        seen = visit("v-1", "1", "2026-03-02T14:00:00Z", ("A", 3), ("B", "solid"))
        assert (await there.http.post("/v1/observations", json=seen)).status_code == 201
        refused = await there.http.post("/v1/crosswalks", json=CROSSWALK | {"version": "2"})
        assert (refused.status_code, refused.json()["code"]) == (409, "rebuild_too_large")
        assert "Prefer: respond-async" in refused.json()["detail"]


def test_file_that_is_not_there_or_not_right_is_refused(district: str, settings: dict[str, str], tmp_path: Path) -> None:
    done = evenkeel("crosswalk", "create", tmp_path / "none.json", "--district", district, **settings)
    assert done.exit_code == 2
    assert "does not exist" in done.output
    faulty = tmp_path / "map.json"
    faulty.write_text("{")
    assert "not JSON" in error_output("crosswalk", "create", faulty, "--district", district, **settings)
    faulty.write_text("{}")
    assert "/mappings" in error_output("crosswalk", "create", faulty, "--district", district, **settings)


def test_command_before_the_first_service_makes_its_tables(home: Path) -> None:
    said = {"DATA": str(home)} | ({"PG_BIN": str(given_programs())} if given_programs() else {})
    assert "run evenkeel migrate" in [f["remedy"] for f in findings(status=1, **said)["findings"]]
    assert UUID(json_output("district", "create", "First", "--time-zone", "UTC", **said)["id"])
    assert gone(home)
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert not os.environ.get("DATA")  # a command leaves our surroundings as they were
