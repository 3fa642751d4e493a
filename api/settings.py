"""The settings of an installation, read once from environment variables; modules below `app.py` take values."""

import json
import os
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_LENGTH = 32


class Misconfigured(Exception):
    """The installation is set up wrongly; `sentences` tell an operator why and hold no secret."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class LogLevel(StrEnum):
    """How much is logged; tokens and secrets are not logged at any level."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """One environment variable for each field, with the same name in capitals; an empty value counts as absent."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL URL with the role evenkeel_app, which serves; absent, an embedded server in DATA is used.",
    )
    migration_database_url: SecretStr | None = Field(
        default=None,
        description="The same database with the role evenkeel_owner, which migrates; set with DATABASE_URL only.",
    )
    backup_database_url: SecretStr | None = Field(
        default=None,
        description="The same database with a role that has BYPASSRLS: for evenkeel backup and restore, never for serving.",
    )
    data: Path = Field(default=Path(".data"), description="Folder of the embedded server, its passwords and the secret key.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(default="", description="How clients reach this service; absent, http://127.0.0.1:PORT.")
    secret_key: SecretStr | None = Field(
        default=None,
        description="Encrypts signing keys and cursors; at least 32 characters, the same for every process and restart.",
    )
    secret_key_previous: SecretStr | None = Field(
        default=None,
        description="Earlier values of SECRET_KEY: one, or a JSON list. They decrypt what evenkeel keys rotate has not yet "
        "encrypted again, and are needed for good to recognise erased people, pushed data and signatures made under them.",
    )
    mail_url: SecretStr | None = Field(
        default=None,
        description="Where mail is sent: smtp+tls://user:password@host:587, smtps://…, smtp://…, or file:///folder; "
        "absent, files in DATA/mail.",
    )
    mail_from: str = Field(default="evenkeel@localhost", description="Sender address of mail.")
    pg_bin: Path | None = Field(
        default=None, description="Folder of PostgreSQL's programs, instead of those installed with Evenkeel."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses or networks whose X-Forwarded headers are trusted, separated by commas; * for all.",
    )
    workers: int = Field(default=1, ge=1, le=64, description="Number of processes that serve.")
    pool_size: int = Field(default=10, ge=2, le=200, description="Database connections of each process that serves.")
    token_seconds: int = Field(default=3600, ge=60, le=86400, description="Lifetime of a machine's access token, in seconds.")
    rate_limit_client: int = Field(default=600, ge=0, description="Requests a minute of one machine client; 0: no limit.")
    rate_limit_person: int = Field(default=120, ge=0, description="Requests a minute of one person; 0: no limit.")
    rate_limit_address: int = Field(
        default=600, ge=0, description="Requests a minute from one address without a valid token; 0: no limit."
    )
    rate_limit_shared: bool | None = Field(
        default=None,
        description="Whether other machines serve the same database, so that request counts are shared; absent: WORKERS > 1.",
    )
    cors_origins: str = Field(
        default="",
        description="Origins of web applications that may call the API from a browser, separated by commas; clients may "
        "register more.",
    )
    outbound_loopback: bool = Field(
        default=False, description="For development only: URLs that administrators enter may name this machine, over http."
    )
    worker_concurrency: int = Field(default=2, ge=2, le=32, description="Jobs that one worker runs at a time.")
    worker_heartbeat_seconds: int = Field(
        default=60, ge=1, le=3600, description="A job whose worker has sent no heartbeat for so long is given to another."
    )
    worker_grace_seconds: int = Field(
        default=20, ge=0, le=3600, description="How long a stopping worker may go on with the jobs that it has begun."
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="How much is logged: debug, info, warning, error.")

    @field_validator("database_url", "migration_database_url", "backup_database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(
            ("postgres://", "postgresql://", "postgresql+asyncpg://")
        ):
            raise ValueError("give a URL that begins with postgresql://")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_secret(value.get_secret_value())
        return value

    @field_validator("secret_key_previous")
    @classmethod
    def _are_secrets(cls, value: SecretStr | None) -> SecretStr | None:
        for key in _split_secrets(value):
            _check_secret(key)
        return value

    @field_validator("mail_url")
    @classmethod
    def _is_mail(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("smtp://", "smtp+tls://", "smtps://", "file:///")):
            raise ValueError("give a URL that begins with smtp+tls://, smtps://, smtp:// or file:///")
        return value

    @field_validator("pg_bin")
    @classmethod
    def _has_programs(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "postgres").exists():
            raise ValueError("name the folder that holds the program postgres")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",") if name.strip()]
        for name in names:
            if name != "*" and not _is_network(name):
                raise ValueError("give addresses or networks separated by commas, as in 10.0.0.5,10.1.0.0/16, or *")
        return ",".join(names)

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",") if name.strip()]
        for name in names:
            if not is_origin(name):
                raise ValueError("give origins separated by commas, as in https://app.example.org, without a star or a path")
        return ",".join(names)

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def _is_public(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - reading it is what checks it
        except ValueError:
            raise ValueError("give a URL such as https://evenkeel.example.org") from None
        if value:
            _check_public(parts)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.database_url is None) != (self.migration_database_url is None):
            raise ValueError(
                "DATABASE_URL and MIGRATION_DATABASE_URL go together: set both for your own database, "
                "or neither for the embedded one"
            )
        if self.database_url is not None and self.secret_key is None:
            raise ValueError(
                "SECRET_KEY is missing: with your own database set at least 32 random characters, "
                "the same for every process; openssl rand -base64 48 makes some"
            )
        return self

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one in DATA."""
        return self.database_url is None

    @property
    def shared(self) -> bool:
        """Whether other processes serve the same database."""
        return self.workers > 1 if self.rate_limit_shared is None else self.rate_limit_shared

    @property
    def origins(self) -> frozenset[str]:
        """Return the origins of CORS_ORIGINS."""
        return frozenset(filter(None, self.cors_origins.split(",")))

    @property
    def base_url(self) -> str:
        """Return the URL under which clients reach this service, without a trailing slash."""
        return self.public_url or f"http://127.0.0.1:{self.port}"


def read_settings(**overrides: Any) -> Settings:
    """Return the settings of this process; `overrides` take precedence over the environment.

    Raises `Misconfigured` with a sentence for each error.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        # Raised outside this block, so that the original, which holds the values, is not chained.
        sentences = tuple(_sentence(e) for e in error.errors(include_url=False, include_input=False))
    raise Misconfigured(*sentences)


def secret_key(settings: Settings) -> str:
    """Return SECRET_KEY; without one, the key in DATA/secret_key (mode 0600), which the first start creates."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data / "secret_key"
    try:
        return _stored_secret(path)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise Misconfigured(f"{path} cannot be used ({reason}): set DATA to a folder that this user may write") from None
    except ValueError as error:
        raise Misconfigured(f"{path} is damaged ({error}): restore it from your backup") from None


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """Return SECRET_KEY, followed by the earlier keys."""
    return (secret_key(settings), *_split_secrets(settings.secret_key_previous))


def _split_secrets(value: SecretStr | None) -> list[str]:
    """Parse one key (any characters), or a JSON list of keys. Raises `ValueError`."""
    text = "" if value is None else value.get_secret_value().strip()
    if not text.startswith("["):
        return [text] if text else []
    try:
        keys = json.loads(text)
    except ValueError:
        raise ValueError("give one key, or a JSON list of keys") from None
    if not all(isinstance(key, str) for key in keys):
        raise ValueError("give one key, or a JSON list of keys")
    return list(keys)


def _stored_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(48).hex())
            file.flush()
            os.fsync(file.fileno())
        try:
            # Linking fails when the file exists: of several processes that start at once, one wins.
            path.hardlink_to(temporary)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    path.chmod(0o600)
    secret = path.read_text(errors="replace").strip()
    _check_secret(secret)
    return secret


def _check_secret(value: str) -> None:
    if len(value) < SECRET_LENGTH:
        raise ValueError("give at least 32 random characters; openssl rand -base64 48 makes some")
    if len(set(value)) < SECRET_LENGTH // 4:
        raise ValueError("this key has too few different characters; openssl rand -base64 48 makes a good one")


def _check_public(parts: SplitResult) -> None:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("give a URL such as https://evenkeel.example.org")
    if parts.username is not None or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError("give scheme, host and port only: no path, no user, no query")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("http is for 127.0.0.1 and localhost only, since it sends secrets in clear; give an https URL")


def is_origin(text: str) -> bool:
    """Return whether `text` is an origin as browsers write it: scheme, host and port, in lower case, nothing else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}):
        return False
    if parts.hostname is None or "*" in text or parts.username is not None:
        return False
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return text == f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_network(name: str) -> bool:
    try:
        ip_network(name, strict=False)
    except ValueError:
        return False
    return True


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ").rstrip(".")
    name = str(error["loc"][0]).upper() if error["loc"] else ""
    return f"{name}: {message}." if name else f"{message}."
