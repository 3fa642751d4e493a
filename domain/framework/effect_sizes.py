"""The 21 correlations as the three publications print them (FRAMEWORK 3.2).

Twelve rows of the 2005 table were read in a handout that reproduces it, nine are remembered; seven of the 2003 figures were
read in secondary pages, fourteen are remembered. The printed interval of situational_awareness (.11 to .51) is not the one that
its r and number of schools give by Fisher's z (.13 to .50); it is kept as printed.
"""

from domain.framework.model import EffectSize, EffectSizeProvenance, Provenance
from domain.framework.responsibilities import Responsibility

R = Responsibility

_INTERVAL_RECALLED = frozenset(
    {
        R.KNOWLEDGE_OF_TEACHING_AND_LEARNING,
        R.MONITORS_EVALUATES,
        R.INSPIRES,
        R.STRUCTURES_AND_ROUTINES,
        R.ADVOCACY,
        R.RELATIONSHIPS,
        R.RESOURCES,
        R.SITUATIONAL_AWARENESS,
        R.VISIBILITY,
    }
)
_R_2003_SECONDARY = frozenset(
    {
        R.ACKNOWLEDGEMENT,
        R.CHANGE_AGENT,
        R.COMMUNICATION,
        R.COMMUNITY,
        R.INVOLVEMENT_IN_TEACHING_AND_LEARNING,
        R.PROTECTS,
        R.SITUATIONAL_AWARENESS,
    }
)

# responsibility: r, low, high, studies, schools, r in 2003
_ROWS: tuple[tuple[Responsibility, float, float, float, int, int, float], ...] = (
    (R.ACKNOWLEDGEMENT, 0.19, 0.08, 0.29, 6, 332, 0.25),
    (R.ADAPTABILITY, 0.28, 0.16, 0.39, 6, 277, 0.22),
    (R.ADVOCACY, 0.27, 0.18, 0.35, 14, 478, 0.28),
    (R.CELEBRATES, 0.24, 0.15, 0.32, 9, 465, 0.15),
    (R.CHANGE_AGENT, 0.25, 0.16, 0.34, 6, 466, 0.30),
    (R.COMMUNICATION, 0.23, 0.12, 0.33, 11, 299, 0.23),
    (R.COMMUNITY, 0.25, 0.18, 0.31, 15, 819, 0.29),
    (R.FOCUS, 0.24, 0.19, 0.29, 44, 1619, 0.24),
    (R.IDEALS_BELIEFS, 0.22, 0.14, 0.30, 7, 513, 0.25),
    (R.INPUT, 0.25, 0.18, 0.32, 16, 669, 0.30),
    (R.INSPIRES, 0.20, 0.13, 0.27, 17, 724, 0.20),
    (R.INTELLECTUAL_STIMULATION, 0.24, 0.13, 0.34, 4, 302, 0.32),
    (R.INVOLVEMENT_IN_TEACHING_AND_LEARNING, 0.20, 0.14, 0.27, 23, 826, 0.16),
    (R.KNOWLEDGE_OF_TEACHING_AND_LEARNING, 0.25, 0.15, 0.34, 10, 368, 0.24),
    (R.MONITORS_EVALUATES, 0.27, 0.22, 0.32, 31, 1129, 0.28),
    (R.PROTECTS, 0.27, 0.18, 0.35, 12, 437, 0.24),
    (R.RELATIONSHIPS, 0.18, 0.09, 0.26, 11, 505, 0.19),
    (R.RESOURCES, 0.25, 0.17, 0.32, 17, 571, 0.26),
    (R.SITUATIONAL_AWARENESS, 0.33, 0.11, 0.51, 5, 91, 0.33),
    (R.STRUCTURES_AND_ROUTINES, 0.25, 0.16, 0.33, 17, 456, 0.26),
    (R.VISIBILITY, 0.20, 0.11, 0.28, 13, 477, 0.16),
)


def _provenance(code: Responsibility) -> EffectSizeProvenance:
    return EffectSizeProvenance(
        r=Provenance.PUBLISHED,
        interval=Provenance.RECALLED if code in _INTERVAL_RECALLED else Provenance.SECONDARY,
        r_2003=Provenance.SECONDARY if code in _R_2003_SECONDARY else Provenance.RECALLED,
    )


EFFECT_SIZES: dict[Responsibility, EffectSize] = {
    code: EffectSize(
        r=r,
        r_2005=r,
        r_2003=r_2003,
        ci_low=low,
        ci_high=high,
        studies=studies,
        schools=schools,
        provenance=_provenance(code),
    )
    for code, r, low, high, studies, schools, r_2003 in _ROWS
}
"""The effect size of each of the 21."""
