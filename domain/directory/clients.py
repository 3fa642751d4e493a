"""Machines that talk to us: what a client is, and the scopes it may hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.shared.context import Scope
from domain.shared.errors import Code, Invalid
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class RegisteredClient:
    """A client as it is registered: found by its id before anybody knows the district.

    ``secret_sha256`` is the SHA-256 of a secret of 256 random bits: nothing slower is needed, as nothing can be guessed.
    """

    client_id: str
    name: str
    origin: str
    secret_sha256: bytes
    scopes: frozenset[str]
    revoked_at: datetime | None
    district_id: DistrictId

    def __repr__(self) -> str:
        # Ends up in logs of libraries: not the digest.
        return f"RegisteredClient({self.client_id})"


@dataclass(frozen=True, kw_only=True)
class SealedKey:
    """A signing key as it is kept: encrypted, with the moment from which it signs no more."""

    kid: str
    sealed: bytes
    created_at: datetime
    retired_at: datetime | None


def scopes_named(names: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes that ``names`` mean, each once, in our order; ``observations:*`` stands for all that begin so.

    Refuses (``Invalid`` at ``/scopes``) what names none, and no names at all.
    """
    wanted: set[Scope] = set()
    for name in names:
        fits = {s for s in Scope if s == name or (name.endswith(":*") and s.startswith(name[:-1]))}
        if not fits:
            known = ", ".join(Scope)
            raise Invalid.at("/scopes", Code.NOT_ALLOWED, f"there is no scope {name[:40]!r}; choose from {known}")
        wanted |= fits
    if not wanted:
        raise Invalid.at("/scopes", Code.EMPTY, "a client without scopes can do nothing; name at least one")
    return tuple(s for s in Scope if s in wanted)
