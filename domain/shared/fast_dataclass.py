"""How views are built where a hundred of them make one answer.

The generated ``__init__`` of a frozen dataclass calls ``object.__setattr__`` for every member, which costs more than the
numbers of a profile do. Both functions here store all members at once; a class must have neither slots, defaults nor
``__post_init__`` for it (``TypeError`` at import).
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
V = TypeVar("V")


def fast_init(cls: type[V]) -> type[V]:
    """Give the frozen keyword-only dataclass ``cls`` a faster ``__init__``; it stays frozen and keyword-only."""
    names = _members(cls)
    cls.__init__ = _generated(f"def made(self, *, {', '.join(names)}):\n {_store('self', names)}", cls)  # type: ignore[method-assign]
    return cls


def fast_constructor(cls: Callable[P, V]) -> Callable[P, V]:
    """A function that builds ``cls`` from all its members by keyword: faster still, as it does not go through the class."""
    names = _members(cls)
    lines = ("view = new(cls)", _store("view", names), "return view")
    return cast(Callable[P, V], _generated(f"def made(*, {', '.join(names)}):\n " + "\n ".join(lines), cls))


def _members(cls: Any) -> tuple[str, ...]:
    names = tuple(f.name for f in fields(cls))
    if any(hasattr(cls, name) for name in (*names, "__slots__", "__post_init__")):
        raise TypeError(f"{cls.__name__} cannot be built quickly: it has slots, defaults or __post_init__")
    return names


def _store(target: str, names: tuple[str, ...]) -> str:
    return f"put({target}, '__dict__', {{{', '.join(f'{name!r}: {name}' for name in names)}}})"


def _generated(source: str, cls: Any) -> Callable[..., Any]:
    space: dict[str, Any] = {"cls": cls, "new": object.__new__, "put": object.__setattr__}
    exec(source, space)  # noqa: S102 - as dataclasses itself does: the text is made of our own member names
    return cast(Callable[..., Any], space["made"])
