"""Relay's global ids. `node(id:)` runs the object's own use case, so its permissions apply."""

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


@strawberry.interface(description="An object that can be read by its global id.")
class Node:
    """Relay's interface. The attribute is `global_id` since views have an `id`, which is `uuid` in GraphQL."""

    global_id: strawberry.ID = strawberry.field(name="id", description="The global id; `uuid` is the id in REST.")


@dataclass(frozen=True, kw_only=True)
class NodeReader:
    """The use case that reads an object, and `members`: the view's attribute for each member of its command."""

    use_case: fields.UseCase
    members: Mapping[str, str]


_readers: dict[str, NodeReader] = {}


def node_type(use_case: fields.UseCase, members: Mapping[str, str], **children: object) -> type:
    """Return the output type of the view of `use_case`, with a global id made of `members` (command member: view attribute)."""
    _, view = fields.use_case_signature(use_case)
    name = type_name(view)
    _readers[name] = NodeReader(use_case=use_case, members=members)

    def global_id(root: strawberry.Parent[Any]) -> strawberry.ID:
        return strawberry.ID(encode_global_id(name, [str(getattr(root, attribute)) for attribute in members.values()]))

    return output_type(view, bases=(Node,), global_id=strawberry.field(resolver=global_id, name="id"), **children)


def encode_global_id(name: str, values: list[str]) -> str:
    """Return the global id of the object of type `name` with the identifying `values`."""
    return base64.urlsafe_b64encode(":".join([name, *values]).encode()).decode()


def decode_global_id(global_id: str) -> tuple[NodeReader, dict[str, str]]:
    """Return the reader for `global_id`, and the members of its command. Raises `Invalid` for another text."""
    try:
        name, *values = base64.urlsafe_b64decode(global_id.encode()).decode().split(":")
    except (binascii.Error, UnicodeError):
        raise _malformed() from None
    reader = _readers.get(name)
    if reader is None or len(values) != len(reader.members):
        raise _malformed()
    return reader, dict(zip(reader.members, values, strict=True))


def _malformed() -> Invalid:
    return Invalid.at(
        "/id", Code.MALFORMED, "this is not a global id; send the id of an object from a GraphQL response, not its uuid"
    )


async def _node(info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - Relay's name
    reader, members = decode_global_id(id)
    command, _ = fields.use_case_signature(reader.use_case)
    node: Node = await info.context.runner.run(reader.use_case, parse_input(command, None, **members))
    return node


@strawberry.type
class NodeQuery:
    """Relay's entry point."""

    node: Node | None = strawberry.field(
        resolver=_node, description="The object with this global id; one that you may not see is not found."
    )
