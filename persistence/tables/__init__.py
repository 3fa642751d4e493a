"""Every table. Only ``persistence`` and ``migrations`` see these."""

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

metadata = SQLModel.metadata

__all__ = [
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
