"""Every table. Only `persistence` and `migrations` see these."""

from sqlmodel import SQLModel

from persistence.tables import (
    accounts,
    audit,
    change,
    control,
    directory,
    jobs,
    notifications,
    oauth,
    observations,
    people_access,
    privacy,
    scoring,
)
from persistence.tables.holds import data_map

metadata = SQLModel.metadata

DATA_MAP = data_map(metadata)
"""What every table and column holds, by the table's name."""

__all__ = [
    "DATA_MAP",
    "accounts",
    "audit",
    "change",
    "control",
    "directory",
    "jobs",
    "metadata",
    "notifications",
    "oauth",
    "observations",
    "people_access",
    "privacy",
    "scoring",
]
