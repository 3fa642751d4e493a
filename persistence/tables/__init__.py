"""Every table. Only ``persistence`` and ``migrations`` see these."""

from sqlmodel import SQLModel

from persistence.tables import authorization, change, control, directory, observations, scoring

metadata = SQLModel.metadata

__all__ = ["authorization", "change", "control", "directory", "metadata", "observations", "scoring"]
