"""The module that is served, as the environment sets it up."""

import runpy

from api import startup
from api.runtime.gc_tuning import freeze_heap
from tests.support.service import SECRET


def test_a_process_that_only_serves_keeps_the_collector_away_from_what_it_loaded(monkeypatch):
    made = []
    monkeypatch.setattr(startup, "create_app", made.append)
    monkeypatch.setattr(startup, "configure_logging", str)
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1/x")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://y@127.0.0.1/x")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    runpy.run_module("api.main")
    assert [(values.on_loaded, values.demo) for values in made] == [(freeze_heap, None)]
