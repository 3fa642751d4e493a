"""The operator's commands on accounts, addresses and keys."""

import email
import email.policy
import json
import re
from pathlib import Path

import pytest

from persistence.operations.reencryption import ENCRYPTED_COLUMNS
from tests.support.cli import error_output, evenkeel, json_output
from tests.support.postgres import Database
from tests.support.roster_packages import clean
from tests.support.service import SECRET

pytestmark = pytest.mark.usefixtures("server")
NEW = "another secret, made later, of more than thirty-two characters"


def test_an_operator_lets_the_first_people_in_and_rotates_the_key(module_database: Database, tmp_path: Path) -> None:
    settings = {
        "DATABASE_URL": module_database.app_url,
        "MIGRATION_DATABASE_URL": module_database.owner_url,
        "SECRET_KEY": SECRET,
        "MAIL_URL": f"file://{tmp_path}/letters",
    }
    named = ("Lake", "--time-zone", "UTC", "--slug", "lake")
    district = json_output("district", "create", *named, **settings)["id"]
    assert "another district has the slug lake" in error_output("district", "create", *named, **settings)
    assert "grand-bend" in error_output("district", "create", "Hill", "--time-zone", "UTC", "--slug", "Hill!", **settings)
    at = ("--district", district)
    added = json_output("district", "address", "add", "mail_domain", "lake.example.org", *at, **settings)
    assert added["addresses"][0] == {"kind": "mail_domain", "value": "lake.example.org"}
    assert json_output("district", "address", "add", "mail_domain", "lake.example.org", *at, **settings) == added
    json_output("district", "address", "remove", "mail_domain", "lake.example.org", *at, **settings)
    package = tmp_path / "roster.zip"
    package.write_bytes(clean())
    rows = json_output("roster", "import", str(package), *at, **settings)
    assert rows["state"] == "applied"
    ann, ben = people(module_database)
    made = json_output("account", "code", *at, "--person", ann, **settings)
    assert re.fullmatch(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", made["code"])
    assert made["sign_in_path"] == "/sign-in/lake/code"
    first = json_output("admin", "grant", *at, "--person", ann, **settings)
    assert (first["person_id"], first["code"] != made["code"]) == (ann, True)
    assert "sourcedId" in error_output("admin", "grant", *at, "--person", "nobody-of-that-name", **settings)
    assert json_output("account", "second-factor", *at, "--person", ann, "--waive", **settings)["person_id"] == ann
    assert json_output("account", "second-factor", *at, "--person", ann, "--ask", **settings)["person_id"] == ann
    assert json_output("admin", "withdraw", *at, "--person", ann, **settings) == {"done": True}
    assert json_output("admin", "withdraw", *at, "--person", ann, **settings) == {"done": False}
    assert "no e-mail" in error_output("account", "invite", *at, "--person", ben, **settings)
    assert "sent" in evenkeel("account", "invite", *at, "--person", ann, "--language", "es", **settings).stdout
    [letter] = (tmp_path / "letters").iterdir()
    assert letter.stat().st_mode & 0o077 == 0
    read = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    assert (read["To"], read["Subject"]) == ("ann@example.org", "Su acceso a Evenkeel")
    assert "/sign-in/lake/code?lang=es" in read.get_content()
    assert json_output("account", "break-glass", *at, "--person", ann, **settings)["break_glass"] is True
    assert json_output("account", "reset", *at, "--person", ann, **settings)["code"] != made["code"]
    shown = json_output("account", "show", *at, "--person", ann, **settings)
    assert (shown["has_password"], shown["may_sign_in"]) == (False, True)
    assert "no person" in error_output("account", "code", *at, "--person", district, **settings)
    configure_providers(at, tmp_path, settings)
    both = settings | {"SECRET_KEY": NEW, "SECRET_KEY_PREVIOUS": json.dumps([SECRET])}
    assert set(json_output("keys", "rotate", **both)) == {f"{c.table}.{c.column}" for c in ENCRYPTED_COLUMNS}


def configure_providers(at: tuple[str, str], folder: Path, settings: dict[str, str]) -> None:
    held, put = folder / "secret", ("provider", "put", "login", *at, "--kind", "oidc", "--name", "Lake login")
    put = (*put, "--client-id", "evenkeel", "--issuer", "http://127.0.0.1:9000", "--claim", "oid")
    assert "/issuer: give an https URL" in error_output(*put, **settings)
    settings |= {"OUTBOUND_LOOPBACK": "true"}
    assert "needs the secret" in error_output(*put, **settings)
    held.write_text("")
    assert "one line" in error_output(*put, "--secret-file", held, **settings)
    assert "No such file" in error_output(*put, "--secret-file", folder / "none", **settings)
    held.write_text("a-secret-of-the-provider\n")
    made = json_output(*put, "--secret-file", held, **settings)
    assert made["callback_path"] == "/sign-in/lake/callback/login"
    assert made["backchannel_logout_path"] == "/sign-in/lake/logout/login"
    assert "a-secret" not in json.dumps(made)
    assert json_output(*put, "--exclusive", **settings)["exclusive"] is True
    assert "/tenants" in error_output(
        "provider", "put", "g", *at, "--kind", "google", "--name", "G", "--client-id", "x", **settings
    )
    typed = evenkeel(*put, "--secret-file", "-", input="another-secret\n", **settings)
    assert json.loads(typed.stdout)["version"] == 3
    assert [p["code"] for p in json_output("provider", "list", *at, **settings)["providers"]] == ["login"]
    assert json_output("provider", "remove", "login", *at, **settings) == {"providers": []}
    assert json_output("provider", "remove", "login", *at, **settings) == {"providers": []}
    json_output(*put, "--secret-file", held, **settings)


def people(database: Database) -> list[str]:
    import asyncpg

    from tests.support.postgres import run_in_thread

    async def read() -> list[str]:
        connection = await asyncpg.connect(database.admin_url)
        try:
            return [str(row[0]) for row in await connection.fetch("select id from person order by sourced_id")]
        finally:
            await connection.close()

    found: list[str] = run_in_thread(read())
    return found
