"""Shared by the operator's commands: settings, database connections, running a use case, error messages."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer
from asyncpg.exceptions import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from api.execution.runner import UseCaseRunner
from api.outbound.public_addresses import check_reachable_url
from api.runtime.environment import build_environment
from api.settings import Misconfigured, Settings, read_settings, secret_key, secret_keys
from api.wire.json_encoding import encode
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.errors import DomainError
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.embedded import EmbeddedPostgres, StartError, default_folder
from persistence.embedded.installation import join_installation, start_installation
from persistence.operations.migrate import upgrade

V = TypeVar("V")

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the embedded server and the secret key.  [env: DATA; default: .data]"),
]
District = Annotated[UUID, typer.Option("--district", help="The district's id.")]
FileToRead = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@dataclass(frozen=True, kw_only=True)
class Connections:
    """The database URLs of this installation, one for each role, and its settings."""

    settings: Settings
    app_url: str
    owner_url: str
    admin_url: str | None
    server: EmbeddedPostgres | None

    @property
    def secret(self) -> str:
        """Return SECRET_KEY."""
        return secret_key(self.settings)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return SECRET_KEY, followed by the earlier keys."""
        return secret_keys(self.settings)


def exit_with_error(sentences: str) -> NoReturn:
    """Print `sentences` to standard error and end with status 2."""
    typer.echo(sentences, err=True)
    raise typer.Exit(2)


def load_settings(data: Path | None, port: int | None = None) -> Settings:
    """Return the settings; options of the command line take precedence."""
    settings = read_settings(**{name: value for name, value in (("data", data), ("port", port)) if value is not None})
    if "data" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"data": default_folder(Path.cwd())})


@contextmanager
def connect(settings: Settings, *, serves: bool = False) -> Iterator[Connections]:
    """Yield the connections; an embedded database is started (`serves`), or joined if it runs already."""
    if settings.database_url is not None and settings.migration_database_url is not None:
        yield Connections(
            settings=settings,
            app_url=settings.database_url.get_secret_value(),
            owner_url=settings.migration_database_url.get_secret_value(),
            admin_url=None,
            server=None,
        )
        return
    enter = start_installation if serves else join_installation
    with enter(settings.data, pg_bin=settings.pg_bin) as installation:
        yield Connections(
            settings=settings,
            app_url=installation.urls.app,
            owner_url=installation.urls.owner,
            admin_url=installation.urls.admin,
            server=installation.server,
        )


@contextmanager
def handle_errors() -> Iterator[None]:
    """Turn errors that an operator can fix into sentences on standard error and status 2, without a traceback."""
    try:
        yield
    except Misconfigured as error:
        exit_with_error("\n".join(error.sentences))
    except StartError as error:
        exit_with_error(str(error))
    except DomainError as error:
        field_errors = "".join(f"\n  {e.pointer or '/'}: {e.detail}" for e in error.errors)
        exit_with_error(f"{error.detail}{field_errors}")
    except (PostgresError, SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).partition("\n")[0] or type(cause).__name__
        exit_with_error(f"the database cannot be used ({reason}): run evenkeel doctor, which says what to do")


def run_use_case(
    data: Path | None, district: UUID | None, use_case: Callable[..., Awaitable[V]], command: Any, *, owner: bool
) -> V:
    """Run `use_case` as the operator and return its result; `owner`: as the role that has access to schema `control`."""
    with handle_errors(), connect(load_settings(data)) as connections:
        if connections.server is not None:  # this command started the embedded database, so no service has migrated it
            upgrade(connections.owner_url)

        async def check_url(url: str, pointer: str) -> None:
            await check_reachable_url(url, pointer, loopback=connections.settings.outbound_loopback)

        async def run() -> V:
            async with ConnectionPool(connections.owner_url if owner else connections.app_url, size=2) as pool:
                login = getpass.getuser()
                actor = operator_actor(login, DistrictId(district)) if district else operator_actor(login)
                environment = build_environment(pool, connections.keys, check_url=check_url)
                return await UseCaseRunner(actor=actor, environment=environment, request_id="command").run(use_case, command)

        return asyncio.run(run())


def print_json(answer: object) -> None:
    """Print `answer` as JSON."""
    typer.echo(json.dumps(json.loads(encode(answer)), indent=1, ensure_ascii=False))
