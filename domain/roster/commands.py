"""What may be done with rosters: import one, read what an import did, say what its roles mean."""

from dataclasses import dataclass, field

from domain.roster.role_mapping import RoleMappingEntry
from domain.shared.ids import RosterImportId


@dataclass(frozen=True, kw_only=True)
class ImportRoster:
    """Take in a whole roster; everything or nothing."""

    package: bytes = field(metadata={"description": "A OneRoster CSV bulk package, version 1.2 or 1.1, as one ZIP file."})
    dry_run: bool = field(
        default=False,
        metadata={"description": "Only say what would change; nothing does.", "examples": [True]},
    )
    force: bool = field(
        default=False,
        metadata={"description": "Go on although the brake holds: what it names vanishes.", "examples": [False]},
    )


@dataclass(frozen=True, kw_only=True)
class PutRoleMapping:
    """Replace the district's word on what roster roles mean; it survives imports."""

    entries: tuple[RoleMappingEntry, ...] = field(
        metadata={
            "description": "One entry per roster role that is not to be taken by its name.",
            "examples": [[{"roster_role": "districtAdministrator", "role": "supervisor"}]],
        }
    )
    expected_version: int | None = field(
        default=None,
        metadata={"description": "The version this replaces; absent only where nothing is held yet.", "examples": [1]},
    )


@dataclass(frozen=True, kw_only=True)
class ReadRosterImport:
    """One import of a roster."""

    import_id: RosterImportId = field(metadata={"description": "The import."})


@dataclass(frozen=True, kw_only=True)
class ReadRoleMapping:
    """What roster roles mean in this district."""
