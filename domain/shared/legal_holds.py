"""Legal holds: what is held is neither erased nor retired, nor merged into another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from domain.shared.errors import Code, Conflict
from domain.shared.ids import PersonId

HoldId = NewType("HoldId", UUID)


class HoldAbout(StrEnum):
    """What a hold covers."""

    PERSON = "person"
    DISTRICT = "district"


class HoldReason(StrEnum):
    """Why something is held; a code and never a story."""

    LITIGATION = "litigation"
    INVESTIGATION = "investigation"
    RECORDS_REQUEST = "records_request"
    EXTERNAL_AUDIT = "external_audit"


@dataclass(frozen=True, kw_only=True)
class LegalHold:
    """One hold, as it is kept."""

    id: HoldId
    about: HoldAbout
    person_id: PersonId | None
    reason: HoldReason
    set_by: str
    set_at: datetime
    until: datetime | None
    released_by: str | None = None
    released_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether it holds at ``now``: neither released nor run out."""
        return self.released_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, kw_only=True)
class ActiveHolds:
    """The holds that stand at a moment: over the whole district, and over whom."""

    district: bool
    people: frozenset[PersonId]

    @classmethod
    def of(cls, holds: Iterable[LegalHold], now: datetime) -> "ActiveHolds":
        """Those of ``holds`` that stand at ``now``."""
        standing = [h for h in holds if h.is_active(now)]
        return cls(
            district=any(h.about is HoldAbout.DISTRICT for h in standing),
            people=frozenset(h.person_id for h in standing if h.person_id is not None),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        return not self.district and not self.people


class UnderLegalHold(Conflict):
    """A legal hold stands in the way."""

    code = Code.LEGAL_HOLD


def check_person_legal_holds(person_id: PersonId, related: Iterable[PersonId], holds: ActiveHolds) -> None:
    """Refuse to erase or merge ``person_id`` while the district is held, they are, or anybody ``entangled`` with them is.

    ``entangled``: who gave evidence about them, and about whom they did, where that evidence would change or go.
    """
    if holds.district:
        raise UnderLegalHold(
            "a legal hold stands over the whole district; nothing is erased or merged until it is released or runs out"
        )
    if person_id in holds.people:
        raise UnderLegalHold("a legal hold stands over this person; release it first, or wait until it has run out")
    if holds.people & frozenset(related):
        raise UnderLegalHold(
            "evidence between this person and somebody under a legal hold must stay as it is; release that hold first"
        )


def check_district_legal_holds(holds: ActiveHolds) -> None:
    """Refuse the erasure of a district in which anything is held."""
    if not holds.is_empty:
        raise UnderLegalHold("a legal hold stands in this district; release it first, or wait until it has run out")
