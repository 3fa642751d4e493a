"""Results of exporting, importing and erasing a district."""

from dataclasses import dataclass
from datetime import datetime

from domain.privacy.erasure_certificate import Certificate, TableCount
from domain.shared.ids import DistrictId


@dataclass(frozen=True, kw_only=True)
class AdministratorView:
    """A person who would be an administrator of the district."""

    person_id: str
    """The id of the person."""
    sourced_id: str | None
    """The sourcedId of the person in the roster."""
    name: str
    """Given and family name; empty if the person is not in the package."""


@dataclass(frozen=True, kw_only=True)
class RoleGrantCount:
    """The number of people to whom a role is granted."""

    role: str
    """The role."""
    people: int
    """The number of people."""


@dataclass(frozen=True, kw_only=True)
class ClientRights:
    """The rights of a client once an operator gives it a secret."""

    client_id: str
    """The id of the client."""
    name: str
    """The name of the client."""
    origin: str
    """The pushing system of the client."""
    scopes: tuple[str, ...]
    """The scopes it may request."""
    beyond_defaults: tuple[str, ...]
    """Those scopes that a partner does not have."""
    evaluates: bool
    """Whether evaluators of staff use it; true also if the package does not say."""


@dataclass(frozen=True, kw_only=True)
class RightsView:
    """The access rights in a package. Links to identity providers are never exported."""

    administrators: tuple[AdministratorView, ...]
    """People who would be administrators of the district."""
    other_roles: tuple[RoleGrantCount, ...]
    """Other roles that were granted by hand."""
    supervision: int
    """The number of supervision relationships."""
    sharing: int
    """The number of shares of scores by leaders."""
    clients: tuple[ClientRights, ...]
    """Clients, without revoked ones."""


@dataclass(frozen=True, kw_only=True)
class ExportView:
    """The result of an export."""

    district_id: DistrictId
    """The district."""
    exported_at: datetime
    """The time of the snapshot."""
    schema: str
    """The schema revision."""
    rows: tuple[TableCount, ...]
    """Rows by table."""


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """The result of an import or of its dry run."""

    district_id: DistrictId
    """The district."""
    dry_run: bool
    """Whether nothing was changed."""
    made_here: bool
    """Whether this installation exported it and it is unchanged; false if that can't be verified."""
    rights: RightsView
    """The access rights in the package."""
    rows: tuple[TableCount, ...]
    """Rows by table."""
    clients: tuple[str, ...]
    """Registered clients, which need a new secret."""
    clients_left_out: tuple[str, ...]
    """Clients that were left out, as their id exists here."""
    steps: tuple[str, ...]
    """What to do next so that people can sign in."""


@dataclass(frozen=True, kw_only=True)
class DistrictErasureView:
    """The result of erasing a district, or of its dry run."""

    district_id: DistrictId
    """The district."""
    dry_run: bool
    """Whether nothing was changed."""
    rows: tuple[TableCount, ...]
    """Rows by table."""
    certificate: Certificate | None
    """The certificate; null in a dry run."""
