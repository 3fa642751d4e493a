"""From GraphQL inputs to commands: through the validator that REST uses, so that both refuse the same in the same words."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import msgspec
from pydantic.alias_generators import to_camel
from strawberry import UNSET

from api.wire.request_validation import validate_json
from domain.shared.errors import Code, FieldError, Invalid

C = TypeVar("C")


def parse_input(command: type[C], value: object, *, without: Sequence[str] = (), **more: object) -> C:
    """The command that the input ``said`` (as it was sent, or nothing) and the members ``more`` say; ``Invalid`` otherwise.

    ``without``: members of the command that the input has not, because they come from elsewhere.
    """
    members = input_members(value)
    elsewhere = [name for name in (*without, *more) if to_camel(name) in members]
    detail = "this is an argument of the field, or left out; leave it out of the input"
    faults = [FieldError(pointer=f"/{name}", code=Code.UNKNOWN_MEMBER, detail=detail) for name in elsewhere]
    given = {to_camel(name): value for name, value in more.items() if value is not UNSET}
    own = {name: value for name, value in members.items() if name not in {to_camel(each) for each in elsewhere}}
    return _decode_files(validate_json(command, input_to_json(own | given), faults, camel=True))


def input_members(value: object) -> dict[str, Any]:
    """The members of an input as it was sent; none of one that is not there."""
    if value is None or value is UNSET:
        return {}
    if not isinstance(value, dict):
        raise Invalid.at("", Code.WRONG_TYPE, "the input is an object; give its members")
    return value


def input_to_json(value: object) -> bytes:
    """``value`` as the bytes that the validator reads."""
    try:
        return msgspec.json.encode(value)
    except RecursionError:
        raise Invalid.at("", Code.MALFORMED, "this is nested too deeply for anything that is read here") from None


def _decode_files(command: C) -> C:
    """``command`` with its files read from their base64."""
    packed = {name: value for name, value in vars(command).items() if isinstance(value, bytes)}
    files = {name: _decode_file(name, value) for name, value in packed.items()}
    return cast(C, replace(cast(Any, command), **files)) if files else command


def _decode_file(name: str, encoded: bytes) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        raise Invalid.at(f"/{name}", Code.MALFORMED, "this is not base64; encode the file by RFC 4648 4") from None
