"""What the directory's readers need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.directory.client_commands import ClientView, DistrictView
from domain.directory.commands import ListPeople
from domain.directory.district_lookup import AddressKind, DistrictAddress, FoundDistrict
from domain.directory.model import PersonRef, SchoolRef
from domain.directory.oauth_clients import RegisteredClient
from domain.directory.school_years import SchoolYear
from domain.directory.views import LeaderView, PersonView, SchoolView
from domain.framework.configuration import Configuration
from domain.shared.context import UnitOfWork
from domain.shared.ids import DistrictId, PersonId, SchoolId
from domain.shared.paging import Key


@dataclass(frozen=True, kw_only=True)
class ReferencedPerson:
    """A person as rules about references need them."""

    id: PersonId
    is_leader: bool
    may_supervise: bool


class References(Protocol):
    """Resolves references to people and schools, many at once. Those outside the permission are not found."""

    async def people(self, refs: Sequence[PersonRef]) -> Mapping[tuple[str, str], tuple[ReferencedPerson, ...]]:
        """Return for each identifier the people that match it: none, one or several.

        They are those in the actor's directory, and those whom the action allows to be named besides. The id and the sourcedId
        of a merged record resolve to the person whose record remains: `ReferencedPerson.id` is theirs.
        """
        ...

    async def people_in_scope(self, refs: Sequence[PersonRef]) -> Mapping[tuple[str, str], tuple[ReferencedPerson, ...]]:
        """Return the same for those within the access scope of the action."""
        ...

    async def people_in_scope_and_others(
        self, in_scope: Sequence[PersonRef], others: Sequence[PersonRef]
    ) -> tuple[Mapping[tuple[str, str], tuple[ReferencedPerson, ...]], Mapping[tuple[str, str], tuple[ReferencedPerson, ...]]]:
        """Return `people_in_scope` of `in_scope` and `people` of `others`, in one round trip."""
        ...

    async def schools(self, refs: Sequence[SchoolRef]) -> Mapping[tuple[str, str], tuple[SchoolId, ...]]:
        """For each way of naming the schools it fits."""
        ...

    async def time_zone(self) -> str:
        """The district's IANA time zone."""
        ...


class Supervisors(Protocol):
    """Who supervises whom, as the district says it."""

    async def of(self, leader_id: PersonId) -> Collection[PersonId]:
        """Who supervises that leader; nobody where the district has not said."""
        ...


class DistrictRegistry(Protocol):
    """Districts and the clients of the district. What only finds is open to those who serve; the rest is the owner's."""

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

    async def find_client(self, client_id: str, *, in_any_district: bool = False) -> ClientView | None:
        """The client of that id if it is one of this district's, or of any; locked until the unit ends."""
        ...

    async def enable_client(self, client_id: str) -> None:
        """Let the client into this district, if it is not in yet."""
        ...

    async def disable_client(self, client_id: str) -> None:
        """Let the client into this district no more."""
        ...

    async def is_used_elsewhere(self, client_id: str) -> bool:
        """Whether other districts use the client too."""
        ...

    async def revoke_client(self, client_id: str, at: datetime) -> None:
        """Let the client in no more."""
        ...

    async def put_client_secret(self, client_id: str, digest: bytes) -> None:
        """Let the client in by the secret of this digest, and by no other."""
        ...

    async def find_address(self, kind: AddressKind, value: str) -> FoundDistrict | None:
        """The district that is found by this address and has a slug; open to those who serve."""
        ...

    async def slug_of(self, district_id: DistrictId) -> str | None:
        """The first of the district's slugs; open to those who serve."""
        ...

    async def districts_of_portal(self, portal: str) -> Sequence[FoundDistrict]:
        """Districts with a tenant whose name begins with ``portal`` and a colon; open to those who serve."""
        ...

    async def addresses(self, district_id: DistrictId) -> Sequence[DistrictAddress]:
        """By what the district is found, by kind and value."""
        ...

    async def add_address(self, address: DistrictAddress, district_id: DistrictId) -> bool:
        """Keep an address; False when it is another district's."""
        ...

    async def remove_address(self, address: DistrictAddress, district_id: DistrictId) -> None:
        """Forget an address, if the district has it."""
        ...


class RegistryUnit(UnitOfWork, Protocol):
    """One transaction over districts and clients."""

    @property
    def registry(self) -> DistrictRegistry:
        """Districts and the clients of the district."""
        ...


class LeaderReader(Protocol):
    """One leader as the actor's directory shows them."""

    async def leader(self, leader_id: PersonId) -> LeaderView | None:
        """The leader of that id, if within the actor's directory; none for anybody who never was one."""
        ...


class PeopleReader(LeaderReader, Protocol):
    """The district's people and schools as they are shown. ``after`` is the key of the last row of the page before."""

    async def page(self, cmd: ListPeople, rows: int, after: Key | None) -> Sequence[PersonView]:
        """Up to ``rows`` people of the actor's directory that fit the filters of ``cmd``, by family name, given name and id."""
        ...

    async def find(self, person_id: PersonId) -> PersonView | None:
        """The person of that id, if within the actor's directory."""
        ...

    async def schools(self, rows: int, after: Key | None) -> Sequence[SchoolView]:
        """Up to ``rows`` schools, by name and id."""
        ...

    async def school(self, school_id: SchoolId) -> SchoolView | None:
        """The school of that id."""
        ...

    async def leaders(self, rows: int, after: Key | None) -> Sequence[LeaderView]:
        """Up to ``rows`` people within the actor's directory who lead or led a school, by family name, given name and id."""
        ...


class DirectoryUnit(UnitOfWork, Protocol):
    """One transaction over people and schools."""

    @property
    def people(self) -> PeopleReader:
        """The district's people and schools."""
        ...
