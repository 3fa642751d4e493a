"""`evenkeel`: the only way in for operators. Answers are JSON, refusals one sentence and a status that is not 0."""

import asyncio
import json
import os
import sys
from contextlib import closing, nullcontext
from typing import Annotated

import typer

from api.cli.backup import backup, restore
from api.cli.districts import APPS, rebuild
from api.cli.doctor import CheckResult, CheckTarget, run_checks
from api.cli.privacy import data_map
from api.cli.serve import bind_socket, run_server
from api.cli.session import Data, connect, exit_with_error, handle_errors, load_settings
from api.cli.worker_process import spawn_worker, worker_command, worker_environ
from persistence.operations.migrate import upgrade

# Locals in a trace could show a secret.
main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False, help=__doc__)
for name, app in APPS.items():
    main.add_typer(app, name=name)
main.command()(rebuild)
main.command("data-map")(data_map)
main.command()(backup)
main.command()(restore)

Port = Annotated[int | None, typer.Option("--port", help="Port to listen on.  [env: PORT; default: 8000]")]


@main.command()
def serve(
    data: Data = None,
    port: Port = None,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Also run one worker, as a child process.")] = False,
) -> None:
    """Serve the API; without DATABASE_URL on an embedded PostgreSQL in DATA. Jobs wait for a worker."""
    with handle_errors():
        settings = load_settings(data, port)
        with closing(bind_socket(settings)) as listening, connect(settings, serves=True) as found:
            if found.server is not None:
                upgrade(found.owner_url)
            with spawn_worker(found) if with_worker else nullcontext():
                run_server(found, listening)


@main.command()
def worker(data: Data = None) -> None:
    """Run jobs and what is done by the clock until told to stop; any number of workers beside each other."""
    with handle_errors(), connect(load_settings(data)) as found:
        if found.server is not None:
            exit_with_error(
                "the service over this DATA is not running: start evenkeel serve first, or serve with --with-worker"
            )
        os.environ |= worker_environ(found)
        # Becomes a process without what speaks HTTP: a third of the memory.
        os.execv(sys.executable, worker_command())  # noqa: S606 - our own list


@main.command()
def demo(data: Data = None, port: Port = None) -> None:
    """Make two sample districts on an embedded PostgreSQL, once, and serve them."""
    from api.demo import start  # noqa: PLC0415 - only this command needs it, and it is much

    with handle_errors():
        settings = load_settings(data, port)
        if not settings.embedded:
            exit_with_error("the demo runs on its own embedded PostgreSQL: unset DATABASE_URL and MIGRATION_DATABASE_URL")
        with closing(bind_socket(settings)) as listening:
            typer.echo(f"PostgreSQL in {settings.data}")
            with connect(settings, serves=True) as found:
                ready = start.prepare(settings, found.app_url, found.owner_url, found.admin_url or "", found.secret)
                with spawn_worker(found):
                    run_server(found, listening, ready, "api.demo.main:app")


@main.command()
def migrate(data: Data = None) -> None:
    """Bring the tables up to this release, as the owner."""
    with handle_errors(), connect(load_settings(data)) as found:
        upgrade(found.owner_url)
    typer.echo("migrated")


@main.command()
def doctor(
    scores: Annotated[bool, typer.Option("--scores", help="Recompute every tally from the evidence by another path.")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="Hold the audit trail of every district against its blocks.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines; also names the database URLs.")] = False,
    data: Data = None,
) -> None:
    """Look at settings, database, roles, migrations and keys, and say what to do. Status 1 when something is not well."""
    with handle_errors(), connect(load_settings(data)) as found:
        patient = CheckTarget(app_url=found.app_url, owner_url=found.owner_url, secret=found.keys)
        settings = CheckResult(name="settings", ok=True, detail=f"read; serves as {found.settings.base_url}", remedy=None)
        findings = [settings, *asyncio.run(run_checks(patient, scores=scores, audit=audit))]
        if as_json:
            urls = {"admin_database_url": found.admin_url, "app_database_url": found.app_url}
            told = [{"name": f.name, "well": f.ok, "seen": f.detail, "remedy": f.remedy} for f in findings]
            typer.echo(json.dumps({"findings": told, **urls}, indent=1))
        else:
            for f in findings:
                typer.echo(f"{'ok  ' if f.ok else 'FAIL'} {f.name}: {f.detail}" + (f" -> {f.remedy}" if f.remedy else ""))
    if not all(f.ok for f in findings):
        raise typer.Exit(1)
