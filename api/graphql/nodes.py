"""Relay's global ids. ``node(id:)`` reads a thing by its own use case, so nothing is seen there that is not seen elsewhere."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from api.graphql import fields
from api.graphql.context import Info
from api.graphql.inputs import parse_input
from api.graphql.types import output_type, type_name
from domain.shared.errors import Code, Invalid


@strawberry.interface(description="A thing that can be read again by its global id.")
class Node:
    """``global_id`` because ``id`` is a member of the views: ``uuid`` in GraphQL."""

    global_id: strawberry.ID = strawberry.field(name="id", description="The global id; `uuid` is the id that REST has.")


@dataclass(frozen=True, kw_only=True)
class NodeReader:
    """How a thing is read again: the use case, and its command's members with the view's that hold their values."""

    use_case: fields.UseCase
    members: Mapping[str, str]


_readers: dict[str, NodeReader] = {}


def node_type(use_case: fields.UseCase, members: Mapping[str, str], **children: object) -> type:
    """The output type of what ``use_case`` answers, with a global id made of ``members`` {the command's: the view's}."""
    _, view = fields.use_case_signature(use_case)
    name = type_name(view)
    _readers[name] = NodeReader(use_case=use_case, members=members)

    def global_id(root: strawberry.Parent[Any]) -> strawberry.ID:
        return strawberry.ID(encode_global_id(name, [str(getattr(root, attribute)) for attribute in members.values()]))

    return output_type(view, bases=(Node,), global_id=strawberry.field(resolver=global_id, name="id"), **children)


def encode_global_id(name: str, values: list[str]) -> str:
    """The global id of the thing of the type ``name`` that ``values`` tell from others."""
    return base64.urlsafe_b64encode(":".join([name, *values]).encode()).decode()


def decode_global_id(global_id: str) -> tuple[NodeReader, dict[str, str]]:
    """The reader of the thing with the global id ``given``, and its command's members."""
    try:
        name, *values = base64.urlsafe_b64decode(global_id.encode()).decode().split(":")
    except (binascii.Error, UnicodeError):
        raise _malformed() from None
    reader = _readers.get(name)
    if reader is None or len(values) != len(reader.members):
        raise _malformed()
    return reader, dict(zip(reader.members, values, strict=True))


def _malformed() -> Invalid:
    return Invalid.at("/id", Code.MALFORMED, "this is no global id; give the id of something as GraphQL told it, not its uuid")


async def _node(info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - Relay's name
    reader, members = decode_global_id(id)
    takes, _ = fields.use_case_signature(reader.use_case)
    found: Node = await info.context.runner.run(reader.use_case, parse_input(takes, None, **members))
    return found


@strawberry.type
class NodeQuery:
    """Relay's entry."""

    node: Node | None = strawberry.field(
        resolver=_node, description="The thing with this global id; what you may not see is not found."
    )
