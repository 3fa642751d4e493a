"""How a view is built where many are built at once."""

from dataclasses import fields
from typing import TypeVar

V = TypeVar("V")


def quick(cls: type[V]) -> type[V]:
    """Give the frozen keyword-only dataclass ``cls`` an ``__init__`` that stores all members at once.

    The generated one calls ``object.__setattr__`` for every member, which costs more than the numbers of a profile do.
    The class stays frozen and keyword-only. It must have neither slots, defaults nor ``__post_init__``: ``TypeError`` at import
    otherwise. A call with a member too few or too many is a ``TypeError``.
    """
    names = tuple(f.name for f in fields(cls))  # type: ignore[arg-type]
    plain = not any(hasattr(cls, name) for name in (*names, "__slots__", "__post_init__"))
    if not plain:
        raise TypeError(f"{cls.__name__} cannot be built quickly: it has slots, defaults or __post_init__")
    members = ", ".join(f"{name!r}: {name}" for name in names)
    space: dict[str, object] = {"put": object.__setattr__}
    source = f"def __init__(self, *, {', '.join(names)}):\n put(self, '__dict__', {{{members}}})"
    exec(source, space)  # noqa: S102 - as dataclasses itself does: the text is made of our own member names
    cls.__init__ = space["__init__"]  # type: ignore[assignment]
    return cls
