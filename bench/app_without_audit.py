"""``uvicorn bench.app_without_audit:app``: the service without its audit trail, so that what the trail costs can be told."""

from api.app import Values, make_app
from api.logging import log_as_json
from api.runtime.gc_tuning import settle
from api.settings import read_settings, secret_key

_settings = read_settings()
if _settings.database_url is None:
    raise SystemExit("DATABASE_URL is missing")
log_as_json(_settings.log_level)
app = make_app(
    Values(
        database_url=_settings.database_url.get_secret_value(),
        public_url=_settings.base_url,
        secret=secret_key(_settings),
        pool_size=_settings.pool_size,
        token_seconds=_settings.token_seconds,
        audit=False,
        loaded=settle,
    )
)
