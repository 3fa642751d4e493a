"""Every table. Only ``persistence`` and ``migrations`` see these."""

from sqlmodel import SQLModel

from persistence.tables import audit, change, control, directory, observations, scoring

metadata = SQLModel.metadata

__all__ = ["audit", "change", "control", "directory", "metadata", "observations", "scoring"]
