"""Build the application from the environment, in a process that only serves."""

import os
import signal
import threading
from multiprocessing.process import BaseProcess, parent_process

from fastapi import FastAPI

from api.app import AppConfig, create_app
from api.logging import configure_logging
from api.middleware.rate_limit import RateLimits
from api.outbound.http_client import GuardedTransport
from api.outbound.mail import mailer_from_settings
from api.runtime.audit_sealer import SEAL_INTERVAL_SECONDS
from api.runtime.gc_tuning import freeze_heap
from api.settings import read_settings, secret_keys
from api.web.developer_pages import DemoHints


def start(demo: DemoHints | None = None) -> FastAPI:
    """Return the application that the environment configures; the process ends when its parent does.

    `demo`: hints for the first page, when the demo is served. Raises `SystemExit` when DATABASE_URL is missing.
    """
    settings = read_settings()
    if settings.database_url is None:
        raise SystemExit("DATABASE_URL is missing: start with `evenkeel serve`, which also runs the embedded server")
    configure_logging(settings.log_level)
    secret, *previous_secrets = secret_keys(settings)
    app = create_app(
        AppConfig(
            database_url=settings.database_url.get_secret_value(),
            public_url=settings.base_url,
            secret=secret,
            previous_secrets=tuple(previous_secrets),
            mail=mailer_from_settings(settings),
            outbound=GuardedTransport(loopback=settings.outbound_loopback),
            outbound_loopback=settings.outbound_loopback,
            pool_size=settings.pool_size,
            token_seconds=settings.token_seconds,
            rate_limits=RateLimits(
                client=settings.rate_limit_client,
                person=settings.rate_limit_person,
                address=settings.rate_limit_address,
            ),
            several_processes=settings.shared,
            cors_origins=settings.origins,
            seal_interval=SEAL_INTERVAL_SECONDS,
            on_loaded=freeze_heap,
            demo=demo,
        )
    )
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), name="parent-watch", daemon=True).start()
    return app


def _end_with(parent: BaseProcess) -> None:
    """End this process with `parent`: otherwise it would keep the port and serve without a database."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
