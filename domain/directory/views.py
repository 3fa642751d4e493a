"""What is shown of schools and people: no more than the roster may keep (openapi/README.md 7.1)."""

from dataclasses import dataclass, field
from datetime import date

from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import Role


@dataclass(frozen=True, kw_only=True)
class SchoolView:
    """A school of the district."""

    id: SchoolId = field(metadata={"description": "Evenkeel's id."})
    sourced_id: str | None = field(metadata={"description": "The roster's sourcedId; null when made by hand."})
    identifier: str | None = field(metadata={"description": "The roster's identifier, often the state's number."})
    name: str = field(metadata={"description": "Its name.", "examples": ["Grand Bend Elementary School"]})
    active: bool = field(metadata={"description": "Whether the roster still lists it."})


@dataclass(frozen=True, kw_only=True)
class UserIdView:
    """An id that some other system gave to a person."""

    type: str = field(metadata={"description": "The system the id is from.", "examples": ["State"]})
    value: str = field(metadata={"description": "The id in that system.", "examples": ["207267"]})


@dataclass(frozen=True, kw_only=True)
class AssignmentView:
    """A role of a person somewhere, now or before."""

    school_id: SchoolId | None = field(metadata={"description": "Where; null when it is no school but the district, say."})
    org_name: str = field(metadata={"description": "What the place is called.", "examples": ["Grand Bend High School"]})
    org_type: str = field(metadata={"description": "What the place is, in the roster's word.", "examples": ["school"]})
    role_type: str = field(metadata={"description": "primary or secondary, as the roster has it.", "examples": ["primary"]})
    role_sent: str = field(metadata={"description": "The role in the roster's word.", "examples": ["siteAdministrator"]})
    role: Role | None = field(metadata={"description": "What Evenkeel takes the role for; null until it is mapped."})
    active: bool = field(metadata={"description": "Whether the roster still lists it."})
    begins_on: date | None = field(metadata={"description": "From when, if the roster says so."})
    ends_on: date | None = field(metadata={"description": "Until when, if the roster says so."})


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A member of the district's staff, present or past."""

    id: PersonId = field(metadata={"description": "Evenkeel's id; a leader's id is this one."})
    sourced_id: str | None = field(metadata={"description": "The roster's sourcedId; null when made by hand."})
    given_name: str = field(metadata={"description": "Given name."})
    middle_name: str | None = field(metadata={"description": "Middle name."})
    family_name: str = field(metadata={"description": "Family name."})
    preferred_given_name: str | None = field(metadata={"description": "The given name the person goes by."})
    preferred_middle_name: str | None = field(metadata={"description": "The middle name the person goes by."})
    preferred_family_name: str | None = field(metadata={"description": "The family name the person goes by."})
    email: str | None = field(metadata={"description": "E-mail address; many have none."})
    username: str | None = field(metadata={"description": "User name."})
    identifier: str | None = field(metadata={"description": "Employee number."})
    user_ids: tuple[UserIdView, ...] = field(metadata={"description": "Ids in other systems, by type and value."})
    enabled: bool = field(metadata={"description": "Whether the roster lets the account be used."})
    active: bool = field(metadata={"description": "Whether the roster still lists the person."})
    is_leader: bool = field(metadata={"description": "Whether the person holds or held principal or assistant_principal."})
    assignments: tuple[AssignmentView, ...] = field(metadata={"description": "Roles, those of today first."})


@dataclass(frozen=True, kw_only=True)
class LeaderView:
    """A person who holds or held principal or assistant_principal."""

    id: PersonId = field(metadata={"description": "The person's id."})
    sourced_id: str | None = field(metadata={"description": "The roster's sourcedId; null when made by hand."})
    given_name: str = field(metadata={"description": "Given name."})
    family_name: str = field(metadata={"description": "Family name."})
    preferred_given_name: str | None = field(metadata={"description": "The given name the person goes by."})
    preferred_family_name: str | None = field(metadata={"description": "The family name the person goes by."})
    active: bool = field(metadata={"description": "Whether the roster still lists the person."})
    leads_now: bool = field(metadata={"description": "Whether the person holds one of the two roles today."})
    school_ids: tuple[SchoolId, ...] = field(metadata={"description": "Schools led today, by name."})
    former_school_ids: tuple[SchoolId, ...] = field(metadata={"description": "Schools led before and not today, by name."})
