"""What every command of the operator begins with: settings, a way into the database, and sentences for what goes wrong."""

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

    @property
    def keys(self) -> tuple[str, ...]:
        """SECRET_KEY, and after it those before."""
        return secret_keys(self.settings)


def exit_with_error(sentences: str) -> NoReturn:
    """Say why, and end with status 2."""
    typer.echo(sentences, err=True)
    raise typer.Exit(2)


def load_settings(data: Path | None, port: int | None = None) -> Settings:
    """The settings, with what the command line says instead."""
    settings = read_settings(**{name: said for name, said in (("data", data), ("port", port)) if said is not None})
    if "data" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"data": default_folder(Path.cwd())})


@contextmanager
def connect(settings: Settings, *, serves: bool = False) -> Iterator[Connections]:
    """The database: an outside one as it is, the embedded one started (`serves`) or joined."""
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
    with enter(settings.data, pg_bin=settings.pg_bin) as inside:
        yield Connections(
            settings=settings,
            app_url=inside.urls.app,
            owner_url=inside.urls.owner,
            admin_url=inside.urls.admin,
            server=inside.server,
        )


@contextmanager
def handle_errors() -> Iterator[None]:
    """Turn what is refused into a sentence; never a trace for what an operator can mend."""
    try:
        yield
    except Misconfigured as error:
        exit_with_error("\n".join(error.sentences))
    except StartError as error:
        exit_with_error(str(error))
    except DomainError as error:
        faults = "".join(f"\n  {f.pointer or '/'}: {f.detail}" for f in error.errors)
        exit_with_error(f"{error.detail}{faults}")
    except (PostgresError, SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).partition("\n")[0] or type(cause).__name__
        exit_with_error(f"the database cannot be used ({reason}): evenkeel doctor says what to do")


def run_use_case(
    data: Path | None, district: UUID | None, use_case: Callable[..., Awaitable[V]], command: Any, *, owner: bool
) -> V:
    """Run a use case as the operator; `owner`: on the connection that reaches schema control."""
    with handle_errors(), connect(load_settings(data)) as found:
        if found.server is not None:  # nobody else is there who would have migrated
            upgrade(found.owner_url)

        async def check_url(url: str, pointer: str) -> None:
            await check_reachable_url(url, pointer, loopback=found.settings.outbound_loopback)

        async def run() -> V:
            async with ConnectionPool(found.owner_url if owner else found.app_url, size=2) as pool:
                login = getpass.getuser()
                actor = operator_actor(login, DistrictId(district)) if district else operator_actor(login)
                world = build_environment(pool, found.keys, check_url=check_url)
                return await UseCaseRunner(actor=actor, environment=world, request_id="command").run(use_case, command)

        return asyncio.run(run())


def print_json(answer: object) -> None:
    """Print `answer` as JSON."""
    typer.echo(json.dumps(json.loads(encode(answer)), indent=1, ensure_ascii=False))
