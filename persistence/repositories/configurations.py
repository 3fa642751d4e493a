"""Configurations on PostgreSQL."""

from datetime import datetime
from functools import lru_cache

import msgspec

from domain.framework.configuration import PRODUCT, Configuration
from persistence.repositories.repository import Repository


@lru_cache(maxsize=256)
def _document(document: str) -> Configuration:
    return msgspec.json.decode(document, type=Configuration)


class PgConfigurations(Repository):
    """`ConfigurationStore` of one district. Version 1 is built in and never stored."""

    async def get(self, version: int) -> Configuration | None:
        if version == PRODUCT.version:
            return PRODUCT
        query = "select document::text from configuration where district_id = $1 and version = $2"
        document = await self.fetchval(query, version)
        return None if document is None else _document(document)

    async def current_version(self) -> int:
        query = "select configuration_version from scoring_basis where district_id = $1"
        return int(await self.fetchval(query))

    async def add(self, configuration: Configuration, at: datetime) -> None:
        query = "insert into configuration (district_id, version, document, created_at) values ($1, $2, $3::jsonb, $4)"
        document = msgspec.json.encode(configuration).decode()
        await self.execute(query, configuration.version, document, at)
