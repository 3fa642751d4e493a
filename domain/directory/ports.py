"""What the directory's readers need of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.directory.clients import RegisteredClient
from domain.directory.commands import ListPeople
from domain.directory.model import PersonRef, SchoolRef
from domain.directory.registered import ClientView, DistrictView
from domain.directory.views import LeaderView, PersonView, SchoolView
from domain.directory.years import SchoolYear
from domain.framework.configuration import Configuration
from domain.shared.context import Unit
from domain.shared.ids import DistrictId, PersonId, SchoolId
from domain.shared.paging import Key


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person as rules about references need them."""

    id: PersonId
    is_leader: bool
    may_supervise: bool


class References(Protocol):
    """Finds people and schools by what others call them, many at once."""

    async def people(self, refs: Sequence[PersonRef]) -> Mapping[tuple[str, str], tuple[Known, ...]]:
        """For each way of naming (``directory.model.way``) the people it fits: none, one or several."""
        ...

    async def schools(self, refs: Sequence[SchoolRef]) -> Mapping[tuple[str, str], tuple[SchoolId, ...]]:
        """For each way of naming the schools it fits."""
        ...

    async def time_zone(self) -> str:
        """The district's IANA time zone."""
        ...


class Registry(Protocol):
    """Districts and the clients of the district. Only ``find_district`` is open to those who serve; the rest is the owner's."""

    async def find_district(self, district_id: DistrictId) -> DistrictView | None:
        """The district of that id."""
        ...

    async def school_years(self) -> Sequence[SchoolYear]:
        """The school years that the roster has now."""
        ...

    async def add_district(self, district: DistrictView, basis: Configuration, at: datetime) -> None:
        """Keep a new district, and the basis its tallies begin with; the unit stands in the new district from here on."""
        ...

    async def add_client(self, client: RegisteredClient, at: datetime) -> None:
        """Keep a new client of its one district."""
        ...

    async def find_client(self, client_id: str, *, anywhere: bool = False) -> ClientView | None:
        """The client of that id if it is one of this district's, or of any; locked until the unit ends."""
        ...

    async def enable_client(self, client_id: str) -> None:
        """Let the client into this district, if it is not in yet."""
        ...

    async def disable_client(self, client_id: str) -> None:
        """Let the client into this district no more."""
        ...

    async def is_elsewhere(self, client_id: str) -> bool:
        """Whether other districts use the client too."""
        ...

    async def revoke_client(self, client_id: str, at: datetime) -> None:
        """Let the client in no more."""
        ...


class RegistryUnit(Unit, Protocol):
    """One transaction over districts and clients."""

    @property
    def registry(self) -> Registry:
        """Districts and the clients of the district."""
        ...


class PeopleReader(Protocol):
    """The district's people and schools as they are shown. ``after`` is the key of the last row of the page before."""

    async def page(self, cmd: ListPeople, rows: int, after: Key | None) -> Sequence[PersonView]:
        """Up to ``rows`` people that fit the filters of ``cmd``, by family name, given name and id."""
        ...

    async def find(self, person_id: PersonId) -> PersonView | None:
        """The person of that id."""
        ...

    async def schools(self, rows: int, after: Key | None) -> Sequence[SchoolView]:
        """Up to ``rows`` schools, by name and id."""
        ...

    async def school(self, school_id: SchoolId) -> SchoolView | None:
        """The school of that id."""
        ...

    async def leaders(self, rows: int, after: Key | None) -> Sequence[LeaderView]:
        """Up to ``rows`` people who lead or led a school, by family name, given name and id."""
        ...

    async def leader(self, leader_id: PersonId) -> LeaderView | None:
        """The leader of that id; none for anybody who never was one."""
        ...


class DirectoryUnit(Unit, Protocol):
    """One transaction over people and schools."""

    @property
    def people(self) -> PeopleReader:
        """The district's people and schools."""
        ...
