"""The outside world of use cases, for the service, the commands and the worker: what needs no HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid4

from api.execution.content_hash import content_digester, keyed_hash
from api.execution.cursors import EncryptedCursors
from api.execution.ids import Uuid7Generator
from api.execution.runner import Environment
from api.security.encryption import AesSecretBox, Keys, derive_key, hmac_under_keys
from domain.shared.context import UrlCheck, accept_url
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work

CONTENT_DIGEST_PURPOSE = "content digests"
"""The purpose of the keys under which what was pushed and asked is recognised again."""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def build_environment(
    pool: ConnectionPool,
    keys: Keys,
    *,
    clock: Callable[[], datetime] = utc_now,
    new_id: Callable[[], UUID] | None = None,
    audit_enabled: bool = True,
    check_url: UrlCheck = accept_url,
) -> Environment:
    """The outside world of use cases that work on ``pool``.

    ``keys``: the installation's, the current one first. ``told``: whether they leave a trail. ``vet``: judges the
    addresses that somebody enters, by the guard through which they are asked; absent where nobody does.
    """
    secrets = (keys,) if isinstance(keys, str) else tuple(keys)
    secret = secrets[0]
    key, box = derive_key(secret, "cursors"), AesSecretBox(keys)
    return Environment(
        open_unit=lambda actor, permission, read_only, audit_log: begin_unit_of_work(
            pool, actor, permission=permission, read_only=read_only, audit_log=audit_log, secrets=box
        ),
        now=clock,
        new_id=new_id or Uuid7Generator(clock),
        random_id=uuid4,
        cursors=lru_cache(maxsize=1024)(lambda district: EncryptedCursors(key, district)),
        new_audit_id=Uuid7Generator(utc_now),
        state_digest=keyed_hash(derive_key(secret, "audit states")),
        content_digest=content_digester(*(derive_key(each, CONTENT_DIGEST_PURPOSE) for each in secrets)),
        audit_enabled=audit_enabled,
        check_url=check_url,
        hmac_under_keys=hmac_under_keys(*secrets),
    )
