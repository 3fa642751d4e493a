"""What is asked of the directory."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, MaxLen

from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import PersonId, SchoolId
from domain.shared.paging import DEFAULT_LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ListPeople:
    """Members of staff, present and past, by family_name, given_name and id. Several filters narrow it down together."""

    sourced_id: Annotated[str, MaxLen(200), Examples("207267")] | None = None
    """Only who has this sourcedId."""
    identifier: Annotated[str, MaxLen(200), Examples("207267")] | None = None
    """Only who has this employee number."""
    username: Annotated[str, MaxLen(200)] | None = None
    """Only who has this user name, letter case ignored."""
    email: Annotated[str, MaxLen(320)] | None = None
    """Only who has this e-mail address, letter case ignored."""
    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)
        asked = [name for name in ("sourced_id", "identifier", "username", "email") if "\x00" in (getattr(self, name) or "")]
        if asked:
            detail = "a text without the character NUL; nothing held has it"
            raise Invalid.of(FieldError(pointer=f"/{name}", code=Code.MALFORMED, detail=detail) for name in asked)


@dataclass(frozen=True, kw_only=True)
class ReadPerson:
    """One member of staff."""

    person_id: PersonId
    """The person."""


@dataclass(frozen=True, kw_only=True)
class ListSchools:
    """Schools, present and past, by name and id."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadSchool:
    """One school."""

    school_id: SchoolId
    """The school."""


@dataclass(frozen=True, kw_only=True)
class ListLeaders:
    """Who holds or held principal or assistant_principal, by family_name, given_name and id."""

    limit: Annotated[int, Interval(ge=1, le=100), Examples(50)] = DEFAULT_LIMIT
    """How many, 1 to 100."""
    cursor: str | None = None
    """Where to go on: next_cursor of the page before."""

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadLeader:
    """One leader."""

    leader_id: PersonId
    """The leader: the person's id."""
