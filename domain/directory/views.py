"""What is shown of schools and people: no more than the roster may keep (openapi/README.md 7.1)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.shared.fields import Examples
from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import Role


@dataclass(frozen=True, kw_only=True)
class SchoolView:
    """A school of the district."""

    id: SchoolId
    """Evenkeel's id."""
    sourced_id: str | None
    """The roster's sourcedId; null when made by hand."""
    identifier: str | None
    """The roster's identifier, often the state's number."""
    name: Annotated[str, Examples("Grand Bend Elementary School")]
    """Its name."""
    active: bool
    """Whether the roster still lists it."""


@dataclass(frozen=True, kw_only=True)
class UserIdView:
    """An id that some other system gave to a person."""

    type: Annotated[str, Examples("State")]
    """The system the id is from."""
    value: Annotated[str, Examples("207267")]
    """The id in that system."""


@dataclass(frozen=True, kw_only=True)
class AssignmentView:
    """A role of a person somewhere, now or before."""

    school_id: SchoolId | None
    """Where; null when it is no school but the district, say."""
    org_name: Annotated[str, Examples("Grand Bend High School")]
    """What the place is called."""
    org_type: Annotated[str, Examples("school")]
    """What the place is, in the roster's word."""
    role_type: Annotated[str, Examples("primary")]
    """primary or secondary, as the roster has it."""
    role_sent: Annotated[str, Examples("siteAdministrator")]
    """The role in the roster's word."""
    role: Role | None
    """What Evenkeel takes the role for; null until it is mapped."""
    active: bool
    """Whether the roster still lists it."""
    begins_on: date | None
    """From when, if the roster says so."""
    ends_on: date | None
    """Until when, if the roster says so."""


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A member of the district's staff, present or past."""

    id: PersonId
    """Evenkeel's id; a leader's id is this one."""
    sourced_id: str | None
    """The roster's sourcedId; null when made by hand."""
    given_name: str
    """Given name."""
    middle_name: str | None
    """Middle name."""
    family_name: str
    """Family name."""
    preferred_given_name: str | None
    """The given name the person goes by."""
    preferred_middle_name: str | None
    """The middle name the person goes by."""
    preferred_family_name: str | None
    """The family name the person goes by."""
    email: str | None
    """E-mail address; many have none."""
    username: str | None
    """User name."""
    identifier: str | None
    """Employee number."""
    user_ids: tuple[UserIdView, ...]
    """Ids in other systems, by type and value."""
    enabled: bool
    """Whether the roster lets the account be used."""
    active: bool
    """Whether the roster still lists the person."""
    is_leader: bool
    """Whether the person holds or held principal or assistant_principal."""
    assignments: tuple[AssignmentView, ...]
    """Roles, those of today first."""


@dataclass(frozen=True, kw_only=True)
class LeaderView:
    """A person who holds or held principal or assistant_principal."""

    id: PersonId
    """The person's id."""
    sourced_id: str | None
    """The roster's sourcedId; null when made by hand."""
    given_name: str
    """Given name."""
    family_name: str
    """Family name."""
    preferred_given_name: str | None
    """The given name the person goes by."""
    preferred_family_name: str | None
    """The family name the person goes by."""
    active: bool
    """Whether the roster still lists the person."""
    leads_now: bool
    """Whether the person holds one of the two roles today."""
    school_ids: tuple[SchoolId, ...]
    """Schools led today, by name."""
    former_school_ids: tuple[SchoolId, ...]
    """Schools led before and not today, by name."""
