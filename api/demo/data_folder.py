"""The demo's data folder: made once, found again at the next start, and never half-made."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.demo.districts import make_demo
from api.demo.seeder import CLOCK, SEED, MadeDistrict, Say
from api.execution.ids import SeededIds
from api.runtime.environment import world_of
from api.settings import Misconfigured
from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from persistence.database.pool import ConnectionPool
from persistence.database.startup_checks import schema_version
from persistence.embedded.roles import DATABASE, Urls, drop_database, provision
from persistence.operations.migrate import upgrade
from persistence.repositories.districts import districts

CLOCK_MILLISECONDS = int(CLOCK.timestamp() * 1000)
MAKING = "demo.making"
KEPT = "demo.json"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the demo lives."""

    folder: Path
    urls: Urls
    secret: str
    base_url: str


def is_made(folder: Path) -> bool:
    """Whether a whole demo is there."""
    return (folder / KEPT).exists() and not (folder / MAKING).exists()


async def begin_again(place: Place) -> None:
    """Drop what an interrupted start left."""
    if (place.folder / MAKING).exists():
        await drop_database(place.urls.admin, DATABASE)
        await provision(place.urls.admin, place.folder)


async def is_somebodys(place: Place) -> bool:
    """Whether the database holds districts that no interrupted demo made: those have ids of the demo's clock."""
    async with ConnectionPool(place.urls.owner, size=1) as owner:
        held = await districts(owner) if await schema_version(owner) is not None else []
    begun = (place.folder / MAKING).exists()
    return any(not begun or district_id.int >> 80 != CLOCK_MILLISECONDS for district_id, _ in held)


async def fill(place: Place, say: Say) -> None:
    """Make the demo's districts and write demo.json, readable by its owner alone, last of all."""
    owner, app = ConnectionPool(place.urls.owner, size=2), ConnectionPool(place.urls.app, size=2)
    ids = SeededIds(SEED, lambda: CLOCK)
    try:
        of_owner = world_of(owner, place.secret, clock=lambda: CLOCK, new_id=ids)
        of_app = world_of(app, place.secret, clock=lambda: CLOCK, new_id=ids)
        made = await make_demo(of_owner, of_app, say)
    finally:
        await owner.close()
        await app.close()
    _write(place.folder / KEPT, _told(made, place.base_url))


def make(place: Place, say: Say) -> None:
    """Migrate; the marker stands as long as the demo is not whole."""
    (place.folder / MAKING).touch(0o600)
    upgrade(place.urls.owner)
    say("tables")


def finish(place: Place) -> None:
    """The demo is whole."""
    (place.folder / MAKING).unlink()


def moved(folder: Path, base_url: str) -> dict[str, Any]:
    """demo.json, with the addresses of this start; one that an older release wrote gets the members that it lacks.

    Raises ``Misconfigured`` where it can't be read.
    """
    stored = read_demo(folder)
    addresses = _addresses(base_url)
    current = {**addresses, "native_client_id": NATIVE_CLIENT_ID, "people": [], **stored, **addresses}
    if current != stored:
        _write(folder / KEPT, current)
    return current


def read_demo(folder: Path) -> dict[str, Any]:
    """demo.json as it stands. Raises ``Misconfigured`` where it is damaged, or lacks what only its making could know."""
    path = folder / KEPT
    try:
        stored = json.loads(path.read_text())
        clients, leaders = stored["clients"], stored["leaders"]
        whole = clients[0]["client_id"] and clients[0]["client_secret"] and leaders[0]["id"] and stored["initiative_id"]
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read ({error.strerror or error}): let this user read it") from None
    except (ValueError, KeyError, IndexError, TypeError):
        whole = None
    if not whole:
        raise Misconfigured(
            f"{path} is damaged, and the secrets of the demo stand nowhere else: put it back from a copy, choose another "
            "folder with DATA=…, or remove the folder to have the demo made anew"
        )
    return dict(stored)


def _addresses(base_url: str) -> dict[str, str]:
    return {
        "base_url": base_url,
        "token_url": f"{base_url}/oauth/token",
        "authorize_url": f"{base_url}/oauth/authorize",
        "sign_in_url": f"{base_url}/sign-in/grand-bend",
    }


def _told(made: tuple[MadeDistrict, ...], base_url: str) -> dict[str, Any]:
    return {
        **_addresses(base_url),
        "native_client_id": NATIVE_CLIENT_ID,
        "districts": [{"id": str(d.id), "name": d.name, "slug": d.slug} for d in made],
        "people": [
            {"role": p.role, "username": p.username, "password": p.password, "id": str(p.id), "district": d.slug}
            for d in made
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
            for d in made
            for c in d.clients
        ],
        "schools": [{"id": str(s.id), "name": s.name, "district_id": str(d.id)} for d in made for s in d.schools],
        "leaders": [
            {"id": str(p.id), "name": f"{p.given_name} {p.family_name}", "school_id": str(p.school_ids[0])}
            for d in made
            for p in d.leaders
            if p.school_ids
        ],
        "initiative_id": str(made[0].initiative_id),
    }


def _write(path: Path, told: dict[str, Any]) -> None:
    """Whole or not at all, 0600 from its first byte."""
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file, indent=1)
        file.write("\n")
    half.replace(path)
