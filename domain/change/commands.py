"""What is said about initiatives and groups (openapi/README.md 12.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from domain.change.model import GroupRole, Stakes
from domain.directory.model import PersonRef, SchoolRef
from domain.observations.commands import EXTERNAL_ID, EXTERNAL_VERSION, plain_version, version_faults
from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.shared.paging import DEFAULT_LIMIT, LIMIT, check_limit

VERSION = {"description": "The version that this changes, as it was read.", "examples": [1], "ge": 1}
INITIATIVE = {"description": "The initiative."}
GROUP = {"description": "The group."}
CURSOR = {"description": "The next_cursor of the page before."}


@dataclass(frozen=True, kw_only=True)
class DescribeInitiative:
    """What an initiative is."""

    leader: PersonRef = field(metadata={"description": "Whose initiative it is.", "examples": [{"sourced_id": "207267"}]})
    title: str = field(
        metadata={
            "description": "Its name.",
            "examples": ["Common formative assessment in every course"],
            "min_length": 1,
            "max_length": 200,
        }
    )
    focus_area: str | None = field(
        default=None, metadata={"description": "What it is to improve; absent: not said.", "min_length": 1, "max_length": 200}
    )
    practice: str | None = field(
        default=None, metadata={"description": "The practice it brings; absent: not said.", "min_length": 1, "max_length": 500}
    )
    school: SchoolRef | None = field(
        default=None, metadata={"description": "Where; absent: not one school.", "examples": [{"sourced_id": "255901001"}]}
    )
    starts_on: date | None = field(
        default=None, metadata={"description": "First day; absent: not set.", "examples": ["2026-08-17"]}
    )
    ends_on: date | None = field(
        default=None, metadata={"description": "Last day; absent: not set.", "examples": ["2027-05-28"]}
    )
    decide_by: date | None = field(
        default=None,
        metadata={"description": "When the decision is due; absent: nothing presses.", "examples": ["2026-12-20"]},
    )
    stakes: Stakes | None = field(
        default=None,
        metadata={"description": "What hangs on the quality of the decision; absent: not said.", "examples": ["high"]},
    )
    goal_tied_to_student_learning: bool = field(
        metadata={"description": "Whether its goal is tied to what students learn.", "examples": [True]}
    )
    about_teaching_and_learning: bool = field(
        metadata={"description": "Whether the decision is about teaching and learning.", "examples": [True]}
    )

    def __post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise Invalid.of(faults)

    def _faults(self) -> Iterable[Fault]:
        if self.starts_on is not None and self.ends_on is not None and self.ends_on < self.starts_on:
            yield Fault(pointer="/ends_on", code=Code.OUT_OF_RANGE, detail="it ends before it starts; correct one of the two")


@dataclass(frozen=True, kw_only=True)
class CreateInitiative(DescribeInitiative):
    """Describe a new initiative; the same external_id again is the same initiative."""

    external_id: str | None = field(default=None, metadata=EXTERNAL_ID)
    external_version: str | None = field(default=None, metadata=EXTERNAL_VERSION)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "external_version", plain_version(self.external_id, self.external_version))

    def _faults(self) -> Iterable[Fault]:
        yield from version_faults(self.external_id, self.external_version)
        yield from super()._faults()


@dataclass(frozen=True, kw_only=True)
class EditInitiative(DescribeInitiative):
    """Describe an initiative anew, as a whole: what is left out is no longer set."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    expected_version: int = field(metadata=VERSION)


@dataclass(frozen=True, kw_only=True)
class ReadInitiative:
    """One initiative."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)


@dataclass(frozen=True, kw_only=True)
class ListInitiatives:
    """Initiatives, newest first: ordered by id, falling."""

    leader_id: PersonId | None = field(default=None, metadata={"description": "Only of this leader; absent: of all."})
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class DescribeGroup:
    """Who will feel a change roughly alike."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    name: str = field(metadata={"description": "Its name.", "examples": ["core teachers"], "min_length": 1, "max_length": 200})
    size: int = field(metadata={"description": "How many people.", "examples": [14], "ge": 1, "le": 100_000})
    role: GroupRole = field(metadata={"description": "What it has to do with the change.", "examples": ["implementing"]})
    must_change_practice: bool | None = field(
        default=None,
        metadata={"description": "Whether its own practice must change; absent: not known.", "examples": [True]},
    )


@dataclass(frozen=True, kw_only=True)
class CreateGroup(DescribeGroup):
    """Add a group to an initiative; the same external_id again is the same group."""

    external_id: str | None = field(default=None, metadata=EXTERNAL_ID)
    external_version: str | None = field(default=None, metadata=EXTERNAL_VERSION)

    def __post_init__(self) -> None:
        faults = version_faults(self.external_id, self.external_version)
        if faults:
            raise Invalid.of(faults)
        object.__setattr__(self, "external_version", plain_version(self.external_id, self.external_version))


@dataclass(frozen=True, kw_only=True)
class EditGroup(DescribeGroup):
    """Describe a group anew; its estimate, phases and pulses stay."""

    group_id: GroupId = field(metadata=GROUP)
    expected_version: int = field(metadata=VERSION)


@dataclass(frozen=True, kw_only=True)
class ReadGroup:
    """One group of an initiative."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    group_id: GroupId = field(metadata=GROUP)


@dataclass(frozen=True, kw_only=True)
class ListGroups:
    """The groups of an initiative in the order they were added: by id, rising."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)
