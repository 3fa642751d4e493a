"""From GraphQL inputs to commands: through the validator that REST uses, so that both refuse the same in the same words."""

import binascii
from base64 import b64decode
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

import msgspec
from strawberry import UNSET

from api.said import read
from domain.shared.errors import Code, Invalid

C = TypeVar("C")


def heard(command: type[C], said: object, **more: object) -> C:
    """The command that ``said`` (an input, or nothing) and the members ``more`` say; ``Invalid`` otherwise."""
    return _unpacked(read(command, as_json(said, **more)))


def _unpacked(command: C) -> C:
    """``command`` with its files read from their base64."""
    packed = {name: value for name, value in vars(command).items() if isinstance(value, bytes)}
    files = {name: _file(name, value) for name, value in packed.items()}
    return cast(C, replace(cast(Any, command), **files)) if files else command


def _file(name: str, packed: bytes) -> bytes:
    try:
        return b64decode(packed, validate=True)
    except binascii.Error:
        raise Invalid.at(f"/{name}", Code.MALFORMED, "this is not base64") from None


def as_json(said: object, **more: object) -> bytes:
    """``said`` as the body that REST would have got: snake_case, what is not set left out."""
    told = {} if said is None or said is UNSET else plain(said)
    return msgspec.json.encode(told | {name: plain(value) for name, value in more.items() if value is not UNSET})


def plain(value: Any) -> Any:
    """``value`` as JSON knows it."""
    if is_dataclass(value):
        told = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: plain(member) for name, member in told if member is not UNSET}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value
