"""The module that is served, as the environment sets it up."""

import runpy

from api import app, logging
from api.runtime.gc_tuning import settle
from tests.support.service import SECRET


def test_a_process_that_only_serves_keeps_the_collector_away_from_what_it_loaded(monkeypatch):
    made = []
    monkeypatch.setattr(app, "make_app", made.append)
    monkeypatch.setattr(logging, "log_as_json", str)
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@127.0.0.1/x")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://y@127.0.0.1/x")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    runpy.run_module("api.main")
    assert [values.loaded for values in made] == [settle]
