"""Start the demo: create it at the first start, and print what to open when it is ready."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from api.demo.data_folder import (
    DEMO_FILE,
    DemoInstallation,
    has_foreign_data,
    is_complete,
    mark_complete,
    migrate,
    reset_incomplete,
    seed,
    update_base_url,
)
from api.settings import Misconfigured, Settings
from persistence.embedded.roles import Urls
from persistence.operations.migrate import upgrade


def prepare(settings: Settings, app_url: str, owner_url: str, admin_url: str, secret: str) -> Callable[[], None]:
    """Create the demo in the data folder, or use the one there; return a function to call when the service is ready."""
    started = time.monotonic()
    urls = Urls(admin=admin_url, owner=owner_url, app=app_url)
    installation = DemoInstallation(folder=settings.data.resolve(), urls=urls, secret=secret, base_url=settings.base_url)
    if is_complete(installation.folder):
        # Before the migration: after an error here the folder is still usable by the release that made it.
        content = update_base_url(installation.folder, installation.base_url)
        upgrade(owner_url)
    else:
        content = _seed(installation)
    return lambda: _print_ready(content, installation.folder, time.monotonic() - started)


def _seed(installation: DemoInstallation) -> dict[str, Any]:
    if asyncio.run(has_foreign_data(installation)):
        raise Misconfigured(f"{installation.folder} holds districts that are not the demo's: choose another folder with DATA=…")
    asyncio.run(reset_incomplete(installation))
    migrate(installation, _report)
    asyncio.run(seed(installation, _report))
    mark_complete(installation)
    return update_base_url(installation.folder, installation.base_url)


def _report(step: str) -> None:
    typer.echo(f"  made: {step}")


def _print_ready(content: dict[str, Any], folder: Path, seconds: float) -> None:
    app, leader = content["clients"][0], content["leaders"][0]
    leader = next((p for p in content["leaders"] if p.get("name", "").startswith("Alisa")), leader)
    base = content["base_url"]
    people = ", ".join(p["role"] for p in content["people"])
    sign_in = f"{content['sign_in_url']}   ({people})" if people else "no accounts: an older release made this demo (see below)"
    typer.echo(f"""
Ready after {seconds:.1f} s: {base}

  open      {base}/v1/framework/responsibilities
  sign in   {sign_in}
  secrets   {folder / DEMO_FILE}   (people's passwords, clients, schools, leaders; only you can read it)
  stop      Ctrl-C; the data stays in {folder}

Try it:
  TOKEN=$(curl -s -u {app["client_id"]}:{app["client_secret"]} -d grant_type=client_credentials {base}/oauth/token \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  curl -s -H "Authorization: Bearer $TOKEN" {base}/v1/leaders/{leader["id"]}/profile
  curl -s -H "Authorization: Bearer $TOKEN" {base}/v1/initiatives/{content["initiative_id"]}/recommendations
""")
    if not people:
        typer.echo(f"To get accounts, create the demo again: remove {folder}, or choose another folder with DATA=…")
