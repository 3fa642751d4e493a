"""The access rights that a district's package contains, read before anything is saved, for an operator to check.

A package of another installation can't be verified: its digests can be forged with its content. A package never contains
redirect URIs, identity providers, secrets, accounts, sessions or consents, as they are not exported.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.directory.oauth_clients import PARTNER_SCOPES
from domain.privacy.package_reader import PackageReader, invalid_package
from domain.privacy.package_views import AdministratorView, ClientRights, RightsView, RoleGrantCount
from domain.privacy.ports import ExportedClient
from domain.shared.errors import Conflict
from domain.shared.roles import Role


class RightsNotAccepted(Conflict):
    """The package has rights that an operator must accept."""


def rights_of(package: PackageReader, clients: Sequence[ExportedClient]) -> RightsView:
    """Return the rights in `package`, whose content must have been checked."""
    granted = list(_row_objects(package, "role_grant"))
    administrators = {str(row.get("person_id")) for row in granted if row.get("role") == Role.DISTRICT_ADMIN}
    others = Counter(str(row.get("role")) for row in granted if row.get("role") != Role.DISTRICT_ADMIN)
    return RightsView(
        administrators=_named_administrators(package, administrators),
        other_roles=tuple(RoleGrantCount(role=role, people=n) for role, n in sorted(others.items())),
        supervision=_rows(package, "supervision"),
        sharing=_rows(package, "sharing"),
        clients=tuple(_client(client) for client in clients if client.revoked_at is None),
    )


def check_rights_accepted(rights: RightsView) -> None:
    """Raise `RightsNotAccepted` for administrators and for clients with scopes beyond those of a partner."""
    administrators = [
        f"{one.name or 'a person not in the package'} ({one.sourced_id or one.person_id})" for one in rights.administrators
    ]
    reasons = [f"it makes administrators of {', '.join(administrators)}"] if administrators else []
    reasons += [
        f"the client {client.name} ({client.client_id}) may use {', '.join(client.beyond_defaults)}"
        for client in rights.clients
        if client.beyond_defaults
    ]
    if reasons:
        raise RightsNotAccepted(
            f"this package has rights to accept: {'; '.join(reasons)}. Nothing was changed. List them all with --dry-run, "
            "and import it with --accept-rights if they are correct"
        )


def _client(client: ExportedClient) -> ClientRights:
    return ClientRights(
        client_id=client.client_id,
        name=client.name,
        origin=client.origin,
        scopes=client.scopes,
        beyond_defaults=tuple(scope for scope in client.scopes if scope not in PARTNER_SCOPES),
        evaluates=client.evaluates,
    )


def _named_administrators(package: PackageReader, people: set[str]) -> tuple[AdministratorView, ...]:
    rows = {str(row.get("id")): row for row in _row_objects(package, "person") if people and str(row.get("id")) in people}
    return tuple(_administrator(person, rows.get(person, {})) for person in sorted(people))


def _administrator(person: str, row: Mapping[str, Any]) -> AdministratorView:
    name = " ".join(str(row[part]) for part in ("given_name", "family_name") if row.get(part))
    return AdministratorView(person_id=person, sourced_id=row.get("sourced_id"), name=name)


def _rows(package: PackageReader, table: str) -> int:
    return package.tables[table].rows


def _row_objects(package: PackageReader, table: str) -> Iterator[Mapping[str, Any]]:
    for rows in package.rows(table):
        for row in rows:
            try:
                parsed = json.loads(row)
            except ValueError:
                parsed = None
            if not isinstance(parsed, dict):
                raise invalid_package(f"a row of {table} is not a JSON object")
            yield parsed
