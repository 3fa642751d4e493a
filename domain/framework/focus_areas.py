"""Where leadership can be directed: focus areas, community, efficacy, reliability, district level (FRAMEWORK 7 and 8)."""

from dataclasses import dataclass
from enum import StrEnum

from domain.framework import citations
from domain.framework.model import Citation, Fact, Provenance


@dataclass(frozen=True, kw_only=True)
class DistrictResponsibility:
    """What district leaders attend to, with its correlation r, -1..1, with mean achievement (FRAMEWORK 8.4)."""

    code: str
    name: str
    definition: str
    r: float
    provenance: Provenance
    r_provenance: Provenance
    citations: tuple[Citation, ...]


class FocusArea(StrEnum):
    """Five areas of school practice that the publisher calls What Matters Most; short names ours."""

    INSTRUCTION = "instruction"
    CURRICULUM = "curriculum"
    STUDENT_SUPPORT = "student_support"
    SCHOOL_CULTURE = "school_culture"
    DATA_AND_RELIABILITY = "data_and_reliability"


def _facts(rows: tuple[tuple[str, str, str], ...], provenance: Provenance, *cited: Citation) -> tuple[Fact, ...]:
    return tuple(Fact(code=c, title=t, text=x, provenance=provenance, citations=cited) for c, t, x in rows)


AREAS: tuple[Fact, ...] = _facts(
    (
        (
            FocusArea.INSTRUCTION,
            "Instruction",
            "Lessons planned with a purpose that ask much of students and hold their interest",
        ),
        (FocusArea.CURRICULUM, "Curriculum", "Courses of study along which every student can get somewhere"),
        (FocusArea.STUDENT_SUPPORT, "Student support", "Care for what a child needs besides teaching"),
        (FocusArea.SCHOOL_CULTURE, "School culture", "Shared habits and expectations among adults that make good work usual"),
        (
            FocusArea.DATA_AND_RELIABILITY,
            "Data and reliability",
            "Systems that notice from data what goes wrong and do the important things right every time",
        ),
    ),
    Provenance.PUBLISHED,
    citations.OVERVIEW_2023,
)
"""The five areas."""

FOCUS_FAILURES: tuple[Fact, ...] = _facts(
    (
        ("already_strong", "Already strong", "The practice is done well here already, so working on it changes little"),
        ("skill_missing", "Skill missing", "Staff do not have the skill it takes, and nothing is planned to build it"),
        ("weak_link", "Weak link to learning", "The practice has little to do with what students learn"),
        ("fashion", "Fashion", "It was taken up because others do it, not because this school needs it"),
    ),
    Provenance.PUBLISHED,
    citations.CONNECTING_2007,
)
"""Four ways in which a focus can be the wrong one: asked before advice is given; an answer of unknown is not a failure."""

COMMUNITY_CHARACTERISTICS: tuple[Fact, ...] = _facts(
    (
        ("shared_outcomes", "Outcomes shared by all", "People work for results that each of them cares about"),
        ("use_of_assets", "Use of all assets", "Whatever people and place have to offer is put to use, seen or unseen"),
        ("agreed_processes", "Agreed processes", "How the community works together has been settled by its members"),
        (
            "collective_efficacy",
            "Collective efficacy",
            "Members believe that together they can make a difference for every student",
        ),
    ),
    Provenance.SECONDARY,
    citations.BOOK_2005,
    citations.CONNECTING_2007,
)
"""What marks a purposeful community."""

EFFICACY_SOURCES: tuple[Fact, ...] = (
    *_facts(
        (
            ("mastery", "Mastery", "Having managed something hard together"),
            ("vicarious_experience", "Vicarious experience", "Having seen others like oneself manage it"),
            ("social_persuasion", "Social persuasion", "Being told credibly that one can"),
            ("affective_states", "Affective states", "How a staff feels and copes when under strain"),
        ),
        Provenance.SECONDARY,
        citations.EFFICACY_2001,
    ),
    *_facts(
        (("group_enablement", "Group enablement", "Being given the room and the means to act as a group"),),
        Provenance.RECALLED,
        citations.CONNECTING_2007,
    ),
)
"""Where the belief that "together we can" comes from."""

HIGH_RELIABILITY: tuple[Fact, ...] = _facts(
    (
        ("preoccupation_with_failure", "Preoccupation with failure", "Small slips are taken as news about the whole"),
        ("reluctance_to_simplify", "Reluctance to simplify", "The first easy explanation is not the last"),
        ("sensitivity_to_operations", "Sensitivity to operations", "Leaders know how daily work really goes"),
        ("commitment_to_resilience", "Commitment to resilience", "The organisation practises getting up again"),
        ("deference_to_expertise", "Deference to expertise", "Whoever knows most decides, whatever their rank"),
    ),
    Provenance.SECONDARY,
    citations.RELIABILITY_2001,
)
"""Five habits of organisations that rarely fail: three anticipate, two contain."""

_DISTRICT: tuple[tuple[str, str, str, float], ...] = (
    (
        "collaborative_goal_setting",
        "Setting goals together",
        "District, board and principals work out the district's goals with one another",
        0.24,
    ),
    (
        "non_negotiable_goals",
        "Goals that hold for all",
        "Goals for achievement and for teaching bind every school",
        0.33,
    ),
    (
        "board_alignment",
        "A board behind the goals",
        "The board backs these goals and lets nothing crowd them out",
        0.29,
    ),
    (
        "monitoring_goals",
        "Following the goals",
        "The district keeps track of how far each school has come",
        0.27,
    ),
    (
        "resources_for_goals",
        "Means for the goals",
        "Time, money and training go where the goals need them",
        0.26,
    ),
)

DISTRICT_RESPONSIBILITIES: tuple[DistrictResponsibility, ...] = tuple(
    DistrictResponsibility(
        code=code,
        name=name,
        definition=definition,
        r=r,
        provenance=Provenance.SECONDARY,
        r_provenance=Provenance.RECALLED,
        citations=(citations.DISTRICT_2006,),
    )
    for code, name, definition, r in _DISTRICT
)
"""What goes with achievement at the level of the district; the correlations are remembered, not read."""
