"""Every table. Only ``persistence`` and ``migrations`` see these."""

from sqlmodel import SQLModel

from persistence.tables import accounts, change, control, directory, observations, scoring

metadata = SQLModel.metadata

__all__ = ["accounts", "change", "control", "directory", "metadata", "observations", "scoring"]
