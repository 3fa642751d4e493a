"""The practices under each responsibility, in our words (FRAMEWORK 2.3).

Editions differ by an item or two, so the list belongs to the version of the framework and nothing counts on its length.
"""

from domain.framework.model import Practice, Provenance
from domain.framework.responsibilities import Responsibility

R = Responsibility

# How many practices these have was read in secondary pages; for the others it is remembered.
_COUNT_SECONDARY = frozenset({R.ACKNOWLEDGEMENT, R.CHANGE_AGENT, R.COMMUNICATION, R.CELEBRATES, R.COMMUNITY, R.PROTECTS})

_TEXTS: dict[Responsibility, tuple[str, ...]] = {
    R.ACKNOWLEDGEMENT: (
        "Credits staff for what went well, even-handedly and as a habit",
        "Credits students for what they achieved, even-handedly and as a habit",
        "Speaks as plainly about where the school fell short as about where it did well",
    ),
    R.ADAPTABILITY: (
        "Keeps steady while large parts of the school's work are changing",
        "Makes it safe to disagree with whoever is in charge",
        "Chooses a manner of leading that suits the people and the moment",
        "Knows when to give instructions and when to leave the answer to others",
    ),
    R.ADVOCACY: (
        "Sees that obligations towards district and state are kept",
        "Makes the school's case to the wider community",
        "Makes the school's case to families",
        "Lets the district office know what the school has accomplished",
    ),
    R.CELEBRATES: (
        "Gives individual credit to people whose work stands out",
        "Lets accomplishment, not years served, decide who is rewarded",
        "Makes clear what a reward was earned with",
    ),
    R.CHANGE_AGENT: (
        "Puts accepted ways of the school to the test on purpose",
        "Starts on a change although nobody can promise how it ends",
        "Regularly asks what could be done better than now",
    ),
    R.COMMUNICATION: (
        "Can be approached by staff without difficulty",
        "Creates occasions and channels through which colleagues inform each other",
        "Keeps news and concerns travelling in both directions between leader and staff",
    ),
    R.COMMUNITY: (
        "Gets colleagues to work with each other rather than side by side",
        "Pays attention to how staff are doing",
        "Strengthens the bond among colleagues",
        "Makes sure people grasp what the school is there for",
        "Develops with staff a common idea of the school they want",
    ),
    R.FOCUS: (
        "Agrees on demanding, specific aims that leave no student out",
        "Sets such aims for what is taught, how it is taught and how it is assessed",
        "Sets aims for how the school as a whole is run",
        "Brings everyday attention back to these aims",
    ),
    R.IDEALS_BELIEFS: (
        "Has settled beliefs about what education should be",
        "Lets staff know what these beliefs are",
        "Acts in ways that match them",
    ),
    R.INPUT: (
        "Asks staff before weighty choices are made",
        "Lets staff help write the rules they will work under",
        "Shares decisions with a team of leaders in the school",
    ),
    R.INSPIRES: (
        "Moves staff to take on what they thought was too much for them",
        "Tells people convincingly that they will manage",
        "Supplies the push behind the school's largest undertakings",
    ),
    R.INTELLECTUAL_STIMULATION: (
        "Keeps up with studies and theory on good schooling",
        "Brings important new thinking before the staff",
        "Gives conversation about such thinking a fixed place",
        "Reads and studies together with staff",
    ),
    R.INVOLVEMENT_IN_TEACHING_AND_LEARNING: (
        "Works with teachers on planning what is taught",
        "Works with teachers on difficulties that come up in lessons",
        "Works with teachers on difficulties in judging what students have learned",
    ),
    R.KNOWLEDGE_OF_TEACHING_AND_LEARNING: (
        "Understands what good curriculum and good lessons look like",
        "Understands what sound assessment looks like",
        "Helps teachers think through why and how they teach as they do",
    ),
    R.MONITORS_EVALUATES: ("Keeps finding out what curriculum, teaching and assessment are doing for students",),
    R.PROTECTS: (
        "Keeps announcements, errands and other interruptions out of lessons",
        "Takes outside demands off teachers' hands so that they can attend to teaching",
    ),
    R.RELATIONSHIPS: (
        "Notices when members of staff need something as people",
        "Stays in personal touch with staff",
        "Is aware of weighty matters in the lives of staff",
        "Remembers the large occasions in people's lives, glad or sad",
    ),
    R.RESOURCES: (
        "Sees that teachers have what their lessons call for",
        "Sees that teachers get training that makes their teaching better",
    ),
    R.SITUATIONAL_AWARENESS: (
        "Understands who is close to whom and who sways whom among staff",
        "Notices tensions before anyone speaks of them",
        "Thinks ahead to what might go amiss in the course of a day",
    ),
    R.STRUCTURES_AND_ROUTINES: (
        "Gives students arrangements they understand and can rely on",
        "Gives staff arrangements they understand and can rely on",
        "Settles how daily business is done, so that staff need not ask",
    ),
    R.VISIBILITY: (
        "Goes into classrooms often and to a plan",
        "Can be met around the building",
        "Talks with students often",
    ),
}


def _practices(code: Responsibility, texts: tuple[str, ...]) -> tuple[Practice, ...]:
    provenance = Provenance.SECONDARY if code in _COUNT_SECONDARY else Provenance.RECALLED
    return tuple(Practice(code=f"{code}.{i}", text=t, provenance=provenance) for i, t in enumerate(texts, start=1))


PRACTICES: dict[Responsibility, tuple[Practice, ...]] = {code: _practices(code, texts) for code, texts in _TEXTS.items()}
"""The practices of each of the 21, in this version of the framework."""
