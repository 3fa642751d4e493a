"""What rights a district's package would bring along: read before anything is written, so that an operator can judge them.

Nobody can vouch for a package of another installation: whoever can write a file can put its digests right. What a package
can't bring, as no export holds it: redirect addresses and identity providers, secrets, accounts, sessions and consents.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.directory.oauth_clients import PARTNER_SCOPES
from domain.privacy.package_reader import Opened, faulty
from domain.privacy.ports import PackedClient
from domain.shared.errors import Conflict
from domain.shared.roles import Role


class RightsNotAccepted(Conflict):
    """The package brings rights that need an operator's word."""


@dataclass(frozen=True, kw_only=True)
class AdministratorView:
    """Somebody who would administer the district."""

    person_id: str
    """Their id."""
    sourced_id: str | None
    """What the roster calls them."""
    name: str
    """Given and family name; empty for nobody of the package."""


@dataclass(frozen=True, kw_only=True)
class RoleCount:
    """How many people a role is granted to."""

    role: str
    """Which role."""
    people: int
    """How many."""


@dataclass(frozen=True, kw_only=True)
class ClientRights:
    """What a client could do once an operator gives it a secret."""

    client_id: str
    """Which."""
    name: str
    """What people call it."""
    origin: str
    """The pushing system it belongs to."""
    scopes: tuple[str, ...]
    """What it may ask for."""
    beyond_defaults: tuple[str, ...]
    """Those of them that a partner does not have."""
    evaluates: bool
    """Whether evaluating staff use it; true also where the package is silent."""


@dataclass(frozen=True, kw_only=True)
class RightsView:
    """What rights a package brings. Links to identity providers never travel."""

    administrators: tuple[AdministratorView, ...]
    """Who would administer the district."""
    other_roles: tuple[RoleCount, ...]
    """Other roles given by hand."""
    supervision: int
    """Edges of who supervises whom."""
    sharing: int
    """Leaders' shares with others."""
    clients: tuple[ClientRights, ...]
    """Clients, those that were revoked left out."""


def rights_of(package: Opened, clients: Sequence[PackedClient]) -> RightsView:
    """The rights in ``package``, whose content was checked."""
    granted = list(_members(package, "role_grant"))
    administrators = {str(row.get("person_id")) for row in granted if row.get("role") == Role.DISTRICT_ADMIN}
    others = Counter(str(row.get("role")) for row in granted if row.get("role") != Role.DISTRICT_ADMIN)
    return RightsView(
        administrators=_named(package, administrators),
        other_roles=tuple(RoleCount(role=role, people=n) for role, n in sorted(others.items())),
        supervision=_rows(package, "supervision"),
        sharing=_rows(package, "sharing"),
        clients=tuple(_client(client) for client in clients if client.revoked_at is None),
    )


def refuse_unaccepted(rights: RightsView) -> None:
    """Raise ``RightsNotAccepted`` when there are administrators, or scopes beyond those of a partner; it names both."""
    told = [f"{one.name or 'nobody of the package'} ({one.sourced_id or one.person_id})" for one in rights.administrators]
    found = [f"it makes administrators of {', '.join(told)}"] if told else []
    found += [
        f"the client {client.name} ({client.client_id}) may use {', '.join(client.beyond_defaults)}"
        for client in rights.clients
        if client.beyond_defaults
    ]
    if found:
        raise RightsNotAccepted(
            f"this package brings rights: {'; '.join(found)}. Nothing was changed. Look at all of them with --dry-run, and "
            "import it with --accept-rights if they are right"
        )


def _client(client: PackedClient) -> ClientRights:
    return ClientRights(
        client_id=client.client_id,
        name=client.name,
        origin=client.origin,
        scopes=client.scopes,
        beyond_defaults=tuple(scope for scope in client.scopes if scope not in PARTNER_SCOPES),
        evaluates=client.evaluates,
    )


def _named(package: Opened, people: set[str]) -> tuple[AdministratorView, ...]:
    found = {str(row.get("id")): row for row in _members(package, "person") if people and str(row.get("id")) in people}
    return tuple(_administrator(person, found.get(person, {})) for person in sorted(people))


def _administrator(person: str, row: Mapping[str, Any]) -> AdministratorView:
    name = " ".join(str(row[part]) for part in ("given_name", "family_name") if row.get(part))
    return AdministratorView(person_id=person, sourced_id=row.get("sourced_id"), name=name)


def _rows(package: Opened, table: str) -> int:
    return package.tables[table].rows


def _members(package: Opened, table: str) -> Iterator[Mapping[str, Any]]:
    for rows in package.rows(table):
        for row in rows:
            try:
                found = json.loads(row)
            except ValueError:
                found = None
            if not isinstance(found, dict):
                raise faulty(f"a row of {table} is no object")
            yield found
