from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stance.model import Attribute, Method, StanceWord, Status
from domain.stance.rules import WORD, choice, feasible, stance_outcome
from tests.support.examples import examples

AI, AII, CI, CII, GII = Method
CODES = {AI: "AI", AII: "AII", CI: "CI", CII: "CII", GII: "GII"}
COMPLETE = tuple(product((True, False), repeat=7))
ALL = tuple(product((True, False, None), repeat=7))


def read(cells: str) -> tuple[bool | None, ...]:
    """Return the answers of Y, N or ? for QR LI ST AC AP GC CO."""
    return tuple({"Y": True, "N": False, "?": None}[c] for c in cells.split())


def words(methods) -> str:
    return " ".join(CODES[m] for m in methods)


def counted(methods) -> dict[str, int]:
    return dict(Counter(CODES[m] for m in methods if m is not None))


def chosen(cells, *, urgent=False, develop=False):
    return choice(cells, urgent=urgent, develop=develop)


@pytest.mark.parametrize(
    ("cells", "methods"),
    [
        ("N N N N N N N", "AI AII CI CII GII"),
        ("N Y N Y Y N Y", "AI AII CI CII GII"),
        ("N Y Y Y N N Y", "GII"),
        ("Y Y N N N Y Y", "AI AII CI CII GII"),
        ("Y Y N Y Y N Y", "AI AII CI CII"),
        ("Y N N Y N Y N", "GII"),
        ("Y Y N Y N N Y", "CII"),
        ("Y N Y Y N N N", "CI CII"),
        ("Y N Y N N Y Y", "AII CI CII GII"),
        ("Y N Y Y Y N N", "AII CI CII"),
        ("Y N N N N Y N", "CII GII"),
        ("Y N N Y Y N N", "CII"),
        ("Y N N Y N N N", "CII"),
    ],
)
def test_feasible_sets_of_the_seven_rules(cells, methods):
    outcome = stance_outcome(read(cells))
    assert words(outcome.certain) == words(outcome.possible) == methods
    assert outcome.status is Status.SETTLED


def test_checksums_of_the_128_complete_cells():
    sets = [stance_outcome(c).certain for c in COMPLETE]
    assert all(feasible(*c) for c in COMPLETE)
    assert counted(s[0] for s in sets) == {"AI": 72, "AII": 12, "CI": 3, "CII": 17, "GII": 24}
    assert counted(s[-1] for s in sets) == {"CII": 32, "GII": 96}
    assert counted(chosen(c) for c in COMPLETE) == {"AI": 72, "AII": 12, "CII": 20, "GII": 24}


def test_checksums_of_the_2187_cells_with_unknowns():
    outcomes = [stance_outcome(c) for c in ALL]
    assert len(outcomes) == 2187
    assert Counter(o.status for o in outcomes) == {Status.SETTLED: 760, Status.PROVISIONAL: 1103, Status.OPEN: 324}
    closed = [o.certain for o in outcomes if o.certain]
    assert counted(c[0] for c in closed) == {"AI": 675, "AII": 180, "CI": 20, "CII": 448, "GII": 540}
    assert counted(c[-1] for c in closed) == {"CII": 648, "GII": 1215}
    assert counted(chosen(c) for c in ALL) == {"AI": 675, "AII": 180, "CII": 468, "GII": 540}


@pytest.mark.parametrize(
    ("cells", "certain", "possible", "status", "pick", "ask"),
    [
        ("Y ? N Y N Y Y", "GII", "GII", "settled", "GII", ""),
        ("Y ? N Y N ? Y", "", "CII GII", "open", "", "GC 2"),
        ("Y ? ? Y Y ? ?", "CII", "AI AII CI CII GII", "provisional", "CII", "LI 8 GC 8 ST 4"),
        ("Y Y ? Y Y ? ?", "AI AII CI CII", "AI AII CI CII GII", "provisional", "AI", "GC 4"),
        ("Y ? ? Y ? Y ?", "GII", "AI AII CI CII GII", "provisional", "GII", "AP 8 LI 4 ST 2"),
        ("Y Y N Y N N N", "CI CII", "CI CII", "settled", "CII", ""),
    ],
)
def test_worked_groups_of_p2(cells, certain, possible, status, pick, ask):  # noqa: PLR0917 - a row of the table
    outcome = stance_outcome(read(cells))
    assert (words(outcome.certain), words(outcome.possible), outcome.status) == (certain, possible, status)
    method = chosen(read(cells))
    assert ("" if method is None else CODES[method]) == pick
    assert " ".join(f"{a.attribute} {a.settles}" for a in outcome.open_questions) == ask


def test_urgency_saves_time_within_the_set_only():
    assert chosen(read("Y Y N Y N N N"), urgent=True) is CI
    assert chosen(read("Y ? N Y N Y Y"), urgent=True) is GII
    assert chosen(read("Y ? N Y N ? Y"), urgent=True) is None


def test_developing_people_counts_unless_it_is_urgent():
    office = read("Y Y ? Y Y ? ?")
    assert chosen(office, develop=True) is CII
    assert chosen(office, develop=True, urgent=True) is AI


def test_stance_words():
    assert [WORD[m] for m in Method] == [
        StanceWord.DIRECT,
        StanceWord.DIRECT,
        StanceWord.CONSULT,
        StanceWord.CONSULT,
        StanceWord.SHARE,
    ]


cells = st.tuples(*[st.sampled_from((True, False, None))] * 7)


@examples(400)
@given(cells, st.integers(0, 6), st.booleans())
def test_an_answer_never_shrinks_what_is_certain_nor_enlarges_what_is_possible(result, i, answer):
    if result[i] is not None:
        return
    before, after = stance_outcome(result), stance_outcome((*result[:i], answer, *result[i + 1 :]))
    assert set(before.certain) <= set(after.certain)
    assert set(after.possible) <= set(before.possible)


@examples(200)
@given(cells, st.booleans(), st.booleans())
def test_nothing_but_what_is_certain_is_chosen(result, urgent, develop):
    method = chosen(result, urgent=urgent, develop=develop)
    assert method in (stance_outcome(result).certain or (None,))


@examples(200)
@given(cells)
def test_only_open_questions_are_asked_and_only_while_they_matter(result):
    outcome = stance_outcome(result)
    unknown = {a for a, v in zip(Attribute, result, strict=True) if v is None}
    assert {a.attribute for a in outcome.open_questions} <= unknown
    assert bool(outcome.open_questions) == (outcome.status is not Status.SETTLED)
