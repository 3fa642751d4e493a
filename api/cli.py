"""``evenkeel``: the only way in for operators. Answers are JSON, refusals one sentence and a status that is not 0."""

import asyncio
import getpass
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer
import uvicorn

from api import documents
from api.bootstrap import world_of
from api.context import Call
from api.doctoring import Finding, Patient, examine
from api.observing import log_as_json
from api.said import read
from api.settings import Misconfigured, Settings, read_settings, secret_key
from api.wire import encode
from domain.directory.registered import CreateClient, CreateDistrict, RevokeClient
from domain.directory.registry import create_client, create_district, operator, revoke_client
from domain.observations.commands import CreateCrosswalk
from domain.observations.instruments import create_crosswalk
from domain.roster.usecases import ImportRoster, import_roster
from domain.scoring.configuring import PutConfiguration, put_configuration
from domain.scoring.rebuild import RebuildTallies, rebuild_tallies
from domain.shared.errors import DomainError
from domain.shared.ids import DistrictId
from persistence.embedded import CannotStart, EmbeddedPostgres, default_folder
from persistence.engine import make_engine
from persistence.guards import role_faults
from persistence.installation import joined, started
from persistence.migrate import upgrade

V = TypeVar("V")

main = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
district_app = typer.Typer(no_args_is_help=True, help="Districts: the tenants.")
client_app = typer.Typer(no_args_is_help=True, help="OAuth clients of a district.")
roster_app = typer.Typer(no_args_is_help=True, help="Rosters.")
openapi_app = typer.Typer(no_args_is_help=True, help="The documents of the API.")
crosswalk_app = typer.Typer(no_args_is_help=True, help="Crosswalks of any size.")
configuration_app = typer.Typer(no_args_is_help=True, help="Configurations, however much they rebuild.")
for name, app in (
    ("district", district_app),
    ("client", client_app),
    ("roster", roster_app),
    ("openapi", openapi_app),
    ("crosswalk", crosswalk_app),
    ("configuration", configuration_app),
):
    main.add_typer(app, name=name)

Data = Annotated[Path | None, typer.Option("--data", envvar="DATA", help="Folder of the embedded server and the secret key.")]
Port = Annotated[int | None, typer.Option("--port", envvar="PORT", help="Port to listen on.")]
District = Annotated[UUID, typer.Option("--district", help="The district's id.")]
FileToRead = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The ways into the database of this installation, and the settings they came from."""

    settings: Settings
    app_url: str
    owner_url: str
    admin_url: str | None
    server: EmbeddedPostgres | None

    @property
    def secret(self) -> str:
        """SECRET_KEY."""
        return secret_key(self.settings)


def fail(sentences: str) -> NoReturn:
    """Say why, and end with status 2."""
    typer.echo(sentences, err=True)
    raise typer.Exit(2)


def settings_of(data: Path | None, port: int | None = None) -> Settings:
    """The settings, with what the command line says instead."""
    if data is not None:
        os.environ["DATA"] = str(data)
    elif not os.environ.get("DATA"):
        os.environ["DATA"] = str(default_folder(Path.cwd()))
    if port is not None:
        os.environ["PORT"] = str(port)
    return read_settings()


@contextmanager
def ways(settings: Settings, *, serves: bool = False) -> Iterator[Ways]:
    """The database: an outside one as it is, the embedded one started (``serves``) or joined."""
    if settings.database_url is not None and settings.migration_database_url is not None:
        yield Ways(
            settings=settings,
            app_url=settings.database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            admin_url=None,
            server=None,
        )
        return
    enter = started if serves else joined
    with enter(settings.data, pg_bin=settings.pg_bin) as inside:
        yield Ways(
            settings=settings,
            app_url=inside.urls.app,
            owner_url=inside.urls.owner,
            admin_url=inside.urls.admin,
            server=inside.server,
        )


@contextmanager
def politely() -> Iterator[None]:
    """Turn what is refused into a sentence; never a trace for what an operator can mend."""
    try:
        yield
    except Misconfigured as error:
        fail("\n".join(error.sentences))
    except CannotStart as error:
        fail(str(error))
    except DomainError as error:
        faults = "".join(f"\n  {f.pointer or '/'}: {f.detail}" for f in error.errors)
        fail(f"{error.detail}{faults}")


def act(data: Path | None, district: UUID | None, use_case: Callable[..., Awaitable[V]], command: Any, *, owner: bool) -> V:
    """Run a use case as the operator; ``owner``: on the connection that reaches schema control."""
    with politely(), ways(settings_of(data)) as found:

        async def run() -> V:
            engine = make_engine(found.owner_url if owner else found.app_url, pool_size=2)
            try:
                login = getpass.getuser()
                actor = operator(login, DistrictId(district)) if district else operator(login)
                world = world_of(engine, found.secret)
                return await Call(actor=actor, world=world, request_id="command").run(use_case, command)
            finally:
                await engine.dispose()

        return asyncio.run(run())


def show(answer: object) -> None:
    """Print ``answer`` as JSON."""
    typer.echo(json.dumps(json.loads(encode(answer)), indent=1, ensure_ascii=False))


@main.command()
def serve(data: Data = None, port: Port = None) -> None:
    """Serve the API; without DATABASE_URL on an embedded PostgreSQL in DATA."""
    with politely():
        settings = settings_of(data, port)
        with ways(settings, serves=True) as found:
            if found.server is not None:
                upgrade(found.owner_url)
            run_server(found)


@main.command()
def demo(data: Data = None, port: Port = None) -> None:
    """Make two sample districts on an embedded PostgreSQL, once, and serve them."""
    from api.demo import starting  # noqa: PLC0415 - only this command needs it, and it is much

    with politely():
        settings = settings_of(data, port)
        if not settings.embedded:
            fail("the demo runs on its own embedded PostgreSQL: unset DATABASE_URL and MIGRATION_DATABASE_URL")
        typer.echo(f"PostgreSQL in {settings.data}")
        with ways(settings, serves=True) as found:
            ready = starting.prepared(settings, found.app_url, found.owner_url, found.admin_url or "", found.secret)
            run_server(found, ready)


@main.command()
def migrate(data: Data = None) -> None:
    """Bring the tables up to this release, as the owner."""
    with politely(), ways(settings_of(data)) as found:
        upgrade(found.owner_url)
    typer.echo("migrated")


@main.command()
def rebuild(district: District, data: Data = None) -> None:
    """Make a district's tallies anew from its evidence."""
    act(data, district, rebuild_tallies, RebuildTallies(), owner=False)
    typer.echo("rebuilt")


@district_app.command("create")
def district_create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    time_zone: Annotated[str, typer.Option("--time-zone", help="Its IANA zone, as in America/Chicago.")],
    data: Data = None,
) -> None:
    """Register a district."""
    with politely():
        command = CreateDistrict(name=name, time_zone=time_zone)
    show(act(data, None, create_district, command, owner=True))


@client_app.command("create")
def client_create(
    district: District,
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    origin: Annotated[str, typer.Option("--origin", help="The pushing system it belongs to.")],
    scopes: Annotated[str, typer.Option("--scopes", help="With spaces or commas; observations:* is allowed.")],
    data: Data = None,
) -> None:
    """Register a client; its secret is shown this once."""
    with politely():
        command = CreateClient(name=name, origin=origin, scopes=tuple(scopes.replace(",", " ").split()))
    show(act(data, district, create_client, command, owner=True))


@client_app.command("revoke")
def client_revoke(
    district: District, client_id: Annotated[str, typer.Argument(help="The client's id.")], data: Data = None
) -> None:
    """Let a client in no more; its tokens end within half a minute."""
    show(act(data, district, revoke_client, RevokeClient(client_id=client_id), owner=True))


@roster_app.command("import")
def roster_import(
    file: FileToRead,
    district: District,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Go on although the brake holds.")] = False,
    data: Data = None,
) -> None:
    """Import a OneRoster 1.2 or 1.1 CSV bulk package."""
    command = ImportRoster(package=file.read_bytes(), dry_run=dry_run, force=force)
    show(act(data, district, import_roster, command, owner=False))


@crosswalk_app.command("create")
def crosswalk_create(file: FileToRead, district: District, data: Data = None) -> None:
    """Add a version of a crosswalk and score everything with it, however much that is."""
    with politely():
        command = read(CreateCrosswalk, file.read_bytes())
    show(act(data, district, create_crosswalk, command, owner=False))


@configuration_app.command("put")
def configuration_put(file: FileToRead, district: District, data: Data = None) -> None:
    """Put a configuration in force (with expected_version in the file), however much has to be rebuilt."""
    with politely():
        command = read(PutConfiguration, file.read_bytes())
    show(act(data, district, put_configuration, command, owner=False))


@openapi_app.command("export")
def openapi_export(folder: Annotated[Path, typer.Argument(help="Where to.")] = Path("openapi")) -> None:
    """Write openapi.json and schema.graphql."""
    documents.write(folder)
    typer.echo(f"written to {folder}")


@main.command()
def doctor(
    scores: Annotated[bool, typer.Option("--scores", help="Recompute every tally from the evidence by another path.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines; also names the database URLs.")] = False,
    data: Data = None,
) -> None:
    """Look at settings, database, roles, migrations and keys, and say what to do. Status 1 when something is not well."""
    with politely(), ways(settings_of(data)) as found:
        patient = Patient(app_url=found.app_url, owner_url=found.owner_url, secret=found.secret)
        settings = Finding(name="settings", well=True, seen=f"read; serves as {found.settings.base_url}", remedy=None)
        findings = [settings, *asyncio.run(examine(patient, scores=scores))]
        if as_json:
            urls = {"admin_database_url": found.admin_url, "app_database_url": found.app_url}
            told = [{"name": f.name, "well": f.well, "seen": f.seen, "remedy": f.remedy} for f in findings]
            typer.echo(json.dumps({"findings": told, **urls}, indent=1))
        else:
            for f in findings:
                typer.echo(f"{'ok  ' if f.well else 'FAIL'} {f.name}: {f.seen}" + (f" -> {f.remedy}" if f.remedy else ""))
    if not all(f.well for f in findings):
        raise typer.Exit(1)


class Announced(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        if self._ready is not None and self.started:
            self._ready()


def run_server(found: Ways, ready: Callable[[], None] | None = None) -> None:
    """Serve until told to stop. A PostgreSQL of our own that dies takes the service with it: status 1."""
    settings = found.settings
    if faults := asyncio.run(_guarded(found.app_url)):
        fail("\n".join(faults))
    _hand_on(found)
    died: list[int] = []

    def end(code: int) -> None:
        died.append(code)
        os.kill(os.getpid(), signal.SIGTERM)

    if found.server is not None:
        found.server.watch(end)

    def stop(_number: int, _frame: FrameType | None) -> None:
        sys.exit(1 if died else 0)

    # uvicorn raises the signal again after its own shutdown: without this the database would never be stopped.
    signal.signal(signal.SIGTERM, stop)
    log_as_json(settings.log_level)
    config = uvicorn.Config(
        "api.main:app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
    )
    if settings.workers > 1:
        uvicorn.run(**_as_arguments(config))
    else:
        Announced(config, ready).run()
    if died:
        raise typer.Exit(1)


async def _guarded(app_url: str) -> list[str]:
    engine = make_engine(app_url, pool_size=1)
    try:
        return await role_faults(engine)
    finally:
        await engine.dispose()


def _hand_on(found: Ways) -> None:
    """What ``api.main`` reads, in this process or in a worker's."""
    os.environ |= {
        "DATABASE_URL": found.app_url,
        "MIGRATION_DATABASE_URL": found.owner_url,
        "SECRET_KEY": found.secret,
        "PORT": str(found.settings.port),
    }


def _as_arguments(config: uvicorn.Config) -> dict[str, Any]:
    names = ("app", "host", "port", "workers", "log_config", "access_log", "server_header", "proxy_headers")
    return {name: getattr(config, name) for name in names} | {
        "forwarded_allow_ips": config.forwarded_allow_ips,
        "timeout_graceful_shutdown": config.timeout_graceful_shutdown,
    }
