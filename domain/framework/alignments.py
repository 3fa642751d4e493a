"""How the framework meets two others: our reading, since the published table could not be recovered (FRAMEWORK 11)."""

from dataclasses import dataclass

from domain.framework import citations
from domain.framework.focus_areas import AREAS
from domain.framework.model import Citation, Fact, Provenance


@dataclass(frozen=True, kw_only=True)
class AlignmentCell:
    """Whether a row of another framework overlaps with ``column`` in its own wording; false claims nothing."""

    column: str
    overlaps: bool


@dataclass(frozen=True, kw_only=True)
class AlignmentRow:
    """One behaviour or cluster of standards of another framework against our columns: our reading (FRAMEWORK 11)."""

    code: str
    title: str
    reason: str
    standards: tuple[int, ...]
    """The numbers of the standards in the row; empty for behaviours."""
    cells: tuple[AlignmentCell, ...]
    provenance: Provenance
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A standard of another body: its number and title only, as that body's licence allows."""

    number: int
    title: str
    provenance: Provenance
    citations: tuple[Citation, ...]


OUR_READING = "Our reading: a mark says that the row's own wording overlaps with the column; no mark claims nothing."
"""Stands over the matrix wherever it is shown."""

COLUMNS: tuple[Fact, ...] = (
    *AREAS,
    Fact(
        code="purposeful_community",
        title="Purposeful community",
        text="Making a school a place where people work for outcomes that they share",
        provenance=Provenance.PUBLISHED,
        citations=(citations.OVERVIEW_2023,),
    ),
    Fact(
        code="leading_change",
        title="Leading change",
        text="Bringing people through change and giving them heart for it",
        provenance=Provenance.PUBLISHED,
        citations=(citations.OVERVIEW_2023,),
    ),
)
"""The five focus areas, then the two other components."""

_WALLACE = (citations.WALLACE_2021, citations.OVERVIEW_2023)
_PSEL = (citations.PSEL_2015, citations.OVERVIEW_2023)

# code, title, reason, standards, one mark for each column, citations
_ROWS: tuple[tuple[str, str, str, tuple[int, ...], str, tuple[Citation, ...]], ...] = (
    (
        "W1",
        "Work with teachers on instruction",
        "It speaks of instruction, of evaluating it and of a programme guided by data",
        (),
        "1100100",
        _WALLACE,
    ),
    (
        "W2",
        "A climate in which people get better",
        "It speaks of trust and efficacy, which make community, and of steady improvement, which needs change and data",
        (),
        "0001111",
        _WALLACE,
    ),
    (
        "W3",
        "Collaboration and professional learning communities",
        "It speaks of working and learning together",
        (),
        "1001010",
        _WALLACE,
    ),
    (
        "W4",
        "Deliberate use of people and means",
        "The weakest row: systems for resources, and changes of personnel and roles count as change initiatives",
        (),
        "0000101",
        _WALLACE,
    ),
    (
        "P1",
        "Standards 4 and 5",
        "They speak of curriculum, instruction and assessment and of care for students",
        (4, 5),
        "1110100",
        _PSEL,
    ),
    (
        "P2",
        "Standards 6 to 9",
        "They speak of capacity, of community and of how a school is run",
        (6, 7, 8, 9),
        "1001110",
        _PSEL,
    ),
    (
        "P3",
        "Standards 1 to 3",
        "They speak of vision, which leads change, of values, which make culture and community, and of equity for each child",
        (1, 2, 3),
        "0011011",
        _PSEL,
    ),
)


def _cells(marks: str) -> tuple[AlignmentCell, ...]:
    return tuple(AlignmentCell(column=c.code, overlaps=m == "1") for c, m in zip(COLUMNS, marks, strict=True))


ROWS: tuple[AlignmentRow, ...] = tuple(
    AlignmentRow(
        code=code,
        title=title,
        reason=reason,
        standards=standards,
        cells=_cells(marks),
        provenance=Provenance.INFERRED,
        citations=cited,
    )
    for code, title, reason, standards, marks, cited in _ROWS
)
"""Four behaviours (W) and three clusters of standards (P) against the columns."""

BEHAVIOURS: tuple[Fact, ...] = tuple(
    Fact(code=code, title=title, text=text, provenance=Provenance.PUBLISHED, citations=_WALLACE)
    for code, title, text in (
        ("W1", "Work with teachers on instruction", "Spending time with teachers on teaching itself"),
        ("W2", "A climate in which people get better", "Building trust, confidence and the wish to improve"),
        ("W3", "Collaboration and professional learning communities", "Giving teachers occasion to learn from each other"),
        ("W4", "Deliberate use of people and means", "Placing staff, time and money on purpose"),
    )
)
"""Four behaviours found in a synthesis of two decades of research, in our words."""

_FULL_TITLE_RECALLED = frozenset({5, 6, 7})  # found in a shortened form only

STANDARDS: tuple[Standard, ...] = tuple(
    Standard(
        number=number,
        title=title,
        provenance=Provenance.RECALLED if number in _FULL_TITLE_RECALLED else Provenance.SECONDARY,
        citations=(citations.PSEL_2015,),
    )
    for number, title in enumerate(
        (
            "Mission, Vision, and Core Values",
            "Ethics and Professional Norms",
            "Equity and Cultural Responsiveness",
            "Curriculum, Instruction, and Assessment",
            "Community of Care and Support for Students",
            "Professional Capacity of School Personnel",
            "Professional Community for Teachers and Staff",
            "Meaningful Engagement of Families and Community",
            "Operations and Management",
            "School Improvement",
        ),
        start=1,
    )
)
"""The ten titles, unchanged and attributed; standard 10 stands in no cluster of the 2023 overview."""
