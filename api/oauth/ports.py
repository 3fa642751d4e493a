"""What the authorization server needs kept; bootstrap hands it in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from domain.directory.clients import RegisteredClient, SealedKey

T = TypeVar("T")


class OAuthStore(Protocol):
    """Clients and signing keys, read before the district is known. Raises ``Unavailable`` when the database is away."""

    async def bridge(self, work: Callable[[], T]) -> T:
        """Run synchronous ``work`` in one transaction on this loop; it may call ``find_client``."""
        ...

    def find_client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id; inside ``bridge`` only."""
        ...

    async def signing_keys(self) -> Sequence[SealedKey]:
        """All keys that are kept, oldest first."""
        ...

    async def offer_signing_key(self, kid: str, sealed: bytes, at: datetime) -> None:
        """Keep this key unless there is one that signs already."""
        ...
