"""Names of modules, classes, functions, parameters and fields are words that engineers and educators already use.

Earlier releases had a vocabulary of their own, which made good code hard to read. `RETIRED` has its words, each with what to write
in its place. Only identifiers are looked at: a sentence for people may use any word, and a test function's name is a sentence.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "domain", "persistence", "migrations", "tests", "bench")

RETIRED = {
    "said": "payload, data, claims, text, params",
    "say": "text, message",
    "hear": "parse_request",
    "heard": "parsed",
    "hearing": "parsing",
    "unheard": "ignore_progress",
    "asked": "request, requested, query",
    "asking": "request, context",
    "told": "reported, recorded",
    "tell": "report, record_event",
    "telling": "presentation, audit",
    "teller": "recorder",
    "untold": "unaudited",
    "shown": "response, view, output, visible",
    "shows": "response, view",
    "held": "stored, existing",
    "kept": "stored, existing",
    "keep": "save, store",
    "keeping": "storage",
    "holding": "stored, legal_holds",
    "let": "allow, authorize, enable",
    "letting": "allowing",
    "way": "identifier, connection, method",
    "ways": "identifiers, connections, methods",
    "stand": "state",
    "standing": "person_context, relationships, state",
    "standings": "bearer_status",
    "seen": "visible, read",
    "sight": "access_scope",
    "far": "scope",
    "acts": "actions",
    "outside": "dependencies",
    "world": "environment, dependencies, dataset",
    "worlds": "datasets",
    "raw": "connection",
    "lend": "acquire, nested",
    "lent": "acquired, nested",
    "opened": "started, decoded",
    "opening": "start, reader",
    "drawn": "rendered",
    "draw": "render",
    "drawer": "page_builder",
    "desk": "service",
    "visitor": "anonymous_actor",
    "entering": "login",
    "leaving": "logout",
    "forgetting": "password_reset",
    "spent": "used",
    "mend": "repair",
    "mended": "repaired",
    "mending": "repair",
    "surroundings": "environ",
    "remains": "stale_files",
    "fence": "tenant_isolation, row_level_security",
    "fenced": "isolated",
    "trail": "audit_log",
    "refusal": "error",
    "refusals": "errors",
    "refused": "error, rejected",
    "refuse": "reject",
    "refusing": "errors",
    "fault": "error",
    "faults": "errors",
    "faulty": "invalid",
    "listed": "all_errors, entries",
    "later": "async_use_case, after",
    "judged": "rated, evaluated",
    "judges": "raters",
    "retiring": "retention",
    "retire": "apply_retention",
    "letter": "message, mail",
    "letters": "messages, mail",
    "politely": "handle_errors",
    "mine": "own, current_user",
    "nobody": "anonymous, unknown",
    "anybody": "any_user",
    "everybody": "all_users",
    "stranger": "unauthenticated",
    "house": "oauth_server",
    "town": "district",
}

ALLOWED = {
    "seen_at": "a column",
    "said": "a column of `job`",
    "listed": "a column of `notification`",
    "kept_id": "a column, and a member on the wire",
    "held_district": "a member on the wire",
    "held_people": "a member on the wire",
    "errors_listed": "a member on the wire",
    "batch_errors_listed": "a member on the wire",
    "FaultView": "a type on the wire",
    "SealTrail": "the command of `seal_trail`",
    "CutTrail": "the command of `cut_trail`",
    "seal_trail": "an action in the audit log",
    "cut_trail": "an action in the audit log",
    "read_ways_in": "an operation's name on the wire",
    "draw": "Hypothesis calls it so",
    "one_way_anova": "the statistical term",
    "_in_small_letters": "letters of the alphabet",
}
"""Identifiers that have such a word for a reason: a term of statistics, or a name that leaves the process."""


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)]


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of every class, function, parameter and field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.lineno, node.name
            yield from (
                (n.lineno, n.target.id) for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
            )
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def retired(source: str, module: str) -> list[str]:
    """Return a line for each identifier of `source` that has a retired word, with what to write."""
    names = [(1, module), *_names(ast.parse(source))]
    return [
        f"{line}: {name}: write {RETIRED[word]} for {word}"
        for line, name in names
        if not name.startswith("test_") and name not in ALLOWED
        for word in _words(name)
        if word in RETIRED
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_identifier_has_a_retired_word(folder):
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in retired(path.read_text(), path.stem)
    ]
    assert not found, "\n".join(found)


def test_words_are_found_wherever_an_identifier_stands():
    source = (
        'class HeldRow:\n    kept: int\n    def tellAll(self, asked_for, *raw, **house): "said"\n\nasync def _shown(): ...\n'
    )
    lines = [line.split(":")[1].strip() for line in retired(source, "refusing")]
    assert sorted(lines) == sorted(["refusing", "HeldRow", "kept", "tellAll", "asked_for", "raw", "house", "_shown"])
    assert retired("def test_what_was_said(tellurium, wayside, recalled): 'told'\n", "stories") == []


def test_every_allowed_name_is_still_needed():
    names = {
        name for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") for _, name in _names(ast.parse(path.read_text()))
    }
    assert {name for name in ALLOWED if name not in names} == set()
    assert all(set(_words(name)) & set(RETIRED) for name in ALLOWED)
