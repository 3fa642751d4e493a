"""Every section that a docstring, a comment or a document names is there."""

import re

import pytest

from tests.support.markdown import FRAMEWORK, METHOD, ROOT, headings

WIRE = ROOT / "openapi" / "README.md"
DOCUMENTS = {"METHOD": METHOD, "FRAMEWORK": FRAMEWORK, "openapi/README.md": WIRE}
NUMBER = r"\d+(?:\.\d+)?"
REFERENCE = re.compile(rf"\b(METHOD|FRAMEWORK|openapi/README\.md) ({NUMBER}(?:(?:, | and | to | or ){NUMBER})*)")
FOLDERS = ("api", "bench", "domain", "migrations", "persistence", "tests")


def numbers(document):
    return {number for number, _ in headings(document)}


def files():
    for folder in FOLDERS:
        for pattern in ("*.py", "*.md"):
            yield from (ROOT / folder).rglob(pattern)


def unresolved(text):
    """References in ``text`` to sections that are not there; a reference may run over the end of a line."""
    for name, found in REFERENCE.findall(" ".join(text.split())):
        yield from (f"{name} {n}" for n in re.findall(NUMBER, found) if n not in numbers(DOCUMENTS[name]))


def test_every_reference_to_a_section_resolves():
    wrong = [(str(path.relative_to(ROOT)), reference) for path in files() for reference in unresolved(path.read_text())]
    assert wrong == []


ELSEWHERE = re.compile(r"\b(?:contract(?:\.md)?|spec\.md|framework\.md|house design|product\.md) ?[0-9\"]")


def test_no_module_cites_a_document_that_is_not_in_the_repository():
    modules = [path for path in files() if path.suffix == ".py" and path.name != "test_section_references.py"]
    assert [str(path.relative_to(ROOT)) for path in modules if ELSEWHERE.search(path.read_text())] == []


def test_a_reference_that_does_not_resolve_would_be_seen():
    missing = "METHOD " + "5.99"  # in two pieces: this file is searched too
    assert list(unresolved(f"see {missing}")) == [missing]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_a_number_stands_for_one_section(document):
    found = [number for number, _ in headings(document)]
    assert len(found) == len(set(found))
    assert all(number.partition(".")[0] in found for number in found)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_a_section_that_a_document_names_of_itself_is_there(document):
    named = set(re.findall(r"\((\d{1,2}\.\d{1,2})\)", document.read_text()))
    assert named <= numbers(document)
