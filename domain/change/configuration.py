"""The configuration that the rules use."""

from domain.framework.configuration import PRODUCT, Configuration
from domain.scoring.ports import ConfigurationStore


async def current_configuration(configurations: ConfigurationStore) -> Configuration:
    """Return the district's current configuration; the product's until the district has one of its own."""
    return await configurations.get(await configurations.current_version()) or PRODUCT
