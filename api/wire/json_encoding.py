"""From views to bytes: JSON as the contract has it, instants in UTC with milliseconds (openapi/README.md 1.2)."""

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

V = TypeVar("V")

MOMENT = re.compile(rb'\A([0-9T:-]+)(?:\.(\d{3})\d*)?Z"')

_encoder = msgspec.json.Encoder()


def encode(view: Any) -> bytes:
    """``view`` as JSON.

    Two things that the encoder can't do are done on its bytes, by member name: a quote inside a text is always escaped, so
    ``"name":`` stands nowhere but where the member ``name`` begins. Splitting finds it far sooner than a pattern would.
    """
    body = _encoder.encode(view)
    shown: Any = type(view[0] if isinstance(view, tuple) and view else view)
    renamed, moments = _corrections(shown)
    for name, alias in renamed:
        body = alias.join(body.split(name))
    for name in moments:
        before, *after = body.split(name)
        if after:
            body = name.join((before, *(MOMENT.sub(_milliseconds, part, count=1) for part in after)))
    return body


def decode(view: type[V], body: bytes) -> V:
    """The view that was encoded as ``body``."""
    kind: Any = view
    for name, alias in _aliases(kind):
        body = body.replace(f'"{alias}":'.encode(), f'"{name}":'.encode())
    return msgspec.json.decode(body, type=view)


@cache
def _corrections(view: Any) -> tuple[tuple[tuple[bytes, bytes], ...], tuple[bytes, ...]]:
    """What to rename in ``view``'s JSON, and how the members that are moments begin."""
    moments = {f for cls in _classes(view) for f, hint in get_type_hints(cls).items() if _holds(hint, datetime)}
    renamed = tuple((f'"{name}":'.encode(), f'"{alias}":'.encode()) for name, alias in _aliases(view))
    return renamed, tuple(f'"{name}":"'.encode() for name in sorted(moments))


def _milliseconds(match: re.Match[bytes]) -> bytes:
    return b'%b.%bZ"' % (match[1], match[2] or b"000")


@cache
def _aliases(view: Any) -> tuple[tuple[str, str], ...]:
    """Members whose name on the wire is a word that Python keeps for itself."""
    return tuple(
        sorted(
            {
                (f.name, f.metadata["serialization_alias"])
                for cls in _classes(view)
                for f in fields(cls)
                if "serialization_alias" in f.metadata
            }
        )
    )


def _classes(view: Any) -> Iterable[type]:
    seen: set[type] = set()

    def walk(hint: Any) -> Iterable[type]:
        if isinstance(hint, type) and is_dataclass(hint) and hint not in seen:
            seen.add(hint)
            yield hint
            for inner in get_type_hints(hint).values():
                yield from walk(inner)
        for part in get_args(hint):
            yield from walk(part)

    return list(walk(view))


def _holds(hint: Any, kind: type) -> bool:
    return hint is kind or any(_holds(part, kind) for part in get_args(hint))
