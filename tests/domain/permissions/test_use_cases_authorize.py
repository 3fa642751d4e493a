"""Every use case opens its unit of work with the permission for itself, and nothing but the policy makes permissions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from domain.permissions.policy import POLICY

ROOT = Path(__file__).parents[3]
AUTHORIZED_AS = {"apply_retention_by_the_clock": "apply_retention", "_audit": "examine_district"}
"""What does by the clock what another does on request, and the doctor's look at the audit trail."""
MAKES_PERMISSIONS = {"domain/permissions/rules.py", "domain/shared/access_scope.py"}


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(parsed())


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("domain", "api", "persistence"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name]


def test_a_use_case_is_authorised_under_its_own_name():
    found = {}
    for path, tree in modules():
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef)):
            for call in calls(function, "authorize"):
                if isinstance(call.args[1], ast.Constant):
                    found.setdefault(function.name, set()).add((path, call.args[1].value))
    assert len(found) > 120
    wrong = {name: where for name, where in found.items() if {action for _, action in where} != {AUTHORIZED_AS.get(name, name)}}
    assert wrong == {}
    assert {AUTHORIZED_AS.get(name, name) for name in found} == set(POLICY)


def test_nothing_but_the_policy_makes_a_permission_or_an_access_scope():
    made = {path for path, tree in modules() for name in ("Permission", "AccessScope") if calls(tree, name)}
    assert made == MAKES_PERMISSIONS
    whole = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "domain.shared.access_scope"
        and any(alias.name == "EVERYTHING" for alias in node.names)
    }
    assert whole == {"domain/permissions/rules.py"}
