"""Sections and tables of the repository's own documents, for tests that compare them with the code."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
METHOD = ROOT / "domain/METHOD.md"
FRAMEWORK = ROOT / "domain/framework/README.md"

_HEADING = re.compile(r"^(#{2,3}) (\d+(?:\.\d+)?) (.+)$", re.MULTILINE)
_RULE = re.compile(r"^\|(?:-+\|)+$")


def headings(document: Path) -> list[tuple[str, str]]:
    """Number and title of every section, in order."""
    return [(number, title) for _, number, title in _HEADING.findall(document.read_text())]


def section(document: Path, number: str) -> str:
    """The text of the section ``number``, with its subsections if it has any."""
    text = document.read_text()
    found = list(_HEADING.finditer(text))
    [start] = [m for m in found if m[2] == number]
    after = (m.start() for m in found if m.start() > start.start() and not m[2].startswith(f"{number}."))
    return text[start.end() : next(after, len(text))]


def tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Every table in ``text``: its heads, and its rows as cells without code marks."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if _RULE.match(line):
            rows = []
            for row in lines[i + 1 :]:
                if not row.startswith("|"):
                    break
                rows.append(_cells(row))
            yield _cells(lines[i - 1]), rows


def table(document: Path, number: str, *heads: str) -> list[list[str]]:
    """The rows of the one table of section ``number`` whose first heads are ``heads``."""
    [rows] = [rows for found, rows in tables(section(document, number)) if tuple(found[: len(heads)]) == heads]
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
