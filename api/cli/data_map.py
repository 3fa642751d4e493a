"""The data map as a document: Markdown for a lawyer, CSV for a register of processing."""

from domain.privacy.usecases.data_map import read_data_map
from domain.shared.csv_output import csv_lines
from persistence.tables import DATA_MAP

HEADING = ("table", "column", "holds", "what", "personal", "exported", "purpose", "read_by", "retention", "days", "erased")


def data_map_markdown() -> str:
    """Return the data map as Markdown, with a section for each table."""
    lines = ["# What Evenkeel keeps", "", "Made with `evenkeel data-map`.", ""]
    for t in read_data_map(DATA_MAP).tables:
        retention = (
            "no rule of its own" if t.retention is None else f"`{t.retention.value}`, {t.retention_days} days unless changed"
        )
        exported = "yes" if t.exported else f"no: {t.not_exported_because}"
        lines += [
            f"## {t.name}",
            "",
            t.purpose,
            "",
            f"Read by {t.read_by}. Erased {t.erased}. Retention: {retention}. Exported: {exported}.",
        ]
        lines += ["", "| column | holds | what | exported |", "|---|---|---|---|"]
        lines += [f"| {c.name} | {c.holds.value} | {c.what} | {'yes' if c.exported else 'no'} |" for c in t.columns]
        lines.append("")
    return "\n".join(lines)


def data_map_csv() -> str:
    """Return the data map as CSV, with a line for each column."""
    rows = [
        (
            *(t.name, c.name, c.holds.value, c.what, c.personal, c.exported),
            *(t.purpose, t.read_by, t.retention and t.retention.value, t.retention_days, t.erased),
        )
        for t in read_data_map(DATA_MAP).tables
        for c in t.columns
    ]
    return csv_lines([HEADING, *rows]).decode()
