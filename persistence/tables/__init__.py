"""Every table. Only ``persistence`` and ``migrations`` see these."""

from sqlmodel import SQLModel

from persistence.tables import change, control, directory, observations, privacy, scoring

metadata = SQLModel.metadata

__all__ = ["change", "control", "directory", "metadata", "observations", "privacy", "scoring"]
