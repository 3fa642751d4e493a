"""What sessions and initial access tokens need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.oauth.model import TokenFamily
from domain.oauth.views import InitialAccessTokenView
from domain.shared.context import UnitOfWork
from domain.shared.ids import InitialAccessTokenId, PersonId, SessionId
from domain.shared.paging import Key


class SessionStore(Protocol):
    """The district's families of tokens."""

    async def page(self, person_id: PersonId, rows: int, after: Key | None, now: datetime) -> Sequence[TokenFamily]:
        """Up to ``rows`` live sessions of the person, the newest first."""
        ...

    async def owned(self, person_id: PersonId, session_ids: Sequence[SessionId]) -> frozenset[SessionId]:
        """Those of ``session_ids`` that are or were the person's."""
        ...

    async def revoke(self, person_id: PersonId, session_ids: Sequence[SessionId], at: datetime) -> int:
        """End these of the person; how many were live."""
        ...

    async def revoke_all_of(self, person_ids: Sequence[PersonId], at: datetime) -> int:
        """End every session of these people, in the transaction that sends them away; how many were live."""
        ...


class InitialAccessTokenStore(Protocol):
    """What lets clients register themselves in the district."""

    async def add(self, token: InitialAccessTokenView, sha256: bytes, created_by: str) -> None:
        """Keep a new one."""
        ...

    async def page(self, rows: int, after: Key | None) -> Sequence[InitialAccessTokenView]:
        """Up to ``rows``, the newest first."""
        ...

    async def existing(self, token_ids: Sequence[InitialAccessTokenId]) -> frozenset[InitialAccessTokenId]:
        """Those of ``token_ids`` that are the district's."""
        ...

    async def revoke(self, token_ids: Sequence[InitialAccessTokenId], at: datetime) -> int:
        """End these; how many served."""
        ...


class AuthorizationUnit(UnitOfWork, Protocol):
    """One transaction over sessions and initial access tokens."""

    @property
    def sessions(self) -> SessionStore:
        """The district's families of tokens."""
        ...

    @property
    def initial_access_tokens(self) -> InitialAccessTokenStore:
        """What lets clients register themselves in the district."""
        ...
