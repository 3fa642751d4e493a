"""What an operator sees: one JSON line a request, counters for Prometheus, and a request id that ties them together.

Pure ASGI: Starlette's ``BaseHTTPMiddleware`` would cost a task for every request.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import TracebackException
from typing import Any
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
district_id: ContextVar[str | None] = ContextVar("district_id", default=None)

KNOWN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""A caller's own request id is taken over when it is harmless in a log."""

RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

log = logging.getLogger("evenkeel.access")


class JsonLines(logging.Formatter):
    """An event name plus fields, one object a line: ids, never names, texts or tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "request_id": request_id.get(),
            "district_id": district_id.get(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in RESERVED}
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = "".join(_trace(TracebackException(*record.exc_info, compact=True)))
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def _trace(found: TracebackException) -> Iterator[str]:
    """Where it went wrong and the kinds of error, causes first. Not what they say: the database's quote the row they refuse."""
    before = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    if before is not None:
        yield from _trace(before)
    yield from found.stack.format()
    yield f"{found.exc_type.__module__}.{found.exc_type.__qualname__}\n" if found.exc_type else "unknown\n"
    for inner in found.exceptions or ():
        yield from _trace(inner)


def log_as_json(level: str) -> None:
    """Send everything that is logged to standard output, a JSON object a line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("authlib", "asyncio", "sqlalchemy", "alembic", "uvicorn.access", "pgqueuer"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


class Metrics:
    """Counters of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "evenkeel_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "evenkeel_request_seconds",
            "Time to answer, in seconds.",
            ("route",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request. ``route`` is the pattern, never the path: a path holds ids."""
        key = (method, route, status)
        if key not in self._children:
            self._children[key] = self.requests.labels(method, route, str(status)), self.seconds.labels(route)
        requests, histogram = self._children[key]
        requests.inc()
        histogram.observe(seconds)


class Observed:
    """Wraps the application: gives each request an id, logs it and counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        named = _request_id(scope)
        request_id.set(named)
        district_id.set(None)
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", named.encode()))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.count(method, route, status, seconds)
        if log.isEnabledFor(logging.INFO):
            log.info(
                "request",
                extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)},
            )


METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            said = value.decode("latin-1")
            if KNOWN.fullmatch(said):
                return str(said)
    return str(uuid4())
