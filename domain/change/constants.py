"""The configuration that rules are applied with."""

from domain.framework.configuration import PRODUCT, Configuration
from domain.scoring.ports import ConfigurationStore


async def in_force(configurations: ConfigurationStore) -> Configuration:
    """The district's configuration now; until it has one of its own, the product's."""
    return await of_version(configurations, await configurations.current_version())


async def of_version(configurations: ConfigurationStore, version: int) -> Configuration:
    """That version; the product's own is not kept by districts."""
    return (await configurations.get(version) if version != PRODUCT.version else None) or PRODUCT
