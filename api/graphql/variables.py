"""Variables of the wrong shape, refused with our codes and places before anything runs.

GraphQL checks variables against the types of the document; what it finds is told here as REST tells it: every fault with the
pointer of its member, in snake_case from the root of the input.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, is_input_object_type, is_input_type, type_from_ast
from graphql import get_named_type as named_type
from graphql.pyutils import Undefined
from graphql.utilities import validate_input_value

from api.said import AT, escape
from domain.shared.errors import Code, Fault, Invalid

MOST_FAULTS = 100

KINDS: tuple[tuple[re.Pattern[str], Code, str], ...] = (
    (re.compile(r"include required field '(?P<name>\w+)'"), Code.MISSING, "this member is required"),
    (re.compile(r"to be provided|not provided"), Code.MISSING, "this is required"),
    (
        re.compile(r"include unknown field '(?P<name>[^']*)'|is not defined by type"),
        Code.UNKNOWN_MEMBER,
        "there is no such member; check its spelling or leave it out",
    ),
    (re.compile(r"[Ee]xactly one|must be non-null"), Code.EXACTLY_ONE, "give exactly one of its members"),
    (re.compile(r"\benum\b"), Code.NOT_ALLOWED, ""),
    (re.compile(r"32-bit"), Code.OUT_OF_RANGE, ""),
    (re.compile(r"[Ee]xpected|cannot represent"), Code.WRONG_TYPE, ""),
)
"""graphql-core's sentences about values, as our codes and sentences; without a sentence of ours, its own is told."""


def check(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
    """Refuse ``variables`` that do not fit ``operation``; every fault is listed."""
    faults: list[Fault] = []
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        kind = type_from_ast(schema, definition.type)
        value = variables.get(name, Undefined)
        if not is_input_type(kind) or (value is Undefined and definition.default_value):
            continue
        root = [] if is_input_object_type(named_type(kind)) else [name]
        validate_input_value(value, kind, partial(_collect, faults, root), hide_suggestions=True)
    if faults:
        raise Invalid.of(faults[:MOST_FAULTS])


def quiet(message: str) -> str:
    """``message`` without the value it is about: what was sent is not told back."""
    return re.sub(r"(,? [Ff]ound|(?<=value)): .*", "", message, flags=re.DOTALL)


def _collect(faults: list[Fault], root: list[str], error: GraphQLError, path: list[str | int]) -> None:
    faults.append(_fault(error, [*root, *path]))


def code_of(message: str) -> Code | None:
    """The code of a sentence of graphql-core about a value; None when it is about something else."""
    return next((code for pattern, code, _ in KINDS if pattern.search(message)), None)


def _fault(error: GraphQLError, path: Sequence[str | int]) -> Fault:
    for pattern, code, sentence in KINDS:
        if match := pattern.search(error.message):
            place = [*path, match["name"]] if match.groupdict().get("name") else path
            return _at(place, code, sentence or quiet(error.message))
    return _at(path, Code.WRONG_TYPE, quiet(error.message))


def _at(path: Sequence[str | int], code: Code, detail: str) -> Fault:
    steps = [snake(part) if isinstance(part, str) else str(part) for part in path]
    code = AT.get((steps[-1] if steps else "", code), code)
    return Fault(pointer="".join(f"/{escape(step)}" for step in steps), code=code, detail=detail)


def snake(name: str) -> str:
    """A member's name as REST has it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", name)
