"""``uvicorn api.main:app``: the application as the environment sets it up. ``evenkeel serve`` starts it."""

import os
import signal
import threading
from multiprocessing.process import BaseProcess, parent_process

from api.app import Values, make_app
from api.logging import log_as_json
from api.middleware.rate_limit import Quotas
from api.outbound.http_client import GuardedTransport
from api.outbound.mail import mailer_from_settings
from api.runtime.audit_sealer import EVERY
from api.runtime.gc_tuning import settle
from api.settings import read_settings, secret_keys

_settings = read_settings()
if _settings.database_url is None:
    raise SystemExit("DATABASE_URL is missing: start with `evenkeel serve`, which also runs the embedded server")
log_as_json(_settings.log_level)
_keys = secret_keys(_settings)
app = make_app(
    Values(
        database_url=_settings.database_url.get_secret_value(),
        public_url=_settings.base_url,
        secret=_keys[0],
        previous_secrets=_keys[1:],
        mail=mailer_from_settings(_settings),
        outbound=GuardedTransport(loopback=_settings.outbound_loopback),
        outbound_loopback=_settings.outbound_loopback,
        pool_size=_settings.pool_size,
        token_seconds=_settings.token_seconds,
        quotas=Quotas(
            client=_settings.rate_limit_client,
            person=_settings.rate_limit_person,
            address=_settings.rate_limit_address,
        ),
        shared=_settings.shared,
        origins=_settings.origins,
        seal_every=EVERY,
        loaded=settle,
    )
)


def _end_with(parent: BaseProcess) -> None:
    """A worker whose parent was killed would keep the port and serve on without a database."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


if (_parent := parent_process()) is not None:
    threading.Thread(target=_end_with, args=(_parent,), name="parent-watch", daemon=True).start()
