"""The tables of the framework's README are the data."""

from domain.framework.alignments import COLUMNS, ROWS
from domain.framework.citations import ALL
from domain.framework.focus_areas import DISTRICT_RESPONSIBILITIES
from domain.framework.magnitude_descriptors import DESCRIPTORS
from domain.framework.meta_analysis import META_ANALYSES, POOLED
from domain.framework.model import Component, Provenance
from domain.framework.responsibilities import SECOND_ORDER_SUFFERS, SECOND_ORDER_SUPPORTS
from domain.framework.responsibility_facts import RESPONSIBILITIES
from tests.support.markdown import FRAMEWORK, section, table

MARKS = {Provenance.RECALLED: "remembered", Provenance.SECONDARY: "secondary", Provenance.PUBLISHED: "read"}
NAMES = {r.code: r.name for r in RESPONSIBILITIES}


def short(value):
    return f"{value:.2f}".removeprefix("0")


def names(codes):
    return ", ".join(NAMES[code] for code in codes)


def one_line(number):
    return " ".join(section(FRAMEWORK, number).split())


def test_the_21_with_their_names_definitions_and_practices():
    assert table(FRAMEWORK, "2.1", "code") == [
        [r.code.value, r.name, r.earlier_name or "the same", r.definition, str(len(r.practices))] for r in RESPONSIBILITIES
    ]


def test_the_effect_sizes_and_how_they_are_known():
    sizes = [(r.code.value, r.effect_size) for r in RESPONSIBILITIES]
    assert table(FRAMEWORK, "3.2", "code") == [
        [
            *(code, short(e.r), short(e.ci_low), short(e.ci_high), str(e.studies), str(e.schools), short(e.r_2003)),
            *(MARKS[e.provenance.interval], MARKS[e.provenance.r_2003]),
        ]
        for code, e in sizes
    ]


def test_the_pooled_statistics():
    written = [value for _, value in table(FRAMEWORK, "3.3", "statistic over the 21")]
    found = [POOLED.simple_mean, POOLED.sd, POOLED.pooled_r, POOLED.q, POOLED.q_p, POOLED.tau2]
    assert [float(value) for value in written] == found
    assert POOLED.i2 == POOLED.tau2


def test_the_two_syntheses():
    written = table(FRAMEWORK, "3.1", "", "studies")
    for (_, studies, schools, students, r), found in zip(written, META_ANALYSES, strict=True):
        assert (int(studies), int(schools.replace(",", ""))) == (found.studies, found.schools)
        assert (students, r) == (f"about {found.students:,}", short(found.overall_r))


def test_the_components_and_their_members():
    written = {component.replace(" ", "_"): members for component, members, _ in table(FRAMEWORK, "4.1", "component")}
    found = {c.value: names(sorted(r.code for r in RESPONSIBILITIES if c in r.component)) for c in Component}
    assert written == found


def test_the_seven_the_four_and_the_order_of_first_order_change():
    assert names(SECOND_ORDER_SUPPORTS) in one_line("5.3")
    assert names(SECOND_ORDER_SUFFERS) in one_line("5.4")
    order = sorted((r for r in RESPONSIBILITIES), key=lambda r: r.first_order_rank)
    places = [one_line("5.5").index(r.name, one_line("5.5").index("Monitors")) for r in order]
    assert places == sorted(places)


def test_the_items_with_what_they_rest_on():
    found = [(d.number, d.dimension.lower() + (" (optional)" if d.optional else "")) for d in DESCRIPTORS]
    written = table(FRAMEWORK, "5.2", "number")
    assert [(int(row[0]), row[1]) for row in written] == found
    assert [row[3].removesuffix(" in part") for row in written] == [MARKS[d.provenance] for d in DESCRIPTORS]


def test_the_correlations_of_the_district():
    assert all(short(d.r) in one_line("8.4") for d in DISTRICT_RESPONSIBILITIES)


def test_the_alignment():
    heads = [row[1:] for row in table(FRAMEWORK, "11", "row")]
    assert heads == [["1" if c.overlaps else "" for c in row.cells] for row in ROWS]
    assert all(column.title.lower() in one_line("11") for column in COLUMNS)


def test_every_publication_that_the_data_name_is_a_reference():
    written = [row[0] for row in table(FRAMEWORK, "14", "reference") if row[1] == "data"]
    assert len(written) == len(ALL)
    for citation in ALL:
        [found] = [
            text for text in written if citation.title.split(" (")[0] in text and str(citation.year or "undated") in text
        ]
        assert found.startswith(citation.author)
