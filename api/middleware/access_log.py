"""Access log, Prometheus metrics and request ids.

Pure ASGI: Starlette's `BaseHTTPMiddleware` would cost a task for every request.
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logging import district_id, request_id

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""The form in which a client's own `X-Request-Id` is accepted, since it is written to the log."""

log = logging.getLogger("evenkeel.access")


def noop() -> None:
    """Do nothing."""


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
        """Count one request. `route` is the pattern, never the path, which holds ids."""
        key = (method, route, status)
        if key not in self._children:
            self._children[key] = self.requests.labels(method, route, str(status)), self.seconds.labels(route)
        requests, histogram = self._children[key]
        requests.inc()
        histogram.observe(seconds)


class AccessLogMiddleware:
    """Gives each request an id, logs it and counts it. `begin` is called in the context of each request, before all else."""

    def __init__(self, app: ASGIApp, metrics: Metrics, begin: Callable[[], None] = noop) -> None:
        self._app = app
        self._metrics = metrics
        self._begin = begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # The server reads its own scope while the response is sent, so everything below changes a copy.
        scope = dict(scope)
        started = time.perf_counter()
        current_id = _request_id(scope)
        request_id.set(current_id)
        district_id.set(None)
        self._begin()
        status = 500

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", current_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, record_status)
        finally:
            self._log_request(scope, status, time.perf_counter() - started)

    def _log_request(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", "none")
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
            text = value.decode("latin-1")
            if REQUEST_ID.fullmatch(text):
                return str(text)
    return str(uuid4())
