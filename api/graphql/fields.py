"""Fields made from use cases: the command says the arguments, the answer the type, and the resolver is one call.

Every field is nullable, so that one refusal does not blank what stands beside it.
"""

import inspect
from collections.abc import Callable
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.graphql.connections import ConnectionValue, connection
from api.graphql.context import Info
from api.graphql.inputs import parse_input
from api.graphql.types import input_type, markdown_description, output_annotation, output_type_of, required_by_member
from domain.shared.operation import operation_of
from domain.shared.paging import DEFAULT_LIMIT, Page

UseCase = Callable[..., Any]

PAGE_MEMBERS = ("limit", "cursor")
"""Members of a list's command that GraphQL says as ``first`` and ``after``."""
FIELD_NAMES: dict[UseCase, str] = {}
"""Every use case that has a field, and the field's name; a test holds this against REST."""

HEADER_MEMBERS = ("expected_version",)
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
VERSION_DESCRIPTION = "The version that this changes, as it was read."
VERSIONS = {
    True: argument("expected_version", int, VERSION_DESCRIPTION),
    False: argument("expected_version", int | None, VERSION_DESCRIPTION, strawberry.UNSET),
}
"""The argument where it is required and where it is not."""


def public_field(function: UseCase, name: str | None = None) -> Any:
    """A query that needs nobody: the answer of the plain function ``read``, and its arguments."""
    hints = get_type_hints(function)
    arguments = [argument(name, hint, f"The {name}.") for name, hint in hints.items() if name != "return"]

    def resolve(**by: Any) -> Any:
        return function(**by)

    return nullable_field(resolve, arguments, hints["return"], function, name)


def query_field(use_case: UseCase) -> Any:
    """A query of one thing."""
    takes, answers = use_case_signature(use_case)

    async def resolve(info: Info, input: Any = None) -> Any:  # noqa: A002 - the contract's name of the argument
        return await info.context.runner.run(use_case, parse_input(takes, input))

    return nullable_field(resolve, input_arguments(takes), answers, use_case)


def connection_field(use_case: UseCase) -> Any:
    """A query of a list: the command's filter is the input, its place ``first`` and ``after``."""
    takes, answers = use_case_signature(use_case)
    if get_origin(answers) is not Page:
        raise TypeError(f"{use_case.__name__} answers no page")

    async def resolve(info: Info, first: int, after: str | None = None, input: Any = None) -> Any:  # noqa: A002 - see above
        command = parse_input(takes, input, limit=first, cursor=after)
        return ConnectionValue(page=await info.context.runner.run(use_case, command), inside=after is not None)

    item = output_type_of(get_args(answers)[0])
    return nullable_field(resolve, [*input_arguments(takes, PAGE_MEMBERS), FIRST, AFTER], connection(item), use_case)


def mutation_field(
    use_case: UseCase,
    name: str | None = None,
    *,
    input_class: type | None = None,
    parse: Callable[..., Any] = parse_input,
) -> Any:
    """A mutation, once under its idempotency key; an edit names the version that it changes.

    ``says``: the class whose members the input has, where it is not the command's own; ``hear`` makes the command of it.
    """
    takes, answers = use_case_signature(use_case)
    header = [VERSIONS[needed] for name, needed in required_by_member(takes).items() if name in HEADER_MEMBERS]

    async def resolve(info: Info, idempotency_key: str | None = None, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.runner.run_idempotent(
            use_case, parse(takes, input, without=HEADER_MEMBERS, **header), idempotency_key
        )

    async def resolve_unkeyed(info: Info, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.runner.run(use_case, parse(takes, input, without=HEADER_MEMBERS, **header))

    arguments = [*input_arguments(input_class or takes, HEADER_MEMBERS), *header]
    if not operation_of(use_case).idempotency_key:
        return nullable_field(resolve_unkeyed, arguments, answers, use_case, name)
    return nullable_field(resolve, [*arguments, KEY], answers, use_case, name)


def use_case_signature(use_case: UseCase) -> tuple[Any, Any]:
    """Return the command that `use_case(command, ctx)` takes, and what it answers. Raises `TypeError` for no operation."""
    operation_of(use_case)
    hints = get_type_hints(use_case)
    [command] = [name for name in inspect.signature(use_case).parameters if name != "ctx"]
    return hints[command], hints["return"]


def input_arguments(command: type, without: tuple[str, ...] = ()) -> list[Parameter]:
    """The argument ``input`` that says ``command``; none where there is nothing to say, optional where nothing must be."""
    told = {name: needed for name, needed in required_by_member(command).items() if name not in without}
    if not told:
        return []
    kind = input_type(command, without)
    if any(told.values()):
        return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind)]
    return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind | None, default=strawberry.UNSET)]


def nullable_field(
    resolve: Any, arguments: list[Parameter], result_type: Any, use_case: UseCase, name: str | None = None
) -> Any:
    """The nullable field of ``resolve``; strawberry reads arguments and type from the signature that it is given here."""
    own = [p for p in inspect.signature(resolve).parameters.values() if p.name in {"info", "root"}]
    kind = result_type if hasattr(result_type, "__strawberry_definition__") else output_annotation(result_type)
    resolve.__signature__ = inspect.Signature([*own, *arguments], return_annotation=kind | None)
    FIELD_NAMES[use_case] = name or field_name(use_case)
    return strawberry.field(resolver=resolve, name=FIELD_NAMES[use_case], description=markdown_description(use_case))


def field_name(use_case: UseCase) -> str:
    """The field's name: that of the use case, without its verb where that only reads."""
    return to_camel_case(use_case.__name__.removeprefix("read_").removeprefix("list_"))
