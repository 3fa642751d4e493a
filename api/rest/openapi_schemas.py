"""The schemas of the OpenAPI document, from commands and views, each called as its class is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import msgspec
from pydantic import TypeAdapter

from api.rest.operations import Operation
from api.wire.problem_details import Problem
from api.wire.request_validation import adapter
from domain.framework import views as framework
from domain.observations.commands import PushObservation, RetractPushed

REFS = "#/components/schemas/{model}"

NAMES: Mapping[type, str] = {framework.PhasesView: "FrameworkPhasesView"}
"""Schemas that would otherwise be called as another one is."""

ITEMS: Mapping[str, type] = {"push": PushObservation, "retract": RetractPushed}
"""Items of a batch by their op: the commands, each with op beside its members."""


def schemas_of(operations: list[Operation]) -> dict[str, Any]:
    """Every schema that the operations name. A class both said and shown has two: what is shown has all its members."""
    said = {c for o in operations if o.method != "GET" for c in [o.body or o.command] if is_dataclass(c)}
    said |= {*ITEMS.values()}
    shown = {c for o in operations for c in _shown(o)} | {Problem}
    shown |= {get_type_hints(o.preview)["return"] for o in operations if o.preview is not None}
    _, made = TypeAdapter[Any].json_schemas(
        [
            *((name_of(c), "validation", adapter(c)) for c in sorted(said, key=name_of)),
            *((name_of(c), "serialization", TypeAdapter(c)) for c in sorted(shown, key=name_of)),
        ],
        ref_template=REFS,
    )
    schemas: dict[str, Any] = made.get("$defs", {})
    for operation in operations:
        _make_body(operation, schemas)
    return schemas


def _shown(operation: Operation) -> Iterable[Any]:
    view = operation.answer
    if getattr(view, "__origin__", None) is tuple:
        view = get_args(view)[0]
    if is_dataclass(view):
        yield view


def name_of(cls: Any) -> str:
    return NAMES.get(cls, str(cls.__name__))


def _make_body(operation: Operation, schemas: dict[str, Any]) -> None:
    """The command's schema without what stands in the path and in If-Match."""
    taken = _taken(operation)
    if operation.method == "GET" or not taken or operation.body:
        return
    whole = schemas[operation.command.__name__]
    schemas[body_name(operation, operation.command)] = whole | {
        "title": body_name(operation, operation.command),
        "properties": {name: kind for name, kind in whole["properties"].items() if name not in taken},
        "required": [name for name in whole.get("required", []) if name not in taken],
    }


def body_name(operation: Operation, command: Any) -> str:
    if isinstance(operation.body, tuple):
        return ""
    cls = operation.body or command
    taken = _taken(operation)
    return f"{cls.__name__}Body" if taken and not operation.body else cls.__name__


def _taken(operation: Operation) -> set[str]:
    """Members of the command that do not stand in the body."""
    names = {f.name for f in fields(operation.command)} if is_dataclass(operation.command) else set()
    return names & (set(names_in(operation.path)) | ({"expected_version"} if operation.versioned else set()))


def names_in(path: str) -> Iterable[str]:
    for part in path.split("{")[1:]:
        yield part.split("}")[0]


def tell_items(schemas: dict[str, Any]) -> None:
    """What an item of a batch is: validated one by one, so the envelope itself can't say."""
    choices = []
    for op, command in ITEMS.items():
        whole = schemas[command.__name__]
        said = {"const": op, "description": "What the item does; absent: push." if op == "push" else "What the item does."}
        required = whole["required"] if op == "push" else [*whole["required"], "op"]
        name = f"Batch{op.capitalize()}"
        schemas[name] = whole | {"title": name, "properties": {"op": said, **whole["properties"]}, "required": required}
        choices.append({"$ref": REFS.format(model=name)})
    schemas["Envelope"]["properties"]["items"]["items"] = {"anyOf": choices}


def renamed(found: dict[str, Any]) -> dict[str, Any]:
    """Pydantic puts the module before names that stand twice; ours are told apart by ``NAMES``."""
    text = msgspec.json.encode(found, order="deterministic")
    for cls in NAMES:
        text = text.replace(f"{cls.__module__.replace('.', '__')}__{cls.__name__}".encode(), NAMES[cls].encode())
    plain: dict[str, Any] = msgspec.json.decode(re.sub(rb"domain__(?:[a-z_]+__)+(?=[A-Z])", b"", text))
    return plain


def reachable(found: dict[str, Any]) -> dict[str, Any]:
    """``found`` without schemas that nothing names: commands of which a part stands in the path."""
    schemas = found["components"]["schemas"]
    kept: set[str] = set()
    new = _named_in({name: part for name, part in found.items() if name != "components"})
    while new:
        kept |= new
        new = set().union(*(_named_in(schemas[name]) for name in new)) - kept
    found["components"]["schemas"] = {name: schemas[name] for name in sorted(kept)}
    return found


def _named_in(part: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', msgspec.json.encode(part).decode()))


def descriptions_missing(command: Any) -> list[str]:
    """Members of ``command``, and of what it holds, that have no description."""
    found = [f"{command.__name__}.{f.name}" for f in fields(command) if not f.metadata.get("description")]
    for hint in get_type_hints(command).values():
        for part in (hint, *get_args(hint), *(p for a in get_args(hint) for p in get_args(a))):
            if is_dataclass(part):
                found += descriptions_missing(part)
    return found
