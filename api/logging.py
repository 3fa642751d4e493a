"""What is logged: one JSON object a line, tied together by the request's id."""

import json
import logging
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import TracebackException
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
district_id: ContextVar[str | None] = ContextVar("district_id", default=None)

RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

OWN_LOGGERS = ("evenkeel", "api", "domain", "persistence", "migrations")
"""Loggers that say ids and events; LOG_LEVEL is for them."""
NOISY_LOGGERS = (
    "authlib",
    "asyncio",
    "sqlalchemy",
    "alembic",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "pgqueuer",
    "uvicorn.access",
)
"""Loggers of libraries that may have set a level of their own."""


class JsonFormatter(logging.Formatter):
    """An event name plus fields, one object a line: ids, never names, texts or tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _event(record),
            "logger": record.name,
            "request_id": request_id.get(),
            "district_id": district_id.get(),
        }
        if _is_ours(record.name):
            line |= {name: value for name, value in vars(record).items() if name not in RESERVED}
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = "".join(_trace(TracebackException(*record.exc_info, compact=True)))
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OWN_LOGGERS


def _event(record: logging.LogRecord) -> str:
    """What happened. Of a library's line the sentence without what was put into it, which is anybody's guess."""
    if _is_ours(record.name) or record.name.startswith("uvicorn"):
        return record.getMessage()
    # asyncio writes its lines ready: a heading, then what the task held.
    return str(record.msg).partition("\n")[0]


def _trace(traceback: TracebackException) -> Iterator[str]:
    """Where it went wrong and the kinds of error, causes first. Not what they say: the database's quote the row they refuse."""
    before = traceback.__cause__ or (None if traceback.__suppress_context__ else traceback.__context__)
    if before is not None:
        yield from _trace(before)
    yield from traceback.stack.format()
    yield f"{traceback.exc_type.__module__}.{traceback.exc_type.__qualname__}\n" if traceback.exc_type else "unknown\n"
    for inner in traceback.exceptions or ():
        yield from _trace(inner)


def configure_logging(level: str) -> None:
    """Send everything that is logged to standard output, a JSON object a line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    said = logging.getLevelNamesMapping()[level.upper()]
    # Libraries print what they are handed: whole tokens (authlib), URLs with their query (httpx), statements (sqlalchemy).
    root.setLevel(max(logging.WARNING, said))
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(said)
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, said))
    logging.getLogger("uvicorn").setLevel(max(logging.INFO, said))
