"""Requests about initiatives and groups (openapi/README.md 12.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Ge, Interval, MaxLen, MinLen

from domain.change.model import GroupRole, Stakes
from domain.directory.model import PersonRef, SchoolRef
from domain.observations.commands import normalized_version, version_errors
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples, Pattern
from domain.shared.ids import GroupId, InitiativeId, PersonId
from domain.shared.paging import DEFAULT_LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class DescribeInitiative:
    """The description of an initiative."""

    leader: Annotated[PersonRef, Examples({"sourced_id": "207267"})]
    """The leader whose initiative it is."""
    title: Annotated[str, MinLen(1), MaxLen(200), Examples("Common formative assessment in every course")]
    """Its name."""
    focus_area: Annotated[str, MinLen(1), MaxLen(200)] | None = None
    """What the initiative is to improve; absent: not stated."""
    practice: Annotated[str, MinLen(1), MaxLen(500)] | None = None
    """The practice it brings; absent: not stated."""
    school: Annotated[SchoolRef, Examples({"sourced_id": "255901001"})] | None = None
    """The school; absent: the initiative is not of one school."""
    starts_on: Annotated[date, Examples("2026-08-17")] | None = None
    """First day; absent: not set."""
    ends_on: Annotated[date, Examples("2027-05-28")] | None = None
    """Last day; absent: not set."""
    decide_by: Annotated[date, Examples("2026-12-20")] | None = None
    """When the decision is due; absent: no deadline."""
    stakes: Annotated[Stakes, Examples("high")] | None = None
    """How much depends on the quality of the decision; absent: not stated."""
    goal_tied_to_student_learning: bool
    """Whether its goal is tied to what students learn."""
    about_teaching_and_learning: bool
    """Whether the decision is about teaching and learning."""

    def __post_init__(self) -> None:
        errors = [*self._errors()]
        if errors:
            raise Invalid.of(errors)

    def _errors(self) -> Iterable[FieldError]:
        if self.starts_on is not None and self.ends_on is not None and self.ends_on < self.starts_on:
            yield FieldError(
                pointer="/ends_on", code=Code.OUT_OF_RANGE, detail="ends_on is before starts_on; correct one of the two"
            )


@dataclass(frozen=True, kw_only=True)
class CreateInitiative(DescribeInitiative):
    """Create an initiative; the same external_id again means the same initiative."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")] | None = None
    """The sender's own id of this object; with it a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """1 to 18 digits, compared as a number; a change needs a higher version. Absent with an external_id: 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "external_version", normalized_version(self.external_id, self.external_version))

    def _errors(self) -> Iterable[FieldError]:
        yield from version_errors(self.external_id, self.external_version)
        yield from super()._errors()


@dataclass(frozen=True, kw_only=True)
class EditInitiative(DescribeInitiative):
    """Replace the description of an initiative as a whole: a member that is left out is no longer set."""

    initiative_id: InitiativeId
    """The initiative."""
    expected_version: Annotated[int, Ge(1), Examples(1)]
    """The version to change, as it was read."""


@dataclass(frozen=True, kw_only=True)
class ReadInitiative:
    """Read one initiative."""

    initiative_id: InitiativeId
    """The initiative."""


@dataclass(frozen=True, kw_only=True)
class ListInitiatives:
    """List initiatives, newest first: by descending id."""

    leader_id: PersonId | None = None
    """Only initiatives of this leader; absent: of all."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class DescribeGroup:
    """The description of a group: people who are expected to experience a change alike."""

    initiative_id: InitiativeId
    """The initiative."""
    name: Annotated[str, MinLen(1), MaxLen(200), Examples("core teachers")]
    """Its name."""
    size: Annotated[int, Interval(ge=1, le=100000), Examples(14)]
    """Number of people."""
    role: Annotated[GroupRole, Examples("implementing")]
    """The group's part in the change."""
    must_change_practice: bool | None = None
    """Whether the group must change its own practice; absent: not known."""


@dataclass(frozen=True, kw_only=True)
class CreateGroup(DescribeGroup):
    """Add a group to an initiative; the same external_id again means the same group."""

    external_id: Annotated[str, MinLen(1), MaxLen(200), Examples("walk-4711")] | None = None
    """The sender's own id of this object; with it a repeated push is recognised."""
    external_version: Annotated[str, Pattern(r"^[0-9]{1,18}$"), Examples("1")] | None = None
    """1 to 18 digits, compared as a number; a change needs a higher version. Absent with an external_id: 1."""

    def __post_init__(self) -> None:
        errors = version_errors(self.external_id, self.external_version)
        if errors:
            raise Invalid.of(errors)
        object.__setattr__(self, "external_version", normalized_version(self.external_id, self.external_version))


@dataclass(frozen=True, kw_only=True)
class EditGroup(DescribeGroup):
    """Replace the description of a group; its estimate, phases and pulses stay."""

    group_id: GroupId
    """The group."""
    expected_version: Annotated[int, Ge(1), Examples(1)]
    """The version to change, as it was read."""


@dataclass(frozen=True, kw_only=True)
class ReadGroup:
    """Read one group of an initiative."""

    initiative_id: InitiativeId
    """The initiative."""
    group_id: GroupId
    """The group."""


@dataclass(frozen=True, kw_only=True)
class ListGroups:
    """List the groups of an initiative in the order they were added: by ascending id."""

    initiative_id: InitiativeId
    """The initiative."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """Page size, 1 to 100."""
    cursor: str | None = None
    """The next_cursor of the previous page."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
