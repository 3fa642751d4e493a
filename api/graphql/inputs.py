"""Convert GraphQL inputs to commands with REST's validator, so that both report the same errors."""

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
    """Return the command from the input `value` (as it was sent, or None) and the members in `more`. Raises `Invalid`.

    `without`: members of the command that the input must not have, because they are arguments of the field.
    """
    members = input_members(value)
    elsewhere = [name for name in (*without, *more) if to_camel(name) in members]
    detail = "this is an argument of the field, not a member of the input; leave it out of the input"
    errors = [FieldError(pointer=f"/{name}", code=Code.UNKNOWN_MEMBER, detail=detail) for name in elsewhere]
    arguments = {to_camel(name): value for name, value in more.items() if value is not UNSET}
    own = {name: value for name, value in members.items() if name not in {to_camel(each) for each in elsewhere}}
    return _decode_files(validate_json(command, input_to_json(own | arguments), errors, camel=True))


def input_members(value: object) -> dict[str, Any]:
    """Return the members of an input as it was sent; an absent input has none."""
    if value is None or value is UNSET:
        return {}
    if not isinstance(value, dict):
        raise Invalid.at("", Code.WRONG_TYPE, "the input must be an object")
    return value


def input_to_json(value: object) -> bytes:
    """Return `value` as JSON for the validator. Raises `Invalid` when it is nested too deeply."""
    try:
        return msgspec.json.encode(value)
    except RecursionError:
        raise Invalid.at("", Code.MALFORMED, "this is nested too deeply; no request needs such depth") from None


def _decode_files(command: C) -> C:
    """Return `command` with its `bytes` members decoded from base64."""
    encoded = {name: value for name, value in vars(command).items() if isinstance(value, bytes)}
    files = {name: _decode_file(name, value) for name, value in encoded.items()}
    return cast(C, replace(cast(Any, command), **files)) if files else command


def _decode_file(name: str, encoded: bytes) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        raise Invalid.at(f"/{name}", Code.MALFORMED, "this is not base64; encode the file by RFC 4648 section 4") from None
