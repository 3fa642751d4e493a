"""The configuration that rules are applied with."""

from domain.framework.configuration import PRODUCT, Configuration
from domain.scoring.ports import ConfigurationStore


async def current_configuration(configurations: ConfigurationStore) -> Configuration:
    """The district's configuration now; until it has one of its own, the product's."""
    return await configurations.get(await configurations.current_version()) or PRODUCT
