"""What must hold of the house itself, beyond the import contracts."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = sys.stdlib_module_names | {"domain", "numpy", "scipy.special", "annotated_types"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_domain_imports_the_standard_library_numpy_scipy_special_and_limits_of_types_and_nothing_else():
    strange = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "domain").rglob("*.py")
        for name in imported(path)
        if name not in ALLOWED and name.split(".")[0] not in ALLOWED
    }
    assert strange == set()


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_function_is_longer_than_a_reader_sees_at_once():
    long = [
        (str(path.relative_to(ROOT)), node.name)
        for folder in ("api", "domain", "persistence")
        for path in (ROOT / folder).rglob("*.py")
        for node in functions(ast.parse(path.read_text()))
        if node.end_lineno - node.lineno >= 50
    ]
    assert long == []


def last_tag():
    """The last tag of this repository; None without one, or without git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--tags", "--abbrev=0"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def missing(old, new, where=""):
    """What ``old`` promised to readers that ``new`` does not: paths, operations, members, required answers."""
    for path, item in old["paths"].items():
        for method in item:
            if method not in new["paths"].get(path, {}):
                yield f"{method} {path}"
    schemas = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        for member in schema.get("properties", {}):
            if member not in schemas.get(name, {}).get("properties", {}):
                yield f"{name}.{member}"


def test_nothing_that_the_last_tag_promised_is_gone():
    tag = last_tag()
    if tag is None:
        pytest.skip("no tag yet: there is no earlier promise to hold")
    old = subprocess.run(["git", "show", f"{tag}:openapi/openapi.json"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert list(missing(json.loads(old.stdout), json.loads((ROOT / "openapi/openapi.json").read_text()))) == []


def test_a_promise_that_is_gone_would_be_seen():
    new = json.loads((ROOT / "openapi/openapi.json").read_text())
    old = json.loads(json.dumps(new))
    old["paths"]["/v1/gone"] = {"get": {}}
    old["components"]["schemas"]["Problem"]["properties"]["gone"] = {}
    assert list(missing(old, new)) == ["get /v1/gone", "Problem.gone"]
