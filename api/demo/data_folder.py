"""The demo's data folder: created once, reused at the next start, and never left incomplete."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.demo.districts import seed_demo
from api.demo.seeder import CLOCK, SEED, Report, SeededDistrict
from api.execution.ids import SeededIdGenerator
from api.runtime.environment import build_environment
from api.settings import Misconfigured
from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from persistence.database.pool import ConnectionPool
from persistence.database.startup_checks import schema_version
from persistence.embedded.roles import DATABASE, Urls, drop_database, provision
from persistence.operations.migrate import upgrade
from persistence.repositories.districts import districts

CLOCK_MILLISECONDS = int(CLOCK.timestamp() * 1000)
INCOMPLETE_FILE = "demo.making"
DEMO_FILE = "demo.json"


@dataclass(frozen=True, kw_only=True)
class DemoInstallation:
    """Folder, database and URL of the demo."""

    folder: Path
    urls: Urls
    secret: str
    base_url: str


def is_complete(folder: Path) -> bool:
    """Return whether `folder` holds a complete demo."""
    return (folder / DEMO_FILE).exists() and not (folder / INCOMPLETE_FILE).exists()


async def reset_incomplete(installation: DemoInstallation) -> None:
    """Drop the database that an interrupted start left, and create it again."""
    if (installation.folder / INCOMPLETE_FILE).exists():
        await drop_database(installation.urls.admin, DATABASE)
        await provision(installation.urls.admin, installation.folder)


async def has_foreign_data(installation: DemoInstallation) -> bool:
    """Return whether the database holds districts that are not from an interrupted demo, whose ids have the demo's clock."""
    async with ConnectionPool(installation.urls.owner, size=1) as owner:
        existing = await districts(owner) if await schema_version(owner) is not None else []
    interrupted = (installation.folder / INCOMPLETE_FILE).exists()
    return any(not interrupted or district_id.int >> 80 != CLOCK_MILLISECONDS for district_id, _ in existing)


async def seed(installation: DemoInstallation, report: Report) -> None:
    """Create the demo's districts and, last of all, demo.json (mode 0600)."""
    owner, app = ConnectionPool(installation.urls.owner, size=2), ConnectionPool(installation.urls.app, size=2)
    ids = SeededIdGenerator(SEED, lambda: CLOCK)
    try:
        owner_environment = build_environment(owner, installation.secret, clock=lambda: CLOCK, new_id=ids)
        app_environment = build_environment(app, installation.secret, clock=lambda: CLOCK, new_id=ids)
        seeded = await seed_demo(owner_environment, app_environment, report)
    finally:
        await owner.close()
        await app.close()
    _write(installation.folder / DEMO_FILE, _demo_content(seeded, installation.base_url))


def migrate(installation: DemoInstallation, report: Report) -> None:
    """Create the tables, and a marker file that stays until the demo is complete."""
    (installation.folder / INCOMPLETE_FILE).touch(0o600)
    upgrade(installation.urls.owner)
    report("tables")


def mark_complete(installation: DemoInstallation) -> None:
    """Remove the marker file of an incomplete demo."""
    (installation.folder / INCOMPLETE_FILE).unlink()


def update_base_url(folder: Path, base_url: str) -> dict[str, Any]:
    """Write the URLs of this start into demo.json and return its content; add members that an older release did not write.

    Raises `Misconfigured` where it cannot be read.
    """
    stored = read_demo(folder)
    addresses = _addresses(base_url)
    current = {**addresses, "native_client_id": NATIVE_CLIENT_ID, "people": [], **stored, **addresses}
    if current != stored:
        _write(folder / DEMO_FILE, current)
    return current


def read_demo(folder: Path) -> dict[str, Any]:
    """Return the content of demo.json. Raises `Misconfigured` where it cannot be read, is damaged or lacks ids or secrets."""
    path = folder / DEMO_FILE
    try:
        stored = json.loads(path.read_text())
        clients, leaders = stored["clients"], stored["leaders"]
        complete = clients[0]["client_id"] and clients[0]["client_secret"] and leaders[0]["id"] and stored["initiative_id"]
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read ({error.strerror or error}): let this user read it") from None
    except (ValueError, KeyError, IndexError, TypeError):
        complete = None
    if not complete:
        raise Misconfigured(
            f"{path} is damaged, and the demo's secrets are stored nowhere else: restore it from a copy, choose another "
            "folder with DATA=…, or remove the folder to create the demo again"
        )
    return dict(stored)


def _addresses(base_url: str) -> dict[str, str]:
    return {
        "base_url": base_url,
        "token_url": f"{base_url}/oauth/token",
        "authorize_url": f"{base_url}/oauth/authorize",
        "sign_in_url": f"{base_url}/sign-in/grand-bend",
    }


def _demo_content(seeded: tuple[SeededDistrict, ...], base_url: str) -> dict[str, Any]:
    return {
        **_addresses(base_url),
        "native_client_id": NATIVE_CLIENT_ID,
        "districts": [{"id": str(d.id), "name": d.name, "slug": d.slug} for d in seeded],
        "people": [
            {"role": p.role, "username": p.username, "password": p.password, "id": str(p.id), "district": d.slug}
            for d in seeded
            for p in d.people
        ],
        "clients": [
            {
                "name": c.client.name,
                "client_id": c.client.client_id,
                "client_secret": c.client_secret,
                "scopes": list(c.client.scopes),
                "district_id": str(d.id),
            }
            for d in seeded
            for c in d.clients
        ],
        "schools": [{"id": str(s.id), "name": s.name, "district_id": str(d.id)} for d in seeded for s in d.schools],
        "leaders": [
            {"id": str(p.id), "name": f"{p.given_name} {p.family_name}", "school_id": str(p.school_ids[0])}
            for d in seeded
            for p in d.leaders
            if p.school_ids
        ],
        "initiative_id": str(seeded[0].initiative_id),
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write the file atomically, with mode 0600 from the start."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    temporary.replace(path)
