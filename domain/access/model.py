"""Who is asked about, what a row of the policy says, and what comes of it for one actor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.shared.context import Scope
from domain.shared.ids import PersonId, SchoolId


class Who(StrEnum):
    """In which capacity somebody asks. A person has all that fit; a machine, an operator, exactly one."""

    OPERATOR = "operator"
    """Somebody at the server's own command line."""
    CLIENT = "client"
    """A machine of the district: a partner's, or an application that the district runs itself."""
    ANYBODY = "anybody"
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


class Reach(StrEnum):
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


class About(StrEnum):
    """What an act is done to. Of a thing that nobody can reach it is *not found*; the district itself is known to all: 403."""

    DISTRICT = "district"
    THING = "thing"


Reaches = Mapping[Who, frozenset[Reach]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the policy.

    ``act`` is the use case's name. ``scopes`` are needed all. ``reaches`` says who, and how far; who is not named, not at
    all. ``reveals``: it shows evidence about a leader or what is computed from it, which the purpose lock is about.
    ``knows``: a scope that makes of a machine's own origin the whole district.
    """

    act: str
    scopes: tuple[Scope, ...]
    about: About
    reaches: Reaches
    reveals: bool = False
    knows: Scope | None = None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one actor may do one act to: everything, or what is about these people, at these schools, from this origin."""

    everything: bool = False
    people: frozenset[PersonId] = frozenset()
    schools: frozenset[SchoolId] = frozenset()
    origin: str | None = None

    def of(self, person_id: PersonId) -> bool:
        """Whether what is about that person is within sight."""
        return self.everything or person_id in self.people

    def pushed(self, origin: str, about: PersonId) -> bool:
        """Whether a thing about ``about`` that ``origin`` pushed is within sight."""
        return self.of(about) or (self.origin is not None and origin == self.origin)

    @property
    def only(self) -> tuple[PersonId, ...] | None:
        """The people to whom a list is narrowed; None when it is not."""
        return None if self.everything else tuple(sorted(self.people))

    def among(self, people: Iterable[PersonId]) -> tuple[PersonId, ...]:
        """Those of ``people`` who are within sight, in their order."""
        return tuple(person for person in people if self.of(person))
