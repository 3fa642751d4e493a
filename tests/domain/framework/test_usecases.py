"""The public pages: what they list, whose configuration they show, and that each fact says where it comes from."""

import dataclasses
from collections.abc import Callable, Iterator
from enum import Enum

import pytest

from domain.framework import usecases
from domain.framework.configuration import PRODUCT
from domain.framework.model import Citation, Provenance
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS
from domain.framework.views import FrameworkView

PAGES: tuple[Callable[[], object], ...] = (
    usecases.read_framework,
    usecases.list_responsibilities,
    lambda: usecases.read_responsibility("input"),
    usecases.read_framework_phases,
    usecases.read_framework_magnitude,
    usecases.read_focus_areas,
    usecases.read_alignments,
)
PROVED_BY_THEIR_OWNER = {"Practice"}  # its responsibility cites for it
NEVER = (
    "validated",
    "proven",
    "research-based weight",
    "raises achievement",
    "raise achievement",
    "improves achievement",
    "matters most",
    "95 %",
    "95% of the time",
    "60th percentile",
    "fully anonymous",
    "impossible to trace",
    "resister",
    "communicate less",
    "it will pass",
    "blind spot",
    "self-inflated",
    "significant effect",
    "best decision method",
    "this is a second-order change",
)
ALLOWED = (
    "not validated",
    "does not show that raising a rating raises achievement",
    "do not show that raising a rating raises achievement",
    "what matters most",  # a mark, named as one
)


def values(item: object) -> Iterator[object]:
    """``thing`` and everything inside it."""
    yield item
    if isinstance(item, tuple):
        for inner in item:
            yield from values(inner)
    elif dataclasses.is_dataclass(item):
        for f in dataclasses.fields(item):
            yield from values(getattr(item, f.name))


def everything() -> Iterator[object]:
    for page in PAGES:
        yield from values(page())


def test_pages_hold_tuples_scalars_enums_and_frozen_values_only() -> None:
    for thing in everything():
        if dataclasses.is_dataclass(thing):
            assert type(thing).__dataclass_params__.frozen  # type: ignore[attr-defined]
            assert thing.__doc__
            assert not thing.__doc__.startswith(f"{type(thing).__name__}(")
        else:
            assert thing is None or isinstance(thing, tuple | str | int | float | bool | Enum)


def test_every_fact_has_citations_and_provenance() -> None:
    checked = 0
    for thing in everything():
        if not dataclasses.is_dataclass(thing):
            continue
        names = {f.name for f in dataclasses.fields(thing)}
        if any(n == "provenance" or n.endswith("_provenance") for n in names) and "citations" in names:
            checked += 1
            assert thing.citations, thing  # type: ignore[attr-defined]
        elif "citations" in names:
            assert type(thing).__name__ == "FrameworkView"
        elif "provenance" in names:
            assert type(thing).__name__ in PROVED_BY_THEIR_OWNER | {"EffectSize", "PhaseResponsibility"}
    assert checked > 80


def test_cited_publications_are_all_in_the_list_each_once() -> None:
    listed = usecases.read_framework().citations
    cited = {c for c in everything() if isinstance(c, Citation)}
    assert len({c.id for c in listed}) == len(listed)
    assert cited == set(listed)
    assert all(c.author and c.title and c.publisher for c in listed)


def test_every_citation_is_used_by_a_fact() -> None:
    used = {c for page in PAGES for v in values(page()) if not isinstance(v, FrameworkView) for c in _of(v)}
    assert used == set(usecases.read_framework().citations)


def _of(item: object) -> tuple[Citation, ...]:
    return getattr(item, "citations", ()) if dataclasses.is_dataclass(item) else ()


def test_no_text_makes_a_claim_that_the_wording_forbids() -> None:
    for text in (t for t in everything() if isinstance(t, str)):
        rest = text.lower()
        for allowed in ALLOWED:
            rest = rest.replace(allowed, "")
        assert [n for n in NEVER if n in rest] == [], text


def test_every_page_names_version_and_notice() -> None:
    for page in PAGES:
        view = page()
        assert view.framework_version == "2023.1"  # type: ignore[attr-defined]
        notice = view.notice  # type: ignore[attr-defined]
        assert notice.startswith("Not affiliated with")
        assert "McREL International" in notice
        assert "Formative use only" in notice
        assert "not for evaluating staff" in notice


def test_the_first_page_counts_what_the_others_list() -> None:
    assert {p.name: p.count for p in usecases.read_framework().parts} == {
        "responsibilities": 21,
        "phases": 4,
        "magnitude": 10,
        "focus-areas": 5,
        "alignments": 7,
    }


def test_the_first_page_counts_practices_as_listed() -> None:
    listed = [p for r in usecases.list_responsibilities().items for p in r.practices]
    assert usecases.read_framework().practices == len(listed)


def test_phases_show_the_weights_of_the_products_configuration_as_inferred() -> None:
    view = usecases.read_framework_phases()
    assert view.configuration_version == 1
    shown = [(p.code, r.responsibility, r.weight) for p in view.items for r in p.responsibilities]
    assert shown == [(w.phase, w.responsibility, w.weight) for w in PRODUCT.phases]
    assert {r.provenance for p in view.items for r in p.responsibilities} == {Provenance.INFERRED}


def test_phases_weigh_the_primaries_one_and_the_secondaries_half() -> None:
    by_code = {
        p.code.value: {r.responsibility.value: r.weight for r in p.responsibilities}
        for p in usecases.read_framework_phases().items
    }
    assert by_code["manage_transitions"] == {"adaptability": 1.0, "ideals_beliefs": 1.0, "relationships": 0.5}
    assert by_code["create_demand"]["situational_awareness"] == 0.5
    assert by_code["monitor_evaluate"]["monitors_evaluates"] == 1.0


def test_only_transitions_have_a_watch_list_and_it_is_the_four() -> None:
    watch = {p.code.value: p.watch for p in usecases.read_framework_phases().items if p.watch}
    assert watch == {"manage_transitions": SECOND_ORDER_SUFFERS}


def test_seven_descriptors_are_asked_and_three_are_optional() -> None:
    items = usecases.read_framework_magnitude().items
    assert [d.number for d in items] == list(range(1, 11))
    assert [d.optional for d in items] == [False] * 7 + [True] * 3
    assert len({d.code for d in items}) == 10


def test_magnitude_shows_the_products_constants_and_all_labels() -> None:
    view = usecases.read_framework_magnitude()
    assert view.constants == PRODUCT.magnitude
    assert [label.code.value for label in view.labels] == ["first_order", "second_order", "mixed", "unknown"]


def test_focus_areas_list_five_areas_and_four_failures() -> None:
    view = usecases.read_focus_areas()
    assert (len(view.items), len(view.focus_failures), len(view.community_characteristics)) == (5, 4, 4)
    assert (len(view.efficacy_sources), len(view.high_reliability)) == (5, 5)


def test_district_correlations_are_marked_as_recalled() -> None:
    found = usecases.read_focus_areas().district_responsibilities
    assert [d.r for d in found] == [0.24, 0.33, 0.29, 0.27, 0.26]
    assert {d.r_provenance for d in found} == {Provenance.RECALLED}


def test_alignments_are_marked_as_our_reading() -> None:
    view = usecases.read_alignments()
    assert view.reading.startswith("Our reading")
    assert {r.provenance for r in view.items} == {Provenance.INFERRED}


@pytest.mark.parametrize(
    ("row", "marks"),
    [
        ("W1", [1, 1, 0, 0, 1, 0, 0]),
        ("W2", [0, 0, 0, 1, 1, 1, 1]),
        ("W3", [1, 0, 0, 1, 0, 1, 0]),
        ("W4", [0, 0, 0, 0, 1, 0, 1]),
        ("P1", [1, 1, 1, 0, 1, 0, 0]),
        ("P2", [1, 0, 0, 1, 1, 1, 0]),
        ("P3", [0, 0, 1, 1, 0, 1, 1]),
    ],
)
def test_alignment_marks_are_those_of_our_matrix(row: str, marks: list[int]) -> None:
    view = usecases.read_alignments()
    (found,) = (r for r in view.items if r.code == row)
    assert [c.column for c in found.cells] == [c.code for c in view.columns]
    assert [int(c.overlaps) for c in found.cells] == marks


def test_ten_standards_are_listed_and_the_tenth_is_in_no_cluster() -> None:
    view = usecases.read_alignments()
    assert [s.number for s in view.standards] == list(range(1, 11))
    assert sorted(n for r in view.items for n in r.standards) == list(range(1, 10))


def test_both_counts_of_days_are_kept_where_sources_differ() -> None:
    parts = {p.code: p for p in usecases.read_framework().programme}
    for code, low, high in (("year_one", 1, 4), ("year_two", 2, 6)):
        found = [(d.sessions_low, d.sessions_high, d.days_per_session, d.citations[0].id) for d in parts[code].durations]
        assert found == [(low, high, 1, "mcrel-programme"), (low, high, 2, "wwc-2020")]
    assert len(parts["year_one"].sessions) == 4


def test_seven_decision_rules_three_found_and_four_recalled() -> None:
    view = usecases.read_framework()
    assert [r.provenance for r in view.decision_rules] == [Provenance.SECONDARY] * 3 + [Provenance.RECALLED] * 4
    assert [a.code for a in view.decision_attributes] == ["QR", "LI", "ST", "AC", "AP", "GC", "CO"]
    assert len(view.decision_methods) == 5
