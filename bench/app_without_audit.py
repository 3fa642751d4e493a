"""``uvicorn bench.app_without_audit:app``: the service without its audit trail, so that what the trail costs can be told."""

from api.app import AppConfig, create_app
from api.logging import configure_logging
from api.runtime.gc_tuning import freeze_heap
from api.settings import read_settings, secret_key

_settings = read_settings()
if _settings.database_url is None:
    raise SystemExit("DATABASE_URL is missing")
configure_logging(_settings.log_level)
app = create_app(
    AppConfig(
        database_url=_settings.database_url.get_secret_value(),
        public_url=_settings.base_url,
        secret=secret_key(_settings),
        pool_size=_settings.pool_size,
        token_seconds=_settings.token_seconds,
        audit=False,
        on_loaded=freeze_heap,
    )
)
