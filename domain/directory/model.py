"""Who and where: the ways in which somebody outside names a person or a school."""

from dataclasses import dataclass, fields
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen

from domain.shared.errors import Code, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class UserId:
    """An id that some other system gave to a person, as OneRoster's userIds have it."""

    type: Annotated[str, MaxLen(200), Examples("State")]
    """The system the id is from."""
    value: Annotated[str, MaxLen(200), Examples("207267")]
    """The id in that system."""


@dataclass(frozen=True, kw_only=True)
class PersonRef:
    """A person, named in exactly one way; the others are left out. Half of a real roster has no e-mail."""

    id: PersonId | None = None
    """Evenkeel's own id."""
    sourced_id: Annotated[str, MinLen(1), MaxLen(200), Examples("207267")] | None = None
    """The roster's sourcedId."""
    identifier: Annotated[str, MinLen(1), MaxLen(200), Examples("207267")] | None = None
    """The employee number."""
    username: Annotated[str, MinLen(1), MaxLen(200)] | None = None
    """The user name, letter case ignored."""
    user_id: UserId | None = None
    """Another system's id."""
    email: Annotated[str, MinLen(1), MaxLen(320)] | None = None
    """The e-mail address, letter case ignored."""

    def __post_init__(self) -> None:
        check_exactly_one(self, "id, sourced_id, identifier, username, user_id or email")


@dataclass(frozen=True, kw_only=True)
class ObserverRef(PersonRef):
    """Who looked: a person of the district, or somebody from outside by name."""

    external_name: Annotated[str, MinLen(1), MaxLen(200), Examples("Visiting coach")] | None = None
    """An observer who is not in the roster."""

    def __post_init__(self) -> None:
        check_exactly_one(self, "id, sourced_id, identifier, username, user_id, email or external_name")


@dataclass(frozen=True, kw_only=True)
class SchoolRef:
    """A school, named in exactly one way."""

    id: SchoolId | None = None
    """Evenkeel's own id."""
    sourced_id: Annotated[str, MinLen(1), MaxLen(200), Examples("255901001")] | None = None
    """The roster's sourcedId."""
    identifier: Annotated[str, MinLen(1), MaxLen(200), Examples("255901001")] | None = None
    """The roster's identifier."""

    def __post_init__(self) -> None:
        check_exactly_one(self, "id, sourced_id or identifier")


_IDENTIFIER_KINDS: dict[type, tuple[str, ...]] = {}


def _identifier_kinds(kind: type) -> tuple[str, ...]:
    if kind not in _IDENTIFIER_KINDS:
        _IDENTIFIER_KINDS[kind] = tuple(f.name for f in fields(kind))
    return _IDENTIFIER_KINDS[kind]


def check_exactly_one(ref: PersonRef | SchoolRef, names: str) -> None:
    """Refuse a reference that names its thing in no way or in several."""
    ways, values = _identifier_kinds(type(ref)), vars(ref)
    given = len(ways) - [values[name] for name in ways].count(None)
    if given != 1:
        raise Invalid.at("", Code.EXACTLY_ONE, f"give exactly one of {names}; this has {given}")


def identifier_of(ref: PersonRef | SchoolRef) -> tuple[str, str]:
    """How ``ref`` names its thing, and the text it gives: ``('email', 'a@b.org')``. Letter case as :func:`folded` has it."""
    values = vars(ref)
    held: tuple[str, str] | None = values.get(
        "_identifier"
    )  # kept beside the members: a batch asks three times of each reference
    if held is None:
        held = values["_identifier"] = _identifier_of(ref, values)
    return held


def _identifier_of(ref: PersonRef | SchoolRef, values: dict[str, Any]) -> tuple[str, str]:
    for name in _identifier_kinds(type(ref)):
        value = values[name]
        if value is None:
            continue
        if isinstance(value, UserId):
            return "user_id", f"{value.type}\x1f{value.value}"
        return name, fold_case(name, str(value))
    raise AssertionError("a reference names exactly one thing")


def fold_case(name: str, value: str) -> str:
    """E-mail addresses and user names are compared without letter case; everything else as written."""
    return value.casefold() if name in CASE_INSENSITIVE else value


CASE_INSENSITIVE = frozenset({"email", "username"})
