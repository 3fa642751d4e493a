"""The published professional-learning programme (FRAMEWORK 10.1); where sources differ, both are kept."""

from dataclasses import dataclass

from domain.framework import citations
from domain.framework.model import Citation, Provenance


@dataclass(frozen=True, kw_only=True)
class Duration:
    """How long one source says a part of the programme takes; sources differ and both are kept (FRAMEWORK 10.1)."""

    sessions_low: int
    sessions_high: int
    days_per_session: int
    provenance: Provenance
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class ProgrammePart:
    """A part of the published professional-learning programme and its contents."""

    code: str
    title: str
    text: str
    durations: tuple[Duration, ...]
    sessions: tuple[str, ...]
    provenance: Provenance
    citations: tuple[Citation, ...]


_PAGE = (citations.PROGRAMME_PAGE,)
_SNAPSHOT = (citations.WWC_2020,)
_BOTH = (*_PAGE, *_SNAPSHOT)


def _duration(low: int, high: int, days: int, cited: tuple[Citation, ...]) -> Duration:
    return Duration(
        sessions_low=low,
        sessions_high=high,
        days_per_session=days,
        provenance=Provenance.PUBLISHED,
        citations=cited,
    )


def _part(
    code: str,
    title: str,
    text: str,
    cited: tuple[Citation, ...],
    *,
    durations: tuple[Duration, ...] = (),
    sessions: tuple[str, ...] = (),
) -> ProgrammePart:
    return ProgrammePart(
        code=code,
        title=title,
        text=text,
        durations=durations,
        sessions=sessions,
        provenance=Provenance.PUBLISHED,
        citations=cited,
    )


PROGRAMME: tuple[ProgrammePart, ...] = (
    _part(
        "year_one",
        "Year one",
        "On site, for principals, assistant principals, teacher leaders and the district's directors of schools. The publisher "
        "counts single days, the clearinghouse two-day sessions.",
        _BOTH,
        durations=(_duration(1, 4, 1, _PAGE), _duration(1, 4, 2, _SNAPSHOT)),
        sessions=("The 21 and the framework", "Managing change", "Focus of leadership", "Purposeful community"),
    ),
    _part(
        "year_two",
        "Year two",
        "Goes further with case studies, discussion and plans of action. The publisher counts single days, the clearinghouse "
        "two-day sessions.",
        _BOTH,
        durations=(_duration(2, 6, 1, _PAGE), _duration(2, 6, 2, _SNAPSHOT)),
    ),
    _part(
        "as_studied",
        "As studied",
        "In the one trial that the clearinghouse accepted: ten sessions over parts of three school years at two central sites",
        (*_SNAPSHOT, citations.TRIAL_2015),
        durations=(_duration(10, 10, 2, _SNAPSHOT),),
    ),
    _part(
        "consortium",
        "Consortium",
        "Several districts or teams share a central site, at lower cost; both years",
        _BOTH,
    ),
    _part(
        "training_of_trainers",
        "Training of trainers",
        "The district's own staff developers learn to run the sessions",
        _BOTH,
    ),
    _part(
        "district_level",
        "District level",
        "For superintendents, their assistants, directors and leads: goals, defined autonomy, support of principals, "
        "second-order change, reliability",
        _PAGE,
        durations=(_duration(1, 4, 1, _PAGE),),
    ),
    _part(
        "shared_leadership",
        "Shared leadership",
        "For the leadership teams of schools",
        _PAGE,
        durations=(_duration(1, 4, 1, _PAGE),),
    ),
    _part(
        "coaching",
        "Coaching",
        "Calls online, visits of several days, one to one",
        _BOTH,
    ),
    _part(
        "since_2021",
        "Form since 2021",
        "A series in person over a school year, with reflection and application at one's own pace around each session, on a "
        "problem from one's own practice; teams are encouraged to attend",
        (citations.OVERVIEW_2023,),
    ),
)
"""The parts of the programme."""
