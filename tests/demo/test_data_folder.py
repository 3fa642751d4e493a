"""A data folder of the demo that an older release wrote, or that was damaged: completed, or refused with a sentence."""

import json

import pytest

from api.demo import start as starting
from api.demo.data_folder import update_base_url
from api.settings import Misconfigured, Settings

BASE = "http://127.0.0.1:8000"
OLDEST = {
    "base_url": BASE,
    "token_url": f"{BASE}/oauth/token",
    "districts": [{"id": "d", "name": "Grand Bend ISD"}],
    "clients": [{"name": "app", "client_id": "c", "client_secret": "s", "scopes": [], "district_id": "d"}],
    "schools": [],
    "leaders": [{"id": "l", "name": "Somebody Else", "school_id": "s"}],
    "initiative_id": "i",
}


def write_demo_json(folder, stored):
    (folder / "demo.json").write_text(stored if isinstance(stored, str) else json.dumps(stored))


@pytest.fixture
def steps(monkeypatch):
    done = []
    monkeypatch.setattr(starting, "upgrade", lambda _url: done.append("migrated"))
    return done


def start(folder):
    return starting.prepare(Settings(data=folder), "app", "owner", "admin", "secret")


def test_a_demo_of_the_first_release_starts_and_its_file_is_completed(tmp_path, capsys, steps):
    write_demo_json(tmp_path, OLDEST)
    start(tmp_path)()
    shown = capsys.readouterr().out
    assert "no accounts: an older release made this demo" in shown
    assert f"remove {tmp_path}, or choose another folder with DATA=" in shown
    assert "/v1/leaders/l/profile" in shown
    assert steps == ["migrated"]
    stored = json.loads((tmp_path / "demo.json").read_text())
    assert stored["sign_in_url"] == f"{BASE}/sign-in/grand-bend"
    assert stored["people"] == []
    assert {name: stored[name] for name in OLDEST} == OLDEST


@pytest.mark.parametrize("lacking", ["base_url", "token_url", "authorize_url", "sign_in_url", "people", "native_client_id"])
def test_a_member_that_can_be_known_is_added(tmp_path, lacking):
    write_demo_json(tmp_path, OLDEST)
    whole = update_base_url(tmp_path, BASE)
    write_demo_json(tmp_path, {name: value for name, value in whole.items() if name != lacking})
    assert update_base_url(tmp_path, BASE) == whole
    assert json.loads((tmp_path / "demo.json").read_text()) == whole


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        "\0",
        *({name: value for name, value in OLDEST.items() if name != gone} for gone in ("clients", "leaders", "initiative_id")),
        *(OLDEST | {name: []} for name in ("clients", "leaders")),
        OLDEST | {"clients": [{"client_id": "c"}]},
        OLDEST | {"leaders": "x"},
    ],
    ids=repr,
)
def test_a_damaged_file_is_refused_before_anything_is_migrated(tmp_path, steps, stored):
    write_demo_json(tmp_path, stored)
    with pytest.raises(Misconfigured, match=r"demo\.json is damaged.*restore it from a copy, choose another folder"):
        start(tmp_path)
    assert steps == []
    assert (tmp_path / "demo.json").read_text() == (stored if isinstance(stored, str) else json.dumps(stored))
