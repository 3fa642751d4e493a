"""Reading a package never fails but by its report, whatever is sent."""

from hypothesis import example, given
from hypothesis import strategies as st

from domain.roster.package_reader import read_package
from tests.support.examples import examples
from tests.support.roster_packages import CLEAN, clean

PACKAGE = clean()


@examples(400)
@given(st.lists(st.tuples(st.integers(0, len(PACKAGE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
@example(damages=[(len(PACKAGE) - 5, 4)])  # its entries begin before it does
def test_a_damaged_zip_is_refused_with_a_report(damages):
    package = bytearray(PACKAGE)
    for place, value in damages:
        package[place] = value
    reading = read_package(bytes(package))
    assert (reading.roster is None) == (reading.report.errors > 0)


cells = st.text(alphabet='ab1,"{}:\n\r\t\x00-/é ', max_size=12)


@examples(400)
@given(st.sampled_from(sorted(CLEAN)), st.integers(0, 400), st.integers(0, 20), cells)
def test_a_damaged_file_is_refused_with_a_report_that_shows_no_secret(name, position, length, text):
    content = CLEAN[name][:position] + text + CLEAN[name][position + length :]
    reading = read_package(clean(**{name[:-4]: content}))
    assert (reading.roster is None) == (reading.report.errors > 0)
    for finding in reading.report.findings:
        assert not any(value in finding.detail for value in ("Secret", "555-01", "pupil", "Pupil", "Apple", "paula"))


@examples(200)
@given(st.binary(max_size=200))
def test_what_is_no_csv_at_all_is_refused_with_a_report(content):
    assert read_package(clean(users=content)).roster is None
