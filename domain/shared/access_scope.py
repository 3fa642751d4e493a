"""What one actor may do one action to: how far it reaches among the district's things, and whom the actor may name."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.shared.ids import PersonId, SchoolId


@dataclass(frozen=True, kw_only=True)
class AccessScope:
    """Everything of the district, or what is about these people, at these schools, from this origin. Empty: nothing."""

    everything: bool = False
    people: frozenset[PersonId] = frozenset()
    schools: frozenset[SchoolId] = frozenset()
    origin: str | None = None

    def covers(self, person_id: PersonId) -> bool:
        """Return whether records about `person_id` are within the scope."""
        return self.everything or person_id in self.people

    def covers_pushed(self, origin: str, person_id: PersonId) -> bool:
        """Return whether a record about `person_id` that `origin` pushed is within the scope."""
        return self.covers(person_id) or (self.origin is not None and origin == self.origin)

    @property
    def people_filter(self) -> tuple[PersonId, ...] | None:
        """The people to whom a query is narrowed; None when it is not narrowed."""
        return None if self.everything else tuple(sorted(self.people))

    def filter_people(self, people: Iterable[PersonId]) -> tuple[PersonId, ...]:
        """Those of ``people`` who lie within the scope, in their order."""
        return tuple(person for person in people if self.covers(person))


EVERYTHING = AccessScope(everything=True)
NOTHING = AccessScope()


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What ``domain.permissions.rules.authorize`` gives for one action: a unit of work opened with it finds nothing beyond it.

    ``scope``: the things that the action reaches. ``directory``: the people whom the actor may look up or name, with those who
    hold one of ``nameable`` (roles by their value) wherever they work.
    """

    action: str
    scope: AccessScope
    directory: AccessScope
    nameable: frozenset[str] = frozenset()


NO_PERMISSION = Permission(action="", scope=NOTHING, directory=NOTHING)
"""For what is read before anybody is known: a unit of work opened with it finds no thing and no person."""
