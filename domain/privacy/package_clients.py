"""Export and import the clients of a district: without secrets, and with all their restrictions."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from domain.directory.oauth_clients import parse_scopes
from domain.privacy.package_reader import PackageReader, invalid_package
from domain.privacy.ports import ExportedClient, PrivacyUnit
from domain.shared.context import Context

CLIENTS = "control.client"


async def client_rows(unit: PrivacyUnit) -> AsyncIterator[Sequence[str]]:
    """Yield the district's clients as rows of a package."""
    yield [json.dumps(asdict(client), default=datetime.isoformat) for client in await unit.portability.clients()]


async def register_clients(
    clients: Iterable[ExportedClient], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> tuple[list[str], list[str]]:
    """Register the clients with an unusable random secret; return the ids of those registered and those already taken."""
    registered: list[str] = []
    left_out: list[str] = []
    for client in clients:
        digest = sha256(ctx.random_id().bytes + ctx.random_id().bytes).digest()
        is_taken = not await unit.portability.add_client(client, digest)
        (left_out if is_taken else registered).append(client.client_id)
    return registered, left_out


def clients_in_package(package: PackageReader) -> Iterator[ExportedClient]:
    """Yield the clients of a package. Raises `Invalid` (`package_faulty`) for an invalid registration."""
    for rows in package.rows(CLIENTS):
        yield from map(_client, rows)


def _client(row: str) -> ExportedClient:
    """Return the client of `row`. Without an explicit `evaluates: false` it gets no access to evidence."""
    try:
        read = json.loads(row)
        moments = {name: read[name] and datetime.fromisoformat(read[name]) for name in ("created_at", "revoked_at")}
        scopes = tuple(scope.value for scope in parse_scopes(map(str, read["scopes"])))
        return ExportedClient(**{**read, **moments, "scopes": scopes, "evaluates": read.get("evaluates") is not False})
    except (KeyError, TypeError, ValueError):
        raise invalid_package("a client of the package has an invalid registration; export the district again") from None
