"""The items that tell first-order from second-order experience, and the labels (FRAMEWORK 5.2, METHOD 9.3)."""

from dataclasses import dataclass

from domain.framework import citations
from domain.framework.magnitude import Magnitude
from domain.framework.model import Citation, Fact, Provenance


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """Two opposite ways to feel a change, the poles of one item: 1 is ``first_order``, 5 is ``second_order``.

    Items are answered in the order of ``number``; those with ``optional`` are not among the seven (FRAMEWORK 5.2).
    """

    number: int
    code: str
    dimension: str
    first_order: str
    second_order: str
    optional: bool
    provenance: Provenance
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class MagnitudeLabel:
    """What a label says about a group, never about the initiative (METHOD 9.3)."""

    code: Magnitude
    name: str
    definition: str
    provenance: Provenance
    citations: tuple[Citation, ...]


_BOOK = (citations.BOOK_2005,)
_PAPER = (citations.PAPER_2003,)
_OVERVIEW = (citations.OVERVIEW_2023,)
_ALL = (*_OVERVIEW, *_BOOK, *_PAPER)

ITEMS = 7
"""A person answers the first seven descriptors, in order; the others are optional."""

# code, dimension, first-order pole, second-order pole, provenance, citations
_ROWS: tuple[tuple[str, str, str, str, Provenance, tuple[Citation, ...]], ...] = (
    (
        "continuity",
        "Continuity",
        "It carries on from what we have been doing",
        "It leaves behind what we have been doing",
        Provenance.SECONDARY,
        _BOOK,
    ),
    (
        "mental_model",
        "Way of thinking",
        "It suits how we already understand our work",
        "It asks us to understand our work in another way",
        Provenance.SECONDARY,
        _BOOK,
    ),
    (
        "values",
        "Values",
        "It agrees with what we hold to be right",
        "It goes against what we hold to be right",
        Provenance.PUBLISHED,
        (*_OVERVIEW, *_PAPER),
    ),
    (
        "skills",
        "Knowledge and skill",
        "What we know and can do is enough for it",
        "We have to learn things that we cannot do yet",
        Provenance.PUBLISHED,
        _ALL,
    ),
    (
        "resources",
        "Resources",
        "We have the time and means it takes",
        "It takes time and means that we lack or must take from elsewhere",
        Provenance.SECONDARY,
        _BOOK,
    ),
    (
        "necessity",
        "Necessity",
        "Nearly everyone here sees why it is needed",
        "Few here see why it is needed",
        Provenance.SECONDARY,
        (*_BOOK, *_PAPER),
    ),
    (
        "benefit",
        "Clarity of benefit",
        "It is plain to see what will be better for it",
        "It is hard to see what will be better for it",
        Provenance.SECONDARY,
        _PAPER,
    ),
    (
        "roles",
        "Roles",
        "I will recognise my job when it is done",
        "My job and my duties become different ones",
        Provenance.PUBLISHED,
        _OVERVIEW,
    ),
    (
        "who_can_do_it",
        "Who can do it",
        "Somebody else, or an expert from outside, could do it for us",
        "Nobody can work it out but we who are affected",
        Provenance.RECALLED,
        _PAPER,
    ),
    (
        "size",
        "Size of the step",
        "It is one small, simple step further",
        "It is one large step with much that hangs together",
        Provenance.PUBLISHED,
        _OVERVIEW,
    ),
)

DESCRIPTORS: tuple[Descriptor, ...] = tuple(
    Descriptor(
        number=number,
        code=code,
        dimension=dimension,
        first_order=first,
        second_order=second,
        optional=number > ITEMS,
        provenance=provenance,
        citations=cited,
    )
    for number, (code, dimension, first, second, provenance, cited) in enumerate(_ROWS, start=1)
)
"""The seven, then the optional ones."""

_LABELS: dict[Magnitude, tuple[str, str, Provenance]] = {
    Magnitude.FIRST_ORDER: (
        "First-order",
        "This group experiences the change as a further step on a known road",
        Provenance.PUBLISHED,
    ),
    Magnitude.SECOND_ORDER: (
        "Second-order",
        "This group experiences the change as a break with what it knows, does or holds to be right",
        Provenance.PUBLISHED,
    ),
    Magnitude.MIXED: (
        "Mixed",
        "This group is divided, or its answers are too few or too close to the middle to tell",
        Provenance.INFERRED,
    ),
    Magnitude.UNKNOWN: (
        "Unknown",
        "Neither measured nor estimated yet; treated as mixed, and said so",
        Provenance.INFERRED,
    ),
}

LABELS: tuple[MagnitudeLabel, ...] = tuple(
    MagnitudeLabel(
        code=code,
        name=_LABELS[code][0],
        definition=_LABELS[code][1],
        provenance=_LABELS[code][2],
        citations=(*_OVERVIEW, citations.CONNECTING_2007),
    )
    for code in Magnitude
)
"""What a group's experience can be called."""

MAGNITUDE_RULES: tuple[Fact, ...] = (
    Fact(
        code="belongs_to_the_group",
        title="It belongs to those who experience it",
        text="The same initiative can be first-order for one group and second-order for another: it has none of its own.",
        provenance=Provenance.PUBLISHED,
        citations=(*_OVERVIEW, citations.CONNECTING_2007),
    ),
    Fact(
        code="minority_kept",
        title="A few are not averaged away",
        text="A group that experiences second-order change is named even when the school as a whole does not.",
        provenance=Provenance.INFERRED,
        citations=(citations.CONNECTING_2007,),
    ),
    Fact(
        code="items_ours",
        title="The items are ours",
        text="No published questionnaire per group was found. Items, cuts and labels are our working rule (inferred); "
        "editable; not validated.",
        provenance=Provenance.INFERRED,
        citations=_BOOK,
    ),
    Fact(
        code="seven_support",
        title="Seven went with deep change",
        text="In one survey of principals about themselves, seven responsibilities went with second-order change; their "
        "order is ordinal only.",
        provenance=Provenance.SECONDARY,
        citations=_BOOK,
    ),
    Fact(
        code="four_slip",
        title="Four are often seen to slip",
        text="Community, Communication, Structures & Routines and Input are often seen to slip in deep change; protect and "
        "share them. It is never a reason to do less of them.",
        provenance=Provenance.SECONDARY,
        citations=_BOOK,
    ),
)
"""What holds for magnitude as a whole."""
