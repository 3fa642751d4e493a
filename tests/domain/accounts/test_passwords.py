"""What a password must be: long, and without what somebody who knows the person and the district would try first."""

import pytest

from domain.accounts.passwords import district_core, forbidden_texts, password_errors

KNOWN = forbidden_texts(
    district="Grand Bend ISD",
    slug="gb-schools",
    names=("Ada Lopez", "Mary Ann", "Núñez-Ortiz", "Li"),
    username="walker7",
    email="a.writes@grandbend.k12.tx.us",
)


def is_rejected(password: str, known=KNOWN) -> bool:
    return [fault.pointer for fault in password_errors(password, forbidden=known)] == ["/password"]


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet herons",
        "correct horse battery",
        "ñandúes en la pampa",
        "x9!kQ2#mZ7&p",
        "a bend in the grand river",
        "libraries 4 all",
    ],
)
def test_a_long_password_will_do_whatever_it_is_made_of(password):
    assert password_errors(password, forbidden=KNOWN) == []


@pytest.mark.parametrize(
    "password",
    [
        *("short", "elevenchars", "a" * 257, "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "abcdefghijklm", "qwertyuiopas"),
        *("password1234!", "Welcome12345", "Contraseña 123"),
    ],
)
def test_a_short_password_a_pattern_and_a_common_word_will_not_do(password):
    assert is_rejected(password)


@pytest.mark.parametrize(
    "password",
    [
        *("grandbend123", "GRAND-BEND-2026", "my g.r.a.n.d bend!", "GrandBendISD1", "gb schools rule", "we love GB_Schools"),
        *(
            "lopez rides again",
            "Lopez-Lopez-1",
            "L.ó.p.e.z rides",
            "nunez ortiz 2026",
            "mary had a lamb",
            "ＬＯＰＥＺ rides on",
        ),
        *("walker7 walker", "say awrites 2026"),
    ],
)
def test_a_password_that_contains_a_name_of_the_person_or_the_district_will_not_do(password):
    assert is_rejected(password)


@pytest.mark.parametrize("password", ["ada and the whale", "Ada2026 forever", "AdaAdaAda123", "ann_of_avonlea"])
def test_a_name_of_three_letters_is_no_word_of_a_password(password):
    assert is_rejected(password)


@pytest.mark.parametrize("password", ["armada of sails", "an annual banner", "li li li and more"])
def test_a_short_name_inside_other_words_does_not_matter_and_one_of_two_letters_never(password):
    assert not is_rejected(password)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Grand Bend ISD", "Grand Bend"),
        ("Lakeside Unified School District", "Lakeside"),
        ("Orange County Public Schools", "Orange"),
        ("School District of Osceola", "Osceola"),
        ("Community High School District", "Community High School District"),
    ],
)
def test_the_core_of_a_district_s_name_is_what_people_call_it(name, core):
    assert district_core(name) == core


def test_the_refusal_says_what_to_leave_out():
    [fault] = password_errors("grandbend123", forbidden=KNOWN)
    assert "without your name, your user name and your district's name" in fault.detail
