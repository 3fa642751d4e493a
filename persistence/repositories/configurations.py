"""Configurations on PostgreSQL."""

from datetime import datetime
from functools import lru_cache

import msgspec

from domain.framework.configuration import PRODUCT, Configuration
from domain.shared.ids import DistrictId
from persistence.database.connection import Raw


@lru_cache(maxsize=256)
def _document(document: str) -> Configuration:
    return msgspec.json.decode(document, type=Configuration)


class PgConfigurations:
    """``ConfigurationStore`` for one district. Version 1 is the product's and is never stored."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def get(self, version: int) -> Configuration | None:
        """That version, if the district has it."""
        if version == PRODUCT.version:
            return PRODUCT
        query = "select document::text from configuration where district_id = $1 and version = $2"
        document = await self._raw.fetchval(query, self._district_id, version)
        return None if document is None else _document(document)

    async def current_version(self) -> int:
        """The version in force."""
        query = "select configuration_version from scoring_basis where district_id = $1"
        return int(await self._raw.fetchval(query, self._district_id))

    async def add(self, configuration: Configuration, at: datetime) -> None:
        """Keep a new version."""
        query = "insert into configuration (district_id, version, document, created_at) values ($1, $2, $3::jsonb, $4)"
        document = msgspec.json.encode(configuration).decode()
        await self._raw.execute(query, self._district_id, configuration.version, document, at)
