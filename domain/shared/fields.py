"""Fields of commands and views: markers for `Annotated`, beside those of `annotated_types`, and their descriptions.

A field's limits and examples stand in its type, its description is the docstring below it. Pydantic calls the methods of the
markers by their names, so nothing of it is imported here; what is strict about scalars is said where JSON is read
(`api.wire.request_validation`).
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_args


class Examples:
    """Examples of a field's values, as JSON has them."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Return the schema of the field, with the examples."""
        return {**handler(schema), "examples": [*self.values]}


class Pattern:
    """The regular expression that a text matches."""

    def __init__(self, regex: str) -> None:
        self.regex = regex

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        """Return pydantic's schema of the text, with the pattern."""
        return {**handler(source), "pattern": self.regex}


def description_of(cls: type, name: str) -> str:
    """Return the docstring below the field `name` of the dataclass `cls`, in one line; empty where there is none.

    A field of a class that was made at run time has it as `description` in its metadata.
    """
    for owner in cls.__mro__:
        text = _docstrings(owner.__module__).get(owner.__qualname__, {}).get(name)
        if text is not None:
            return text
    return next((str(f.metadata.get("description", "")) for f in fields(cls) if f.name == name), "")


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings of fields in `module`, by class and field; the module is parsed once."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError):
        return {}
    return {name: dict(_of_class(node)) for name, node in _classes(tree.body, "")}


def _classes(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _classes(node.body, f"{prefix}{node.name}.")


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, doc in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(doc, ast.Expr):
            text = doc.value
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield field.target.id, " ".join(text.value.split())


def markers_of(hint: Any) -> Iterator[Any]:
    """Yield what stands in `Annotated`, anywhere in `hint`, but not inside of the items of a tuple."""
    yield from getattr(hint, "__metadata__", ())
    if getattr(hint, "__metadata__", None) is not None or getattr(hint, "__origin__", None) is not tuple:
        for part in get_args(hint):
            yield from markers_of(part)
