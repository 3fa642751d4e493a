"""What is asked of the directory."""

from dataclasses import dataclass, field

from domain.shared.errors import Code, Fault, Invalid
from domain.shared.ids import PersonId, SchoolId
from domain.shared.paging import CURSOR, DEFAULT_LIMIT, LIMIT, check_limit


@dataclass(frozen=True, kw_only=True)
class ListPeople:
    """Members of staff, present and past, by family_name, given_name and id. Several filters narrow it down together."""

    sourced_id: str | None = field(
        default=None,
        metadata={"description": "Only who has this sourcedId.", "examples": ["207267"], "max_length": 200},
    )
    identifier: str | None = field(
        default=None,
        metadata={"description": "Only who has this employee number.", "examples": ["207267"], "max_length": 200},
    )
    username: str | None = field(
        default=None, metadata={"description": "Only who has this user name, letter case ignored.", "max_length": 200}
    )
    email: str | None = field(
        default=None, metadata={"description": "Only who has this e-mail address, letter case ignored.", "max_length": 320}
    )
    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)
        asked = [name for name in ("sourced_id", "identifier", "username", "email") if "\x00" in (getattr(self, name) or "")]
        if asked:
            detail = "a text without the character NUL; nothing held has it"
            raise Invalid.of(Fault(pointer=f"/{name}", code=Code.MALFORMED, detail=detail) for name in asked)


@dataclass(frozen=True, kw_only=True)
class ReadPerson:
    """One member of staff."""

    person_id: PersonId = field(metadata={"description": "The person."})


@dataclass(frozen=True, kw_only=True)
class ListSchools:
    """Schools, present and past, by name and id."""

    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadSchool:
    """One school."""

    school_id: SchoolId = field(metadata={"description": "The school."})


@dataclass(frozen=True, kw_only=True)
class ListLeaders:
    """Who holds or held principal or assistant_principal, by family_name, given_name and id."""

    limit: int = field(default=DEFAULT_LIMIT, metadata=LIMIT)
    cursor: str | None = field(default=None, metadata=CURSOR)

    def __post_init__(self) -> None:
        check_limit(self.limit)


@dataclass(frozen=True, kw_only=True)
class ReadLeader:
    """One leader."""

    leader_id: PersonId = field(metadata={"description": "The leader: the person's id."})
