"""The 21: names, our definitions, components and ranks (FRAMEWORK 2, 4.1 and 5)."""

from domain.framework import citations
from domain.framework.effect_sizes import EFFECT_SIZES
from domain.framework.model import Component, Provenance, ResponsibilityFacts, ResponsibilityProvenance, SecondOrder
from domain.framework.practices import PRACTICES
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, SECOND_ORDER_SUPPORTS, Responsibility

R = Responsibility

# code: name of 2023, name until 2007 where it differs, definition
_NAMES: tuple[tuple[Responsibility, str, str | None, str], ...] = (
    (
        R.ACKNOWLEDGEMENT,
        "Acknowledgement",
        "Affirmation",
        "Says openly what the whole school has achieved, and what it got wrong",
    ),
    (
        R.ADAPTABILITY,
        "Adaptability",
        "Flexibility",
        "Changes the manner of leading with the circumstances and stays steady when people disagree",
    ),
    (
        R.ADVOCACY,
        "Advocacy",
        "Outreach",
        "Stands up for the school before families, district, community and other partners",
    ),
    (
        R.CELEBRATES,
        "Celebrates",
        "Contingent Rewards",
        "Notices what individuals accomplish and gives them credit for it",
    ),
    (
        R.CHANGE_AGENT,
        "Change Agent",
        None,
        "Is ready to call settled habits of the school into question and to press for something better",
    ),
    (
        R.COMMUNICATION,
        "Communication",
        None,
        "Builds good two-way lines with staff and students, and between them, and keeps them open",
    ),
    (
        R.COMMUNITY,
        "Community",
        "Culture",
        "Grows a conviction among staff that they belong together, want the same and help each other",
    ),
    (
        R.FOCUS,
        "Focus",
        None,
        "Settles on definite aims and holds everybody's attention on them",
    ),
    (
        R.IDEALS_BELIEFS,
        "Ideals/Beliefs",
        None,
        "Leads from clear views on education, which others can hear and see in what the leader does",
    ),
    (
        R.INPUT,
        "Input",
        None,
        "Gives teachers a part in shaping important choices and in putting them into effect",
    ),
    (
        R.INSPIRES,
        "Inspires",
        "Optimizer",
        "Lifts people's energy for hard, new undertakings and leads them from the front",
    ),
    (
        R.INTELLECTUAL_STIMULATION,
        "Intellectual Stimulation",
        None,
        "Sees that staff meet up-to-date ideas about teaching and discuss them as a matter of habit",
    ),
    (
        R.INVOLVEMENT_IN_TEACHING_AND_LEARNING,
        "Involvement in Teaching & Learning",
        "Involvement in Curriculum, Instruction & Assessment",
        "Takes a direct part in planning and improving what is taught, how, and how it is assessed",
    ),
    (
        R.KNOWLEDGE_OF_TEACHING_AND_LEARNING,
        "Knowledge of Teaching & Learning",
        "Knowledge of Curriculum, Instruction & Assessment",
        "Is well informed about good curriculum, good lessons and sound assessment",
    ),
    (
        R.MONITORS_EVALUATES,
        "Monitors/Evaluates",
        "Monitoring/Evaluating",
        "Follows what the school's ways of working do for students' learning",
    ),
    (
        R.PROTECTS,
        "Protects",
        "Discipline",
        "Keeps away from teachers and lessons what would distract from teaching",
    ),
    (
        R.RELATIONSHIPS,
        "Relationships",
        None,
        "Is acquainted with the adults in the school beyond the jobs they do",
    ),
    (
        R.RESOURCES,
        "Resources",
        None,
        "Provides teachers with the means and the training to do their work well",
    ),
    (
        R.SITUATIONAL_AWARENESS,
        "Situational Awareness",
        None,
        "Picks up small signs and hidden tensions in the school and uses them to head off trouble",
    ),
    (
        R.STRUCTURES_AND_ROUTINES,
        "Structures & Routines",
        "Order",
        "Puts dependable ways of working in place and keeps them going",
    ),
    (
        R.VISIBILITY,
        "Visibility",
        None,
        "Is present where teaching and learning happen, in contact that counts with teachers and students",
    ),
)

_COMPONENTS: dict[Component, frozenset[Responsibility]] = {
    Component.FOCUS_OF_LEADERSHIP: frozenset(
        {
            R.CELEBRATES,
            R.PROTECTS,
            R.INVOLVEMENT_IN_TEACHING_AND_LEARNING,
            R.FOCUS,
            R.STRUCTURES_AND_ROUTINES,
            R.ADVOCACY,
            R.RESOURCES,
        }
    ),
    Component.MAGNITUDE_OF_CHANGE: frozenset(SECOND_ORDER_SUPPORTS),
    Component.PURPOSEFUL_COMMUNITY: frozenset(
        {
            R.ACKNOWLEDGEMENT,
            R.COMMUNICATION,
            R.COMMUNITY,
            R.IDEALS_BELIEFS,
            R.INPUT,
            R.RELATIONSHIPS,
            R.SITUATIONAL_AWARENESS,
            R.VISIBILITY,
        }
    ),
}

_FIRST_ORDER: tuple[tuple[Responsibility, ...], ...] = (
    (R.MONITORS_EVALUATES,),
    (R.COMMUNITY,),
    (R.IDEALS_BELIEFS,),
    (R.KNOWLEDGE_OF_TEACHING_AND_LEARNING,),
    (R.INVOLVEMENT_IN_TEACHING_AND_LEARNING,),
    (R.FOCUS,),
    (R.STRUCTURES_AND_ROUTINES,),
    (R.ACKNOWLEDGEMENT, R.INTELLECTUAL_STIMULATION),  # they share a place
    (R.COMMUNICATION,),
    (R.INPUT,),
    (R.RELATIONSHIPS,),
    (R.INSPIRES,),
    (R.ADAPTABILITY,),
    (R.RESOURCES,),
    (R.CELEBRATES,),
    (R.SITUATIONAL_AWARENESS,),
    (R.ADVOCACY,),
    (R.VISIBILITY,),
    (R.PROTECTS,),
    (R.CHANGE_AGENT,),
)

_FIRST_ORDER_SECONDARY = 5  # the first five ranks were read in a secondary page, the others are remembered


def _component(code: Responsibility) -> tuple[Component, ...]:
    return tuple(c for c, members in _COMPONENTS.items() if code in members)


def _first_order_rank(code: Responsibility) -> int:
    place = next(i for i, shared in enumerate(_FIRST_ORDER) if code in shared)
    return 1 + sum(len(shared) for shared in _FIRST_ORDER[:place])


def _second_order(code: Responsibility) -> SecondOrder:
    if code in SECOND_ORDER_SUPPORTS:
        return SecondOrder.SUPPORTS
    return SecondOrder.SUFFERS if code in SECOND_ORDER_SUFFERS else SecondOrder.NEUTRAL


def _provenance(code: Responsibility) -> ResponsibilityProvenance:
    # Only the list of the magnitude component is verified by text, so whoever stands in another one is remembered.
    only_magnitude = _component(code) == (Component.MAGNITUDE_OF_CHANGE,)
    found = _first_order_rank(code) <= _FIRST_ORDER_SECONDARY
    return ResponsibilityProvenance(
        name=Provenance.PUBLISHED,
        earlier_name=Provenance.INFERRED,
        definition=Provenance.PUBLISHED,
        component=Provenance.SECONDARY if only_magnitude else Provenance.RECALLED,
        second_order=Provenance.SECONDARY,
        first_order_rank=Provenance.SECONDARY if found else Provenance.RECALLED,
    )


def _facts(code: Responsibility, name: str, earlier_name: str | None, definition: str) -> ResponsibilityFacts:
    supports = code in SECOND_ORDER_SUPPORTS
    return ResponsibilityFacts(
        code=code,
        name=name,
        earlier_name=earlier_name,
        definition=definition,
        component=_component(code),
        second_order=_second_order(code),
        second_order_rank=SECOND_ORDER_SUPPORTS.index(code) + 1 if supports else None,
        first_order_rank=_first_order_rank(code),
        practices=PRACTICES[code],
        effect_size=EFFECT_SIZES[code],
        provenance=_provenance(code),
        citations=(citations.OVERVIEW_2023, citations.CONNECTING_2007, citations.BOOK_2005, citations.PAPER_2003),
    )


RESPONSIBILITIES: tuple[ResponsibilityFacts, ...] = tuple(_facts(*row) for row in _NAMES)
"""The 21 in framework order."""

BY_CODE: dict[str, ResponsibilityFacts] = {r.code.value: r for r in RESPONSIBILITIES}
"""The same by their code on the wire."""
