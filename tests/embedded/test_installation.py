"""A service has the embedded server; a command beside it joins that one, or has its own while it works."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from persistence.embedded import StartError
from persistence.embedded.installation import join_installation, start_installation
from tests.support.embedded_services import folder_for, given_programs, users


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_for(users()[0]) as made:
        yield made / "data"


def user_of(url: str) -> str:
    async def ask() -> str:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval("select current_user || '@' || current_database()")
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_command_joins_the_running_service_and_starts_its_own_otherwise(home: Path) -> None:
    with (
        start_installation(home, pg_bin=given_programs()) as service,
        join_installation(home, pg_bin=given_programs()) as command,
    ):
        assert command.server is None
        assert command.urls == service.urls
        assert user_of(command.urls.app) == "evenkeel_app@evenkeel"
        with pytest.raises(StartError, match="is in use by another process"), start_installation(home, pg_bin=given_programs()):
            pass
    with join_installation(home, pg_bin=given_programs()) as alone:
        assert alone.server is not None
        assert user_of(alone.urls.owner) == "evenkeel_owner@evenkeel"


def test_command_that_comes_before_the_roles_is_asked_to_come_again(home: Path) -> None:
    with start_installation(home, pg_bin=given_programs()):
        (home / "app.password").unlink()
        with (
            pytest.raises(StartError, match="still creating its database roles"),
            join_installation(home, pg_bin=given_programs()),
        ):
            pass


def test_address_over_tcp_asks_for_the_password(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start_installation(home, port=port, pg_bin=given_programs()) as service:
        _, _, rest = service.urls.app.partition("//")
        who = rest.partition("@")[0]
        assert user_of(f"postgresql://{who}@127.0.0.1:{port}/evenkeel") == "evenkeel_app@evenkeel"
        with pytest.raises(asyncpg.InvalidPasswordError):
            user_of(f"postgresql://evenkeel_app:wrong@127.0.0.1:{port}/evenkeel")
