"""``evenkeel`` in a test: within this process, or in a forked child that serves, as root or as another user."""

import http.client
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from api.cli.main import main
from api.settings import Settings
from tests.support.embedded_services import Service, eventually, programs, service

# The child of another user may not reach what it would load late.
for late in ("api.app", "uvloop", "uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on"):
    importlib.import_module(late)

NAMES = tuple(name.upper() for name in Settings.model_fields)
HERE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Serving:
    """A service that is asked at its port; ``log`` has what it said."""

    child: Service
    port: int
    log: Path

    def ask(self, path: str, **headers: str) -> tuple[int, dict, Any]:
        """Status, headers in small letters, and the body."""
        return ask(self.port, path, **headers)

    def send(self, path: str, body: object, **headers: str) -> tuple[int, dict, Any]:
        """The same of a POST of JSON."""
        return ask(self.port, path, body=json.dumps(body), **{"content-type": "application/json"}, **headers)

    def is_ready(self) -> bool:
        """Whether it can serve."""
        return answers(self.port)

    def end(self, number: int) -> int:
        """Its status after the signal."""
        os.kill(self.child.pid, number)
        return self.child.wait()


def ask(port: int, path: str, *, body: str | None = None, **headers: str) -> tuple[int, dict, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, json.loads(read) if "json" in named.get("content-type", "") else read
    finally:
        connection.close()


def token(port: int, client_id: str, client_secret: str) -> str:
    """A bearer header of the client."""
    body = f"grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}"
    status, _, answer = ask(port, "/oauth/token", body=body, **{"content-type": "application/x-www-form-urlencoded"})
    assert status == 200, answer
    return f"Bearer {answer['access_token']}"


def answers(port: int) -> bool:
    """Whether something is ready to serve there."""
    try:
        return ask(port, "/readyz")[0] == 200
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environ_with(**environ: str) -> dict[str, str | None]:
    """Our environment without anybody's settings, and with ``said``."""
    given = os.environ.get("PG_BIN")
    return {name: None for name in NAMES if name not in environ} | ({"PG_BIN": given} if given else {}) | environ


def evenkeel(*arguments: object, input: str | None = None, **environ: str) -> Result:  # noqa: A002 - as click calls it
    """A command run here; its output and its status."""
    done = CliRunner().invoke(main, [str(a) for a in arguments], input=input, env=environ_with(**environ))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def json_output(*arguments: object, **environ: str) -> Any:
    """The JSON that a command prints; a refusal fails the test."""
    done = evenkeel(*arguments, **environ)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def error_output(*arguments: object, **environ: str) -> str:
    """What a command refuses with: status 2 and sentences, no trace."""
    done = evenkeel(*arguments, **environ)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def _work(arguments: list[str], log: Path, environ: dict[str, str | None]) -> Callable[[Callable[[str], None]], int]:
    def work(_report: Callable[[str], None]) -> int:
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(written, 1)
        os.dup2(written, 2)
        os.chdir("/")
        sys.stdout, sys.stderr = (os.fdopen(n, "w", buffering=1, closefd=False) for n in (1, 2))
        for name, value in environ.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        try:
            main(arguments)
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return work


@contextmanager
def serving(*arguments: object, user: str, log: Path, **environ: str) -> Iterator[Serving]:
    """``evenkeel`` with ``arguments`` in a child of ``user``, at a free port; killed in the end."""
    port = free_port()
    found = programs(user)
    settings = environ_with(PORT=str(port), **({"PG_BIN": str(found)} if found else {}), **environ)
    with service(_work([str(a) for a in arguments], log, settings), user) as child:
        yield Serving(child, port, log)


@contextmanager
def served(*arguments: object, user: str, log: Path, **environ: str) -> Iterator[Serving]:
    """The same, once it is ready."""
    with serving(*arguments, user=user, log=log, **environ) as found:
        assert eventually(found.is_ready), log.read_text() if log.exists() else "it said nothing"
        yield found
