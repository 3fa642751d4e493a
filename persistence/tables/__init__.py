"""Every table. Only ``persistence`` and ``migrations`` see these."""

from sqlmodel import SQLModel

from persistence.tables import (
    access,
    accounts,
    audit,
    authorization,
    change,
    control,
    directory,
    jobs,
    notifications,
    observations,
    privacy,
    scoring,
)

metadata = SQLModel.metadata

__all__ = [
    "access",
    "accounts",
    "audit",
    "authorization",
    "change",
    "control",
    "directory",
    "jobs",
    "metadata",
    "notifications",
    "observations",
    "privacy",
    "scoring",
]
