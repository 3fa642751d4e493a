"""Logging: one JSON object a line, with the request's id."""

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
"""Our own loggers, which log events and ids; LOG_LEVEL is their level."""
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
    """Formats a record as a JSON object: an event name and fields with ids, never names, texts or tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`."""
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
    """Return the event name; of a library's record the format string without its arguments, which may hold anything."""
    if _is_ours(record.name) or record.name.startswith("uvicorn"):
        return record.getMessage()
    # asyncio formats its message itself: a heading, then the contents of the task.
    return str(record.msg).partition("\n")[0]


def _trace(traceback: TracebackException) -> Iterator[str]:
    """Yield the stack and type of each exception, causes first; never messages: the database's quote the rejected row."""
    cause = traceback.__cause__ or (None if traceback.__suppress_context__ else traceback.__context__)
    if cause is not None:
        yield from _trace(cause)
    yield from traceback.stack.format()
    yield f"{traceback.exc_type.__module__}.{traceback.exc_type.__qualname__}\n" if traceback.exc_type else "unknown\n"
    for inner in traceback.exceptions or ():
        yield from _trace(inner)


def configure_logging(level: str) -> None:
    """Log to standard output, one JSON object a line; `level` (`debug`, `info`, …) is that of our own loggers."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    own_level = logging.getLevelNamesMapping()[level.upper()]
    # Libraries log their arguments: whole tokens (authlib), URLs with their query (httpx), statements (sqlalchemy).
    root.setLevel(max(logging.WARNING, own_level))
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(own_level)
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, own_level))
    logging.getLogger("uvicorn").setLevel(max(logging.INFO, own_level))
