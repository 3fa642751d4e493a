"""Clients that travel in a district's package: without secrets, and with every restriction they had."""

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
    """The district's clients as a package holds them."""
    yield [json.dumps(asdict(client), default=datetime.isoformat) for client in await unit.portability.clients()]


async def register_clients(
    clients: Iterable[ExportedClient], unit: PrivacyUnit, ctx: Context[PrivacyUnit]
) -> tuple[list[str], list[str]]:
    """Register the clients with the digest of a secret that nobody has."""
    registered: list[str] = []
    left_out: list[str] = []
    for client in clients:
        digest = sha256(ctx.random_id().bytes + ctx.random_id().bytes).digest()
        taken = not await unit.portability.add_client(client, digest)
        (left_out if taken else registered).append(client.client_id)
    return registered, left_out


def clients_in_package(package: PackageReader) -> Iterator[ExportedClient]:
    """The clients of a package. Raises ``Invalid`` (``package_faulty``) for one that could not have been registered."""
    for rows in package.rows(CLIENTS):
        yield from map(_client, rows)


def _client(row: str) -> ExportedClient:
    """A client of the package; one that does not plainly say that nobody evaluates with it is closed to evidence."""
    try:
        read = json.loads(row)
        moments = {name: read[name] and datetime.fromisoformat(read[name]) for name in ("created_at", "revoked_at")}
        scopes = tuple(scope.value for scope in parse_scopes(map(str, read["scopes"])))
        return ExportedClient(**{**read, **moments, "scopes": scopes, "evaluates": read.get("evaluates") is not False})
    except (KeyError, TypeError, ValueError):
        raise invalid_package("a client of the package is not registered rightly") from None
