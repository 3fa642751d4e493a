"""Fields made from use cases: the command says the arguments, the answer the type, and the resolver is one call.

Every field is nullable, so that one refusal does not blank what stands beside it.
"""

import inspect
from collections.abc import Callable
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.graphql.connections import Listed, connection
from api.graphql.context import Info
from api.graphql.inputs import heard
from api.graphql.types import described, members, said, shown, typed
from domain.shared.operation import operation_of
from domain.shared.paging import DEFAULT_LIMIT, Page

UseCase = Callable[..., Any]

PLACE = ("limit", "cursor")
"""Members of a list's command that GraphQL says as ``first`` and ``after``."""
TOLD: dict[UseCase, str] = {}
"""Every use case that has a field, and the field's name; a test holds this against REST."""

HEADER = ("expected_version",)
"""Members that REST says in a header and GraphQL beside the input."""


def argument(name: str, hint: Any, description: str, default: Any = Parameter.empty) -> Parameter:
    """An argument of a field."""
    told = Annotated[hint, strawberry.argument(name=to_camel_case(name), description=description)]
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=told, default=default)


FIRST = argument("first", int, "How many, 1 to 100.", DEFAULT_LIMIT)
AFTER = argument("after", str | None, "The cursor after which to go on; absent: from the beginning.", strawberry.UNSET)
KEY = argument(
    "idempotency_key",
    str | None,
    "1 to 255 characters. The same key with the same input gives the stored answer again, for at least 24 hours.",
    strawberry.UNSET,
)
VERSION_TOLD = "The version that this changes, as it was read."
VERSIONS = {
    True: argument("expected_version", int, VERSION_TOLD),
    False: argument("expected_version", int | None, VERSION_TOLD, strawberry.UNSET),
}
"""The argument where it is required and where it is not."""


def public(read: UseCase, name: str | None = None) -> Any:
    """A query that needs nobody: the answer of the plain function ``read``, and its arguments."""
    hints = get_type_hints(read)
    arguments = [argument(name, hint, f"The {name}.") for name, hint in hints.items() if name != "return"]

    def resolve(**by: Any) -> Any:
        return read(**by)

    return field(resolve, arguments, hints["return"], read, name)


def reads(use_case: UseCase) -> Any:
    """A query of one thing."""
    takes, answers = signature(use_case)

    async def resolve(info: Info, input: Any = None) -> Any:  # noqa: A002 - the contract's name of the argument
        return await info.context.call.run(use_case, heard(takes, input))

    return field(resolve, said_as_input(takes), answers, use_case)


def lists(use_case: UseCase) -> Any:
    """A query of a list: the command's filter is the input, its place ``first`` and ``after``."""
    takes, answers = signature(use_case)
    if get_origin(answers) is not Page:
        raise TypeError(f"{use_case.__name__} answers no page")

    async def resolve(info: Info, first: int, after: str | None = None, input: Any = None) -> Any:  # noqa: A002 - see above
        command = heard(takes, input, limit=first, cursor=after)
        return Listed(page=await info.context.call.run(use_case, command), inside=after is not None)

    item = shown(get_args(answers)[0])
    return field(resolve, [*said_as_input(takes, PLACE), FIRST, AFTER], connection(item), use_case)


def changes(
    use_case: UseCase,
    name: str | None = None,
    *,
    says: type | None = None,
    hear: Callable[..., Any] = heard,
) -> Any:
    """A mutation, once under its idempotency key; an edit names the version that it changes.

    ``says``: the class whose members the input has, where it is not the command's own; ``hear`` makes the command of it.
    """
    takes, answers = signature(use_case)
    header = [VERSIONS[needed] for name, needed in members(takes).items() if name in HEADER]

    async def resolve(info: Info, idempotency_key: str | None = None, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.call.change(use_case, hear(takes, input, without=HEADER, **header), idempotency_key)

    async def unkeyed(info: Info, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.call.run(use_case, hear(takes, input, without=HEADER, **header))

    arguments = [*said_as_input(says or takes, HEADER), *header]
    if not operation_of(use_case).idempotency_key:
        return field(unkeyed, arguments, answers, use_case, name)
    return field(resolve, [*arguments, KEY], answers, use_case, name)


def signature(use_case: UseCase) -> tuple[Any, Any]:
    """Return the command that `use_case(command, ctx)` takes, and what it answers. Raises `TypeError` for no operation."""
    operation_of(use_case)
    hints = get_type_hints(use_case)
    [command] = [name for name in inspect.signature(use_case).parameters if name != "ctx"]
    return hints[command], hints["return"]


def said_as_input(command: type, without: tuple[str, ...] = ()) -> list[Parameter]:
    """The argument ``input`` that says ``command``; none where there is nothing to say, optional where nothing must be."""
    told = {name: needed for name, needed in members(command).items() if name not in without}
    if not told:
        return []
    kind = said(command, without)
    if any(told.values()):
        return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind)]
    return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind | None, default=strawberry.UNSET)]


def field(resolve: Any, arguments: list[Parameter], answers: Any, use_case: UseCase, name: str | None = None) -> Any:
    """The nullable field of ``resolve``; strawberry reads arguments and type from the signature that it is given here."""
    own = [p for p in inspect.signature(resolve).parameters.values() if p.name in {"info", "root"}]
    kind = answers if hasattr(answers, "__strawberry_definition__") else typed(answers)
    resolve.__signature__ = inspect.Signature([*own, *arguments], return_annotation=kind | None)
    TOLD[use_case] = name or named(use_case)
    return strawberry.field(resolver=resolve, name=TOLD[use_case], description=described(use_case))


def named(use_case: UseCase) -> str:
    """The field's name: that of the use case, without its verb where that only reads."""
    return to_camel_case(use_case.__name__.removeprefix("read_").removeprefix("list_"))
