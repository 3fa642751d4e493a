"""What is done is told: who did what to which thing, kept by the same commit as the act itself (product, 9.5 of the notes).

A trail holds ids and words of our own: no name, no text, no answer. Who acts and what they do is known before a use case
begins; the use case may add what it was done to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID


class Subject(StrEnum):
    """The kinds of thing that something is done to. Parts add theirs."""

    ASSESSMENT = "assessment"
    CLIENT = "client"
    CONFIGURATION = "configuration"
    CROSSWALK = "crosswalk"
    DISTRICT = "district"
    GROUP = "group"
    IDENTITY_PROVIDER = "identity_provider"
    INITIAL_ACCESS_TOKEN = "initial_access_token"  # noqa: S105 - a kind of thing
    INITIATIVE = "initiative"
    INSTRUMENT = "instrument"
    JOB = "job"
    LEADER = "leader"
    LEGAL_HOLD = "legal_hold"
    OBSERVATION = "observation"
    PERSON = "person"
    RETENTION = "retention"
    ROLE_MAPPING = "role_mapping"
    ROSTER_IMPORT = "roster_import"
    SESSION = "session"
    TALLIES = "tallies"
    TRAIL = "trail"


class Ending(StrEnum):
    """How an act ended: done; done before, and its answer given again; refused, because it is not theirs to see or do."""

    DONE = "done"
    REPLAYED = "replayed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """What one act was about. ``count`` things were touched, of which ``further_ids`` names some beside ``object_id``.

    ``before`` and ``after``: keyed digests of the state, 32 bytes each, of edits alone.
    """

    object_kind: Subject | None
    object_id: UUID | None
    further_ids: tuple[UUID, ...]
    count: int
    before: bytes | None
    after: bytes | None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EMPTY_ENTRY = AuditEntry(object_kind=None, object_id=None, further_ids=(), count=0, before=None, after=None)


@dataclass(kw_only=True)
class AuditLog:
    """What is to be told of one unit. One row for each ``about``, or one of what was ``asked`` for.

    ``digest``: of a state, under a key: a plain digest of five possible answers would tell which it was.
    ``told``: whether it is kept at all; a unit that only reads what reveals nothing leaves no trail.
    """

    action: str
    at: datetime
    request_id: str
    new_id: Callable[[], UUID]
    digest: Callable[[object], bytes]
    enabled: bool = True
    requested_object: tuple[Subject, UUID] | None = None
    outcome: Ending = Ending.DONE
    code: str | None = None
    recorded: list[AuditEntry] = field(default_factory=list)

    def record(
        self,
        object_kind: Subject,
        object_id: UUID | None = None,
        *,
        further_ids: Iterable[UUID] = (),
        count: int = 1,
        before: object = None,
        after: object = None,
    ) -> None:
        """The act is about ``object_id``. ``before`` and ``after`` are states, of which digests are kept, nothing else."""
        if not self.enabled:
            return
        self.recorded.append(
            AuditEntry(
                object_kind=object_kind,
                object_id=object_id,
                further_ids=tuple(further_ids),
                count=count,
                before=None if before is None else self.digest(before),
                after=None if after is None else self.digest(after),
            )
        )

    @property
    def entries(self) -> list[AuditEntry]:
        """The rows to keep."""
        if self.recorded or self.requested_object is None:
            return self.recorded or [EMPTY_ENTRY]
        subject, object_id = self.requested_object
        return [replace(EMPTY_ENTRY, object_kind=subject, object_id=object_id, count=1)]


def no_audit() -> AuditLog:
    """Of a unit that no use case opened: it takes what is said, and keeps nothing."""
    return AuditLog(action="", at=EPOCH, request_id="", new_id=UUID, digest=empty_digest, enabled=False)


def empty_digest(_state: object) -> bytes:
    """No digest."""
    return b""
