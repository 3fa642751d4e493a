"""In which capacity somebody asks, how far an action reaches, and what a row of the policy says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.shared.context import Scope
from domain.shared.roles import Role


class Capacity(StrEnum):
    """In which capacity somebody asks. A person has all that fit; a machine, an operator, exactly one."""

    OPERATOR = "operator"
    """Somebody at the server's own command line, and the service's own work in the background."""
    ANONYMOUS = "visitor"
    """Whoever uses the sign-in pages, before anybody is signed in."""
    CLIENT = "client"
    """A machine of the district: a partner's, or an application that the district runs itself."""
    SIGNED_IN = "anybody"
    """Everyone who signed in."""
    LEADER = "leader"
    """Who leads or led a school."""
    SUPERVISOR = "supervisor"
    """Who holds supervisor, or stands in the district's list of supervision with a role that may."""
    COACH = "coach"
    """With whom a leader shares at this moment."""
    DISTRICT_ADMIN = "district_admin"
    """To whom that role was granted; what a roster says opens no door."""
    RESEARCHER = "researcher"
    """To whom that role was granted: for de-identified results alone."""


class DataScope(StrEnum):
    """How far an act goes."""

    DISTRICT = "district"
    """Everything of the district."""
    ORIGIN = "origin"
    """What the same system pushed; of people, what they wrote themselves."""
    OWN = "own"
    """What is about oneself."""
    SUPERVISED = "supervised"
    """What is about the leaders one supervises."""
    SHARED = "shared"
    """What is about the leaders who share with one."""
    SCHOOL = "school"
    """The people of the schools where one works."""


class PolicyTarget(StrEnum):
    """What an act is done to. Of a thing that nobody can reach it is *not found*; the district itself is known to all: 403."""

    DISTRICT = "district"
    RECORD = "thing"


DataScopes = Mapping[Capacity, frozenset[DataScope]]


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """One line of the policy.

    ``act`` is the use case's name. ``scopes`` are needed all. ``reaches`` says who, and how far; who is not named, not at
    all. ``knows``: a scope that makes of a machine's own origin the whole district. ``nameable``: people who hold one of these
    roles may be named by the action though the actor's directory does not show them.
    """

    action: str
    scopes: tuple[Scope, ...]
    target: PolicyTarget
    data_scopes: DataScopes
    widening_scope: Scope | None = None
    nameable: frozenset[Role] = frozenset()
