"""The 21 as data, against the numbers of FRAMEWORK 2 to 5."""

from dataclasses import fields

import pytest

from domain.framework.model import Component, Provenance, SecondOrder
from domain.framework.responsibilities import Responsibility
from domain.framework.usecases import list_responsibilities, read_responsibility
from domain.shared.errors import NotFound

R = Responsibility
ITEMS = list_responsibilities().items
PRACTICES_2023_1 = {
    "acknowledgement": 3,
    "adaptability": 4,
    "advocacy": 4,
    "celebrates": 3,
    "change_agent": 3,
    "communication": 3,
    "community": 5,
    "focus": 4,
    "ideals_beliefs": 3,
    "input": 3,
    "inspires": 3,
    "intellectual_stimulation": 4,
    "involvement_in_teaching_and_learning": 3,
    "knowledge_of_teaching_and_learning": 3,
    "monitors_evaluates": 1,
    "protects": 2,
    "relationships": 4,
    "resources": 2,
    "situational_awareness": 3,
    "structures_and_routines": 3,
    "visibility": 3,
}


def members(component: Component) -> set[Responsibility]:
    return {i.code for i in ITEMS if component in i.component}


def test_there_are_21_in_framework_order() -> None:
    assert [i.code for i in ITEMS] == list(Responsibility)
    assert len(ITEMS) == 21


def test_a_responsibility_is_read_by_its_code() -> None:
    assert read_responsibility("change_agent").name == "Change Agent"


def test_a_page_of_its_own_says_what_the_list_says() -> None:
    for item in ITEMS:
        page = read_responsibility(item.code)
        assert all(getattr(page, f.name) == getattr(item, f.name) for f in fields(item))


@pytest.mark.parametrize("code", ["", "Change Agent", "cha", "culture"])
def test_an_unknown_code_is_not_found(code: str) -> None:
    with pytest.raises(NotFound, match="no such responsibility"):
        read_responsibility(code)


def test_eleven_were_renamed_and_none_kept_its_name_as_earlier_name() -> None:
    earlier = {i.code.value: i.earlier_name for i in ITEMS if i.earlier_name is not None}
    assert earlier == {
        "acknowledgement": "Affirmation",
        "adaptability": "Flexibility",
        "advocacy": "Outreach",
        "celebrates": "Contingent Rewards",
        "community": "Culture",
        "inspires": "Optimizer",
        "involvement_in_teaching_and_learning": "Involvement in Curriculum, Instruction & Assessment",
        "knowledge_of_teaching_and_learning": "Knowledge of Curriculum, Instruction & Assessment",
        "monitors_evaluates": "Monitoring/Evaluating",
        "protects": "Discipline",
        "structures_and_routines": "Order",
    }


def test_codes_are_the_names_of_2023_in_snake_case() -> None:
    for item in ITEMS:
        name = item.name.lower().replace("&", "and").replace("/", "_").replace(" ", "_")
        assert name == item.code.value


def test_components_hold_seven_seven_and_eight_with_ideals_and_beliefs_in_two() -> None:
    assert len(members(Component.FOCUS_OF_LEADERSHIP)) == 7
    assert len(members(Component.MAGNITUDE_OF_CHANGE)) == 7
    assert len(members(Component.PURPOSEFUL_COMMUNITY)) == 8
    twice = [i for i in ITEMS if len(i.component) != 1]
    assert [(i.code, i.component) for i in twice] == [
        (R.IDEALS_BELIEFS, (Component.MAGNITUDE_OF_CHANGE, Component.PURPOSEFUL_COMMUNITY))
    ]


def test_component_members_are_those_of_the_monograph() -> None:
    assert members(Component.FOCUS_OF_LEADERSHIP) == {
        "celebrates",
        "protects",
        "involvement_in_teaching_and_learning",
        "focus",
        "structures_and_routines",
        "advocacy",
        "resources",
    }
    assert members(Component.PURPOSEFUL_COMMUNITY) == {
        "acknowledgement",
        "communication",
        "community",
        "ideals_beliefs",
        "input",
        "relationships",
        "situational_awareness",
        "visibility",
    }


def test_only_a_member_of_the_magnitude_list_alone_has_a_verified_component() -> None:
    found = {i.code for i in ITEMS if i.provenance.component is Provenance.SECONDARY}
    assert found == members(Component.MAGNITUDE_OF_CHANGE) - {R.IDEALS_BELIEFS}


def test_seven_support_second_order_change_in_rank_order() -> None:
    ranked = sorted((i for i in ITEMS if i.second_order is SecondOrder.SUPPORTS), key=lambda i: i.second_order_rank or 0)
    assert [(i.second_order_rank, i.code.value) for i in ranked] == [
        (1, "knowledge_of_teaching_and_learning"),
        (2, "inspires"),
        (3, "intellectual_stimulation"),
        (4, "change_agent"),
        (5, "monitors_evaluates"),
        (6, "adaptability"),
        (7, "ideals_beliefs"),
    ]


def test_the_four_suffer_and_have_no_rank() -> None:
    four = {i.code.value: i.second_order_rank for i in ITEMS if i.second_order is SecondOrder.SUFFERS}
    assert four == {"community": None, "communication": None, "structures_and_routines": None, "input": None}
    assert all(i.second_order_rank is None for i in ITEMS if i.second_order is SecondOrder.NEUTRAL)


def test_first_order_ranks_run_to_21_and_two_share_eight() -> None:
    ranks = {i.code.value: i.first_order_rank for i in ITEMS}
    assert sorted(ranks.values()) == [1, 2, 3, 4, 5, 6, 7, 8, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
    assert ranks["acknowledgement"] == ranks["intellectual_stimulation"] == 8
    assert (ranks["monitors_evaluates"], ranks["community"], ranks["communication"]) == (1, 2, 10)
    assert (ranks["structures_and_routines"], ranks["situational_awareness"], ranks["change_agent"]) == (7, 17, 21)


def test_only_the_first_five_ranks_were_found_the_rest_are_recalled() -> None:
    for item in ITEMS:
        expected = Provenance.SECONDARY if item.first_order_rank <= 5 else Provenance.RECALLED
        assert item.provenance.first_order_rank is expected


def test_practices_are_allocated_as_in_this_version() -> None:
    assert {i.code.value: len(i.practices) for i in ITEMS} == PRACTICES_2023_1
    assert sum(PRACTICES_2023_1.values()) == 66


def test_practice_codes_and_texts_are_unique() -> None:
    practices = [p for i in ITEMS for p in i.practices]
    assert len({p.code for p in practices}) == len(practices)
    assert len({p.text for p in practices}) == len(practices)
    assert ITEMS[0].practices[0].code == "acknowledgement.1"


def test_practice_counts_that_were_found_are_secondary() -> None:
    found = {i.code.value for i in ITEMS if {p.provenance for p in i.practices} == {Provenance.SECONDARY}}
    assert found == {"acknowledgement", "change_agent", "communication", "celebrates", "community", "protects"}
