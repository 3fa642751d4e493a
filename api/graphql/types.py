"""Derive GraphQL types from the dataclasses of use cases: output types from views, input types from commands."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import GenericAlias, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.graphql.observation_batch import Batch, BatchItem
from api.graphql.scalars import Moment
from domain.change.magnitude_views import MagnitudeView
from domain.directory.model import ObserverRef, PersonRef, SchoolRef
from domain.framework import views as framework
from domain.recommendations import model as recommendations
from domain.shared.fields import description_of
from domain.stance import model as stance

SCALAR_TYPES = {bool, int, float, str, bytes, datetime, date, UUID}
ONE_OF: frozenset[type] = frozenset({PersonRef, ObserverRef, SchoolRef, BatchItem})
"""Dataclasses that have exactly one of their members (`@oneOf`)."""

TYPE_NAMES: Mapping[type, str] = {
    MagnitudeView: "GroupMagnitude",
    Batch: "PushObservations",
    framework.PhasesView: "FrameworkPhases",
    framework.MagnitudeFactsView: "FrameworkMagnitude",
    recommendations.Input: "RankInput",
    stance.Method: "DecisionMethod",
    stance.Origin: "AttributeOrigin",
    stance.Status: "StanceStatus",
    stance.Value: "AttributeState",
}
"""Names of types that would otherwise clash with another type or say too little."""

CHILDREN: set[tuple[str, str]] = set()
"""Child fields with a resolver, as (parent type, field)."""

_nodes: dict[type, type] = {}
_inputs: dict[tuple[type, tuple[str, ...]], type] = {}


def output_type(view: type, /, *, bases: tuple[type, ...] = (), **children: object) -> type:
    """Return the output type of `view`; `children` are additional fields with resolvers, `bases` its interfaces.

    Members keep their names in camelCase, but `id` becomes `uuid`, since `id` is Relay's global id. Raises `TypeError` for
    members that are not tuple, Optional, enum, scalar or dataclass, and when the type exists already.
    """
    if view in _nodes:
        raise TypeError(f"{view.__name__} has its type already; pass its children where it is derived first")
    name = type_name(view)
    hints = get_type_hints(view)
    body: dict[str, Any] = {"__annotations__": {}, "is_type_of": staticmethod(lambda value, _info: isinstance(value, view))}
    for f in fields(view):
        body["__annotations__"][f.name] = _map_annotation(hints[f.name], output_type_of)
        body[f.name] = strawberry.field(name=_output_name(f, hints[f.name]), description=description_of(view, f.name) or None)
    body |= children
    CHILDREN.update((name, to_camel_case(child)) for child in children if child != "global_id")
    _nodes[view] = strawberry.type(type(name, bases, body), name=name, description=markdown_description(view))
    return _nodes[view]


def type_name(view: type) -> str:
    """Return the name of the GraphQL type of `view`."""
    return TYPE_NAMES.get(view) or view.__name__.removesuffix("View")


def output_type_of(view: type) -> type:
    """Return the output type of `view`, derived at first use."""
    return _nodes.get(view) or output_type(view)


def input_type(command: type, /, without: tuple[str, ...] = ()) -> type:
    """Return the input type of `command`, `without` members that are arguments of the field; derived at first use."""
    key = (command, without)
    if key not in _inputs:
        hints = get_type_hints(command)
        members = [f for f in fields(command) if f.name not in without]
        body: dict[str, Any] = {"__annotations__": {f.name: _input_hint(f, hints[f.name]) for f in members}}
        for f in members:
            default = {} if _required(f) else {"default": strawberry.UNSET}
            body[f.name] = strawberry.field(
                name=to_camel_case(f.name), description=description_of(command, f.name) or None, **default
            )
        name = f"{type_name(command)}Input"
        _inputs[key] = strawberry.input(
            type(name, (), body),
            name=name,
            description=markdown_description(command),
            one_of=True if command in ONE_OF else None,
        )
        # Strawberry's hook for conversion: values stay as they were sent, for REST's validator.
        _inputs[key].__strawberry_definition__.from_input = _as_sent  # type: ignore[attr-defined]
    return _inputs[key]


def _as_sent(_input: type, value: Any, _context: object) -> Any:
    return value


def required_by_member(command: type) -> dict[str, bool]:
    """Return whether each member of `command` is required, by name."""
    return {f.name: _required(f) for f in fields(command)}


def output_annotation(hint: Any) -> Any:
    """Return the annotation of an output field of type `hint`."""
    return _map_annotation(hint, output_type_of)


def input_annotation(hint: Any) -> Any:
    """Return the annotation of an input member of type `hint`."""
    return _map_annotation(hint, input_type)


def markdown_description(obj: Any) -> str | None:
    """Return the docstring of `obj` itself (not of a base class) as Markdown."""
    text = vars(obj).get("__doc__") if isinstance(obj, type) else obj.__doc__
    return re.sub(r"\n +", "\n", text.replace("``", "`")).strip() if text else None


def _required(f: "Field[Any]") -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _output_name(f: "Field[Any]", hint: Any) -> str:
    kinds = {getattr(part, "__supertype__", part) for part in (hint, *get_args(hint))}
    if f.name == "id" and UUID in kinds:
        return "uuid"
    return to_camel_case(f.name)


def _input_hint(f: "Field[Any]", hint: Any) -> Any:
    annotation = input_annotation(hint)
    return annotation if _required(f) else annotation | None


def _map_annotation(hint: Any, convert_class: Callable[[type], type]) -> Any:
    """Return strawberry's annotation for `hint`: lists for tuples, enums, and `convert_class` of dataclasses."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in SCALAR_TYPES:
        return hint
    if get_origin(hint) in COMPOSED:
        return COMPOSED[get_origin(hint)](hint, convert_class)
    if isinstance(hint, type) and (issubclass(hint, Enum) or is_dataclass(hint)):
        return _enum(hint) if issubclass(hint, Enum) else convert_class(hint)
    raise TypeError(f"{hint}: views and commands hold tuples, Optional, enums, scalars and dataclasses only")


def _union(hint: Any, convert_class: Callable[[type], type]) -> Any:
    parts = [part for part in get_args(hint) if part is not NoneType]
    inner = Moment if set(parts) == {datetime, date} else _map_annotation(parts[0], convert_class) if len(parts) == 1 else None
    if inner is None:
        raise TypeError(f"{hint}: a member has one type, or null")
    return inner if len(parts) == len(get_args(hint)) else inner | None


def _list(hint: Any, convert_class: Callable[[type], type]) -> Any:
    kinds = {part for part in get_args(hint) if part is not Ellipsis}
    if len(kinds) != 1:
        raise TypeError(f"{hint}: the members of a tuple are of one type")
    return GenericAlias(list, (_map_annotation(kinds.pop(), convert_class),))


def _literal(hint: Any, convert_class: Callable[[type], type]) -> Any:
    kinds = {type(value) for value in get_args(hint)}
    if len(kinds) != 1:
        raise TypeError(f"{hint}: the values of a literal are of one type")
    return _map_annotation(kinds.pop(), convert_class)


COMPOSED: Mapping[Any, Callable[..., Any]] = {Union: _union, UnionType: _union, tuple: _list, Literal: _literal}
"""Converters of composed types."""


@cache
def _enum(cls: type[Enum]) -> type[Enum]:
    return strawberry.enum(cls, name=type_name(cls), description=markdown_description(cls))
