"""`evenkeel`: the operator's commands. Results are JSON; an error is a sentence on standard error and a status other than 0."""

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
    """Serve the API; without DATABASE_URL, from an embedded PostgreSQL in DATA. Jobs wait for a worker."""
    with handle_errors():
        settings = load_settings(data, port)
        with closing(bind_socket(settings)) as listener, connect(settings, serves=True) as connections:
            if connections.server is not None:
                upgrade(connections.owner_url)
            with spawn_worker(connections) if with_worker else nullcontext():
                run_server(connections, listener)


@main.command()
def worker(data: Data = None) -> None:
    """Run jobs and scheduled tasks until stopped. Any number of workers may run at the same time."""
    with handle_errors(), connect(load_settings(data)) as connections:
        if connections.server is not None:
            exit_with_error("no service is running on this DATA: start evenkeel serve first, or serve with --with-worker")
        os.environ |= worker_environ(connections)
        # Replaced by a process without the HTTP libraries, which takes a third of the memory.
        os.execv(sys.executable, worker_command())  # noqa: S606 - our own list


@main.command()
def demo(data: Data = None, port: Port = None) -> None:
    """Serve two sample districts from an embedded PostgreSQL in DATA; the first start creates them."""
    from api.demo import start  # noqa: PLC0415 - large, and only this command needs it

    with handle_errors():
        settings = load_settings(data, port)
        if not settings.embedded:
            exit_with_error("the demo runs on its own embedded PostgreSQL: unset DATABASE_URL and MIGRATION_DATABASE_URL")
        with closing(bind_socket(settings)) as listener:
            typer.echo(f"PostgreSQL in {settings.data}")
            with connect(settings, serves=True) as connections:
                ready = start.prepare(
                    settings,
                    connections.app_url,
                    connections.owner_url,
                    connections.admin_url or "",
                    connections.secret,
                )
                with spawn_worker(connections):
                    run_server(connections, listener, ready, "api.demo.main:app")


@main.command()
def migrate(data: Data = None) -> None:
    """Create or update the tables for this release, as their owner."""
    with handle_errors(), connect(load_settings(data)) as connections:
        upgrade(connections.owner_url)
    typer.echo("migrated")


@main.command()
def doctor(
    scores: Annotated[
        bool, typer.Option("--scores", help="Also recompute every tally from the evidence, independently of the service.")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also verify the audit log of every district against its blocks.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, which also holds the database URLs with their passwords.")
    ] = False,
    data: Data = None,
) -> None:
    """Check settings, database, roles, migrations, keys and queue, and say how to fix what fails. Status 1 if a check fails."""
    with handle_errors(), connect(load_settings(data)) as connections:
        target = CheckTarget(app_url=connections.app_url, owner_url=connections.owner_url, secret=connections.keys)
        settings = CheckResult(name="settings", ok=True, detail=f"read; serves as {connections.settings.base_url}", remedy=None)
        results = [settings, *asyncio.run(run_checks(target, scores=scores, audit=audit))]
        if as_json:
            urls = {"admin_database_url": connections.admin_url, "app_database_url": connections.app_url}
            findings = [{"name": r.name, "well": r.ok, "seen": r.detail, "remedy": r.remedy} for r in results]
            typer.echo(json.dumps({"findings": findings, **urls}, indent=1))
        else:
            for r in results:
                typer.echo(f"{'ok  ' if r.ok else 'FAIL'} {r.name}: {r.detail}" + (f" -> {r.remedy}" if r.remedy else ""))
    if not all(r.ok for r in results):
        raise typer.Exit(1)
