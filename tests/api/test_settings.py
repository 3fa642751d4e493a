"""What an installation decides, and the sentence for everything that cannot be."""

import stat
from pathlib import Path

import pytest

from api.settings import Misconfigured, Settings, read_settings, secret_key

OUTSIDE = {
    "DATABASE_URL": "postgresql://evenkeel_app:pw-of-app@db/evenkeel",
    "MIGRATION_DATABASE_URL": "postgresql://evenkeel_owner:pw-of-owner@db/evenkeel",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuv",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **names: str) -> Settings:
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def setting_errors(monkeypatch: pytest.MonkeyPatch, **names: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        given(monkeypatch, **names)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value.sentences


def test_nothing_has_to_be_set():
    settings = read_settings()
    assert settings.embedded
    assert (settings.base_url, settings.port, settings.host) == ("http://127.0.0.1:8000", 8000, "127.0.0.1")


def test_the_default_address_follows_the_port(monkeypatch: pytest.MonkeyPatch):
    assert given(monkeypatch, PORT="9123").base_url == "http://127.0.0.1:9123"


def test_a_database_of_ones_own_switches_the_embedded_one_off(monkeypatch: pytest.MonkeyPatch):
    settings = given(monkeypatch, **OUTSIDE)
    assert not settings.embedded
    assert settings.database_url is not None
    assert "pw-of-app" in settings.database_url.get_secret_value()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    shown = repr(given(monkeypatch, **OUTSIDE))
    assert "pw-of" not in shown
    assert OUTSIDE["SECRET_KEY"] not in shown


@pytest.mark.parametrize("name", ["DATABASE_URL", "MIGRATION_DATABASE_URL"])
def test_one_database_url_without_the_other_is_refused(monkeypatch: pytest.MonkeyPatch, name: str):
    [sentence] = setting_errors(monkeypatch, **{name: OUTSIDE[name]})
    assert sentence.startswith("DATABASE_URL and MIGRATION_DATABASE_URL go together: set both")


def test_a_database_of_ones_own_needs_a_secret_key(monkeypatch: pytest.MonkeyPatch):
    [sentence] = setting_errors(monkeypatch, **{k: v for k, v in OUTSIDE.items() if k != "SECRET_KEY"})
    assert sentence.startswith("SECRET_KEY is missing: with your own database set at least 32")


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch):
    assert given(monkeypatch, DATABASE_URL="", MIGRATION_DATABASE_URL="", SECRET_KEY="", PORT="").embedded


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY: give at least 32 random characters"),
        ("SECRET_KEY", "x" * 40, "SECRET_KEY: this key has too few different characters"),
        ("PORT", "eighty", "PORT: Input should be a valid integer"),
        ("PORT", "0", "PORT: Input should be greater than or equal to 1"),
        ("WORKERS", "0", "WORKERS: Input should be greater than or equal to 1"),
        ("PG_BIN", "/nowhere", "PG_BIN: name the folder that holds the program postgres"),
        ("TRUSTED_PROXIES", "proxy.example.org", "TRUSTED_PROXIES: give addresses or networks"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: Input should be 'debug', 'info'"),
        ("PUBLIC_URL", "evenkeel.example.org", "PUBLIC_URL: give a URL such as https://"),
        ("PUBLIC_URL", "ftp://evenkeel.example.org", "PUBLIC_URL: give a URL such as https://"),
        ("PUBLIC_URL", "https://[::1", "PUBLIC_URL: give a URL such as https://"),
        ("PUBLIC_URL", "https://evenkeel.example.org:port", "PUBLIC_URL: give a URL such as https://"),
        ("PUBLIC_URL", "http://evenkeel.example.org", "PUBLIC_URL: http is for 127.0.0.1 and localhost"),
        ("PUBLIC_URL", "https://example.org/evenkeel", "PUBLIC_URL: give scheme, host and port only"),
        ("PUBLIC_URL", "https://me:pw@example.org", "PUBLIC_URL: give scheme, host and port only"),
        ("PUBLIC_URL", "https://example.org/?a=b", "PUBLIC_URL: give scheme, host and port only"),
        ("DATABASE_URL", "mysql://db/evenkeel", "DATABASE_URL: give a URL that begins with postgresql://"),
        ("TOKEN_SECONDS", "5", "TOKEN_SECONDS: Input should be greater than or equal to 60"),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str):
    [said] = setting_errors(monkeypatch, **{name: value})
    assert said.startswith(sentence)
    assert said.endswith(".")
    assert "\n" not in said


def test_every_fault_is_said_at_once_and_no_value_is(monkeypatch: pytest.MonkeyPatch):
    said = setting_errors(monkeypatch, PORT="eighty", SECRET_KEY="hunter2", DATABASE_URL="mysql://root:hunter2@db")
    assert len(said) == 3
    assert not any("hunter2" in sentence for sentence in said)


@pytest.mark.parametrize("url", ["https://evenkeel.example.org/", "https://evenkeel.example.org"])
def test_the_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch, url: str):
    assert given(monkeypatch, PUBLIC_URL=url).base_url == "https://evenkeel.example.org"


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:9", "http://[::1]:8000"])
def test_this_machine_may_be_reached_by_http(monkeypatch: pytest.MonkeyPatch, url: str):
    assert given(monkeypatch, PUBLIC_URL=url).base_url == url


@pytest.mark.parametrize("proxies", ["*", "10.0.0.5", "10.0.0.5, 10.1.0.0/16", "::1"])
def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch, proxies: str):
    assert given(monkeypatch, TRUSTED_PROXIES=proxies).trusted_proxies == proxies.replace(" ", "")


def test_the_embedded_installation_makes_its_secret_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    settings = given(monkeypatch, DATA=str(tmp_path / "data"))
    made = secret_key(settings)
    assert len(made) >= 64
    assert secret_key(settings) == made
    kept = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [p.name for p in kept.parent.iterdir()] == ["secret_key"]


def test_of_processes_that_start_at_once_one_makes_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    settings = given(monkeypatch, DATA=str(tmp_path))
    made = secret_key(settings)
    with monkeypatch.context() as late:
        late.setattr(Path, "exists", lambda _: False)  # looked before the other one had made it
        assert secret_key(settings) == made
    assert [p.name for p in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_given_goes_before_the_one_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert secret_key(given(monkeypatch, DATA=str(tmp_path), SECRET_KEY=OUTSIDE["SECRET_KEY"])) == OUTSIDE["SECRET_KEY"]
    assert not (tmp_path / "secret_key").exists()


def test_a_kept_secret_open_to_others_is_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    settings = given(monkeypatch, DATA=str(tmp_path))
    secret_key(settings)
    (tmp_path / "secret_key").chmod(0o644)
    secret_key(settings)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_damaged_secret_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "secret_key").write_text("half")
    with pytest.raises(Misconfigured, match="secret_key is damaged"):
        secret_key(given(monkeypatch, DATA=str(tmp_path)))


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Misconfigured, match=r"cannot be used .* set DATA to a folder"):
        secret_key(given(monkeypatch, DATA=str(tmp_path / "data")))
