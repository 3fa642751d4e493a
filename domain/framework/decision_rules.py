"""The 1973 rules of participation in decisions, as texts; domain.stance applies them (FRAMEWORK 9, METHOD 12)."""

from domain.framework import citations
from domain.framework.model import Fact, Provenance

_CITED = (citations.VROOM_YETTON_1973,)


def _facts(rows: tuple[tuple[str, str, str], ...], provenance: Provenance) -> tuple[Fact, ...]:
    return tuple(Fact(code=c, title=t, text=x, provenance=provenance, citations=_CITED) for c, t, x in rows)


DECISION_METHODS: tuple[Fact, ...] = _facts(
    (
        ("decide", "Decide", "You decide with what you know now"),
        ("decide_with_facts", "Decide with facts", "You get the missing facts from people, then decide"),
        ("consult_individually", "Consult individually", "You hear people's views one by one, then decide"),
        ("consult_group", "Consult the group", "You hear the group's views together, then decide"),
        ("agree_together", "Agree together", "You and the group work towards a decision that all can carry"),
    ),
    Provenance.SECONDARY,
)
"""Five methods, by rising participation (AI, AII, CI, CII, GII)."""

DECISION_ATTRIBUTES: tuple[Fact, ...] = _facts(
    (
        ("QR", "Quality", "Does it matter much which solution is chosen?"),
        ("LI", "Information", "Do you know enough to decide well by yourself?"),
        ("ST", "Structure", "Is it clear what is wanted, what the choices are and how to compare them?"),
        ("AC", "Acceptance", "Does carrying it out depend on these people accepting it?"),
        ("AP", "Acceptance likely", "Would they accept it if you decided alone?"),
        ("GC", "Goals shared", "Do they want what the school is trying to reach with it?"),
        ("CO", "Conflict", "Are they likely to disagree with each other about the best solution?"),
    ),
    Provenance.SECONDARY,
)
"""Seven questions, each answered yes, no or unknown."""

DECISION_RULES: tuple[Fact, ...] = (
    *_facts(
        (
            (
                "information",
                "1. Information",
                "Where the solution matters and you do not know enough, deciding alone on what you know is out",
            ),
            (
                "goals",
                "2. Goals",
                "Where the solution matters and the group does not share the goals, leaving the decision to the group is out",
            ),
            (
                "unstructured",
                "3. Unstructured problem",
                "Where the solution matters, you know too little and the problem is unclear, only meeting as a group remains",
            ),
        ),
        Provenance.SECONDARY,
    ),
    *_facts(
        (
            (
                "acceptance",
                "4. Acceptance",
                "Where acceptance is needed and would not follow from your word, deciding without hearing their views is out",
            ),
            (
                "conflict",
                "5. Conflict",
                "Where, besides, they are likely to disagree with each other, hearing them one by one is out as well",
            ),
            (
                "fairness",
                "6. Fairness",
                "Where the solution hardly matters but acceptance does and would not follow from your word, the group decides",
            ),
            (
                "acceptance_first",
                "7. Acceptance first",
                "Where solution and acceptance both count, your word would not win it and goals are shared, the group decides",
            ),
        ),
        Provenance.RECALLED,
    ),
)
"""Seven rules, each of which takes methods out; the first three were read in secondary pages, the others are remembered."""
