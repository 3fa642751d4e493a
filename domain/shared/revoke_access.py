"""Ending a person's access: every browser and every family of tokens, in the transaction that is the reason for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.shared.context import UnitOfWork
from domain.shared.ids import PersonId


class TokenFamilies(Protocol):
    """Families of tokens, one per device; the authorization server's."""

    async def revoke_all_of(self, people: Sequence[PersonId], at: datetime) -> None:
        """Let no device of ``people`` in any more."""
        ...


class Browsers(Protocol):
    """Browsers that are signed in."""

    async def end_all_of(self, people: Sequence[PersonId]) -> None:
        """Sign every browser of ``people`` out, and void the codes they were given."""
        ...


class AccessUnit(UnitOfWork, Protocol):
    """One transaction that may end access."""

    @property
    def browsers(self) -> Browsers:
        """Browsers that are signed in."""
        ...

    @property
    def sessions(self) -> TokenFamilies:
        """Families of tokens."""
        ...


async def revoke_all_sessions(unit: AccessUnit, people: Sequence[PersonId], at: datetime) -> None:
    """Everything that lets ``people`` in ends at ``at``; nothing when there are none."""
    if people:
        await unit.browsers.end_all_of(people)
        await unit.sessions.revoke_all_of(people, at)
