"""What is told of ASVS 5.0 names tests that are there, and passes no requirement over."""

import ast
import re
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "api" / "security" / "asvs.md"
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| (holds|in part|no|—) \| ([^|]+) \| ([^|]*)\|")
NAMED = re.compile(r"`(tests/[^`]+::[^`]+)`")
NUMBERS = """
4.1.1-3 4.2.1-1 4.3.1-2 4.4.1-4
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4
7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
8.1.1-2 8.2.1-3 8.3.1-1 8.4.1-1
9.1.1-3 9.2.1-4
10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
13.1.1-1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
16.1.1-1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
"""
"""Levels 1 and 2 of these chapters, as 5.0.0 numbers them: in each section they come before those of level 3."""


@cache
def names_in(path):
    """Names as pytest has them: a function's, or a class's with ``::`` and its method's."""
    if not path.is_file():
        return frozenset()
    body = ast.parse(path.read_text()).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    functions = chain(((node, "") for node in body), ((node, f"{owner.name}::") for owner in classes for node in owner.body))
    return frozenset(
        prefix + node.name for node, prefix in functions if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def missing(text):
    """Tests that ``text`` names and that are not there."""
    named = [name.partition("::") for name in NAMED.findall(text)]
    return [f"{path}::{test}" for path, _, test in named if test not in names_in(ROOT / path)]


def test_every_test_that_is_named_is_there():
    text = TABLE.read_text()
    assert len(NAMED.findall(text)) > 100
    assert missing(text) == []


def test_a_test_that_is_not_there_would_be_seen():
    here = "tests/documents/test_asvs.py::test_a_test_that_is_not_there_would_be_seen"
    assert missing(f"`{here}`") == []
    assert missing(f"`{here}_too` `tests/nowhere.py::test_it`") == [f"{here}_too", "tests/nowhere.py::test_it"]


def test_whoever_is_asked_by_the_service_is_named():
    """The guard is what reaches the open internet; beside its own module, each that uses it is there for somebody told of."""
    telling = {"sign_in/oidc_login.py": "Identity providers", "oauth/client_jwks.py": "`jwks_uri`"}
    asking = {
        path.relative_to(ROOT / "api").as_posix()
        for path in (ROOT / "api").rglob("*.py")
        if re.search(r"or GuardedTransport\(", path.read_text())
    }
    assert asking - {"outbound/http_client.py"} == set(telling)
    _, _, said = TABLE.read_text().partition("## Whom it talks to")
    said, _, _ = said.partition("\n## ")
    assert [named for named in telling.values() if named not in said] == []


def test_what_a_provider_s_logout_does_is_told():
    assert (ROOT / "api" / "sign_in" / "backchannel_logout.py").is_file()
    [(verdict, seen)] = [(row[1], row[3]) for row in ROW.findall(TABLE.read_text()) if row[0] == "10.5.5"]
    assert (verdict, bool(NAMED.search(seen))) == ("in part", True)


def test_every_requirement_stands_in_the_table_once():
    sections = [part.rpartition(".1-") for part in NUMBERS.split()]
    wanted = [f"{section}.{number}" for section, _, last in sections for number in range(1, int(last) + 1)]
    assert [number for number, *_ in ROW.findall(TABLE.read_text())] == wanted


def test_what_holds_says_where_that_is_seen():
    rows = ROW.findall(TABLE.read_text())
    assert [number for number, verdict, _, seen in rows if verdict == "holds" and not NAMED.search(seen)] == []
