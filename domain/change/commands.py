"""What is said about initiatives, groups and what they feel (contract.md 8 and 12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.change.model import HIGHEST, ITEMS, LOWEST, Answers, GroupRole, Stakes
from domain.directory.model import PersonRef, SchoolRef
from domain.observations.commands import EXTERNAL_ID, EXTERNAL_VERSION, version_faults
from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.shared.paging import DEFAULT_LIMIT, check_limit

LEAST_LISTS = 5
MOST_LISTS = 2_000
LEAST_ANSWERED = 5

VERSION = {"description": "The version that this changes, as it was read.", "examples": [1], "ge": 1}
INITIATIVE = {"description": "The initiative."}
GROUP = {"description": "The group."}
PAGE_SIZE = {"description": "How many at most.", "examples": [50], "ge": 1, "le": 100}
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
    limit: int = field(default=DEFAULT_LIMIT, metadata=PAGE_SIZE)
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
    limit: int = field(default=DEFAULT_LIMIT, metadata=PAGE_SIZE)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class PutEstimate:
    """What the leader expects the group to answer to the seven items."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    group_id: GroupId = field(metadata=GROUP)
    expected_version: int = field(metadata=VERSION)
    items: tuple[int | None, ...] = field(
        metadata={
            "description": "Seven answers, 1 to 5, in the order of the items; null for not answered, at least five answered.",
            "examples": [[2, 2, 3, 2, 2, 3, 2]],
            "min_length": 7,
            "max_length": 7,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(self.items))
        faults = [*answer_faults(self.items, "/items")]
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class PutPhases:
    """How strongly each phase is under way for the group; what is left out is 0."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    group_id: GroupId = field(metadata=GROUP)
    expected_version: int = field(metadata=VERSION)
    create_demand: float = field(
        default=0.0, metadata={"description": "Creating demand, 0 to 1; absent: 0.", "examples": [0.4], "ge": 0, "le": 1}
    )
    implement: float = field(
        default=0.0, metadata={"description": "Implementing, 0 to 1; absent: 0.", "examples": [0.6], "ge": 0, "le": 1}
    )
    manage_transitions: float = field(
        default=0.0,
        metadata={
            "description": "Managing personal transitions, 0 to 1; absent: 0. Counts nothing while the change is first-order.",
            "examples": [1.0],
            "ge": 0,
            "le": 1,
        },
    )
    monitor_evaluate: float = field(
        default=0.0,
        metadata={"description": "Monitoring and evaluating, 0 to 1; absent: 0.", "examples": [0.0], "ge": 0, "le": 1},
    )


@dataclass(frozen=True, kw_only=True)
class ReadPhases:
    """The phases under way for each group of an initiative."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)


@dataclass(frozen=True, kw_only=True)
class PutPulse:
    """Everything a group answered on one date; the same date again replaces it, the newest date counts."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    group_id: GroupId = field(metadata=GROUP)
    on: date = field(metadata={"description": "The date.", "examples": ["2026-10-12"]})
    answers: tuple[tuple[int | None, ...], ...] = field(
        metadata={
            "description": "Five or more lists of seven answers, 1 to 5; null for not answered, at least five in each. "
            "Their order is not kept.",
            "examples": [
                [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4] * 7, [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]
            ],
            "min_length": LEAST_LISTS,
            "max_length": MOST_LISTS,
        }
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(tuple(row) for row in self.answers))
        faults = [*_set_faults(self.answers)]
        if faults:
            raise Invalid.of(faults)


@dataclass(frozen=True, kw_only=True)
class ReadMagnitude:
    """How a group experiences the change: estimated, measured, and the two against each other."""

    initiative_id: InitiativeId = field(metadata=INITIATIVE)
    group_id: GroupId = field(metadata=GROUP)


def answer_faults(answers: Answers, pointer: str) -> Iterable[Fault]:
    """What is wrong with one list of seven, in its order."""
    if len(answers) != ITEMS:
        yield Fault(pointer=pointer, code=Code.OUT_OF_RANGE, detail=f"give {ITEMS} answers, null for not answered")
        return
    for i, answer in enumerate(answers):
        if answer is not None and not LOWEST <= answer <= HIGHEST:
            yield Fault(pointer=f"{pointer}/{i}", code=Code.OUT_OF_RANGE, detail=f"an answer is {LOWEST} to {HIGHEST}")
    if sum(a is not None for a in answers) < LEAST_ANSWERED:
        yield Fault(
            pointer=pointer,
            code=Code.OUT_OF_RANGE,
            detail=f"fewer than {LEAST_ANSWERED} of the {ITEMS} are answered; leave the list out",
        )


def _set_faults(answers: Sequence[Answers]) -> Iterable[Fault]:
    if not LEAST_LISTS <= len(answers) <= MOST_LISTS:
        yield Fault(
            pointer="/answers",
            code=Code.OUT_OF_RANGE,
            detail=f"a pulse is {LEAST_LISTS} to {MOST_LISTS} lists: fewer would show who answered what",
        )
    for i, row in enumerate(answers):
        yield from answer_faults(row, f"/answers/{i}")
