"""Who and where: the ways in which somebody outside names a person or a school."""

from dataclasses import dataclass, field, fields
from typing import Any

from domain.shared.errors import Code, Invalid
from domain.shared.ids import PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class UserId:
    """An id that some other system gave to a person, as OneRoster's userIds have it."""

    type: str = field(metadata={"description": "The system the id is from.", "examples": ["State"], "max_length": 200})
    value: str = field(metadata={"description": "The id in that system.", "examples": ["207267"], "max_length": 200})


@dataclass(frozen=True, kw_only=True)
class PersonRef:
    """A person, named in exactly one way; the others are left out. Half of a real roster has no e-mail."""

    id: PersonId | None = field(default=None, metadata={"description": "Evenkeel's own id."})
    sourced_id: str | None = field(
        default=None,
        metadata={"description": "The roster's sourcedId.", "examples": ["207267"], "max_length": 200, "min_length": 1},
    )
    identifier: str | None = field(
        default=None,
        metadata={"description": "The employee number.", "examples": ["207267"], "max_length": 200, "min_length": 1},
    )
    username: str | None = field(
        default=None,
        metadata={"description": "The user name, letter case ignored.", "max_length": 200, "min_length": 1},
    )
    user_id: UserId | None = field(default=None, metadata={"description": "Another system's id."})
    email: str | None = field(
        default=None,
        metadata={"description": "The e-mail address, letter case ignored.", "max_length": 320, "min_length": 1},
    )

    def __post_init__(self) -> None:
        exactly_one(self, "id, sourced_id, identifier, username, user_id or email")


@dataclass(frozen=True, kw_only=True)
class ObserverRef(PersonRef):
    """Who looked: a person of the district, or somebody from outside by name."""

    external_name: str | None = field(
        default=None,
        metadata={
            "description": "An observer who is not in the roster.",
            "examples": ["Visiting coach"],
            "max_length": 200,
            "min_length": 1,
        },
    )

    def __post_init__(self) -> None:
        exactly_one(self, "id, sourced_id, identifier, username, user_id, email or external_name")


@dataclass(frozen=True, kw_only=True)
class SchoolRef:
    """A school, named in exactly one way."""

    id: SchoolId | None = field(default=None, metadata={"description": "Evenkeel's own id."})
    sourced_id: str | None = field(
        default=None,
        metadata={"description": "The roster's sourcedId.", "examples": ["255901001"], "max_length": 200, "min_length": 1},
    )
    identifier: str | None = field(
        default=None,
        metadata={"description": "The roster's identifier.", "examples": ["255901001"], "max_length": 200, "min_length": 1},
    )

    def __post_init__(self) -> None:
        exactly_one(self, "id, sourced_id or identifier")


_WAYS: dict[type, tuple[str, ...]] = {}


def _ways(kind: type) -> tuple[str, ...]:
    if kind not in _WAYS:
        _WAYS[kind] = tuple(f.name for f in fields(kind))
    return _WAYS[kind]


def exactly_one(ref: PersonRef | SchoolRef, names: str) -> None:
    """Refuse a reference that names its thing in no way or in several."""
    ways, values = _ways(type(ref)), vars(ref)
    given = len(ways) - [values[name] for name in ways].count(None)
    if given != 1:
        raise Invalid.at("", Code.EXACTLY_ONE, f"give exactly one of {names}; this has {given}")


def way(ref: PersonRef | SchoolRef) -> tuple[str, str]:
    """How ``ref`` names its thing, and the text it gives: ``('email', 'a@b.org')``. Letter case as :func:`folded` has it."""
    values = vars(ref)
    held: tuple[str, str] | None = values.get("_way")  # kept beside the members: a batch asks three times of each reference
    if held is None:
        held = values["_way"] = _way(ref, values)
    return held


def _way(ref: PersonRef | SchoolRef, values: dict[str, Any]) -> tuple[str, str]:
    for name in _ways(type(ref)):
        value = values[name]
        if value is None:
            continue
        if isinstance(value, UserId):
            return "user_id", f"{value.type}\x1f{value.value}"
        return name, folded(name, str(value))
    raise AssertionError("a reference names exactly one thing")


def folded(name: str, value: str) -> str:
    """E-mail addresses and user names are compared without letter case; everything else as written."""
    return value.casefold() if name in FOLDED else value


FOLDED = frozenset({"email", "username"})
