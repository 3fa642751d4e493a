"""Which release this is."""

from importlib.metadata import version

BUILD = version("evenkeel")
