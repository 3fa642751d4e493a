"""The version of this release."""

from importlib.metadata import version

BUILD = version("evenkeel")
