"""Faults between members: two ratings alike, a version without the id it is a version of.

They are looked for once every member is fine by itself; but all faults are told at once (contract 2). So where a member is
faulty, the document is mended (what is faulty left out, or the field's own example put in its place) and looked at again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

import msgspec

from domain.shared.errors import Fault

Judge = Callable[[bytes], list[Fault]]


def faults_between(command: Any, body: bytes, found: list[Fault], judge: Judge) -> list[Fault]:
    """Faults of ``body`` that ``found`` hides, as far as they can be told; ``judge`` finds those of a whole document."""
    try:
        document = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if not is_dataclass(command) or any(not fault.pointer for fault in found):
        return []
    places = [fault.pointer.split("/")[1:] for fault in found]
    kept = _mended(document, {f.name: f for f in fields(command)}, places)
    if kept is None:
        return []
    # What is said of the whole, or of what was mended, is of our own making.
    known = {"", *("/".join(place[:2]) for place in places), *(place[0] for place in places)}
    hidden = (_back(fault, kept) for fault in judge(msgspec.json.encode(document)))
    return [f for f in hidden if not {f.pointer[1:], "/".join(f.pointer.split("/")[1:3])} & known]


def _mended(document: dict[str, Any], known: dict[str, Field[Any]], places: Iterable[list[str]]) -> dict[str, list[int]] | None:
    """Mend ``document``; the places that are left of its lists, or None where it can't be mended."""
    faulty: dict[str, set[int]] = defaultdict(set)
    for name, *rest in places:
        held = document.get(name)
        if isinstance(held, list) and name in known and rest and rest[0].isdigit():
            faulty[name].add(int(rest[0]))
        elif not _replaced(document, name, known.get(name)):
            return None
    kept: dict[str, list[int]] = {}
    for name, gone in faulty.items():
        if name in document and not _shortened(document, name, known[name], gone, kept):
            return None
    return kept


def _shortened(document: dict[str, Any], name: str, field: Field[Any], gone: set[int], kept: dict[str, list[int]]) -> bool:
    """Leave the faulty items out of a list; where it gets too short by that, put an item of the example in their places."""
    held = document[name]
    left = [i for i in range(len(held)) if i not in gone]
    if len(left) >= field.metadata.get("min_length", 0):
        document[name], kept[name] = [held[i] for i in left], left
        return True
    example = field.metadata.get("examples", ([],))[0]
    if example:
        document[name] = [example[0] if i in gone else item for i, item in enumerate(held)]
    return bool(example)


def _replaced(document: dict[str, Any], name: str, field: Field[Any] | None) -> bool:
    """Put the example of ``field`` at ``name``, or leave out what need not be there."""
    document.pop(name, None)
    if field is None or field.default is not MISSING:
        return True
    examples = field.metadata.get("examples", ())
    if examples:
        document[name] = examples[0]
    return bool(examples)


def _back(fault: Fault, kept: dict[str, list[int]]) -> Fault:
    """``fault`` of the mended document where it stands in the one that was sent."""
    steps = fault.pointer.split("/")
    if len(steps) > 2 and steps[1] in kept and steps[2].isdigit():
        steps[2] = str(kept[steps[1]][int(steps[2])])
    return Fault(pointer="/".join(steps), code=fault.code, detail=fault.detail)
