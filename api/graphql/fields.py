"""Derive fields from use cases: the arguments from the command, the type from the view; the resolver runs the use case.

Every field is nullable, so that an error in one does not remove the others' results.
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
"""Members of a list's command that are `first` and `after` in GraphQL."""
FIELD_NAMES: dict[UseCase, str] = {}
"""The field name of every use case with a field; a test compares them with REST's operations."""

HEADER_MEMBERS = ("expected_version",)
"""Members that are headers in REST and arguments beside the input in GraphQL."""


def argument(name: str, hint: Any, description: str, default: Any = Parameter.empty) -> Parameter:
    """Return a parameter that strawberry reads as the argument `name` of a field."""
    annotation = Annotated[hint, strawberry.argument(name=to_camel_case(name), description=description)]
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


FIRST = argument("first", int, "How many items, 1 to 100.", DEFAULT_LIMIT)
AFTER = argument("after", str | None, "The cursor of the last item read; absent: from the beginning.", strawberry.UNSET)
KEY = argument(
    "idempotency_key",
    str | None,
    "1 to 255 characters. A repeated key with the same input returns the stored result, for at least 24 hours.",
    strawberry.UNSET,
)
VERSION_DESCRIPTION = "The version that you read and now change."
VERSIONS = {
    True: argument("expected_version", int, VERSION_DESCRIPTION),
    False: argument("expected_version", int | None, VERSION_DESCRIPTION, strawberry.UNSET),
}
"""The argument `expectedVersion`, by whether it is required."""


def public_field(function: UseCase, name: str | None = None) -> Any:
    """Return a query without authentication, for the plain function `function` and its arguments."""
    hints = get_type_hints(function)
    arguments = [argument(name, hint, f"The {name}.") for name, hint in hints.items() if name != "return"]

    def resolve(**values: Any) -> Any:
        return function(**values)

    return nullable_field(resolve, arguments, hints["return"], function, name)


def query_field(use_case: UseCase) -> Any:
    """Return a query of one object."""
    command, view = use_case_signature(use_case)

    async def resolve(info: Info, input: Any = None) -> Any:  # noqa: A002 - the contract's name of the argument
        return await info.context.runner.run(use_case, parse_input(command, input))

    return nullable_field(resolve, input_arguments(command), view, use_case)


def connection_field(use_case: UseCase) -> Any:
    """Return a query of a list as a Relay connection: filters are the input, paging is `first` and `after`."""
    command_class, page_class = use_case_signature(use_case)
    if get_origin(page_class) is not Page:
        raise TypeError(f"{use_case.__name__} does not return a page")

    async def resolve(info: Info, first: int, after: str | None = None, input: Any = None) -> Any:  # noqa: A002 - see above
        command = parse_input(command_class, input, limit=first, cursor=after)
        return ConnectionValue(page=await info.context.runner.run(use_case, command), inside=after is not None)

    item = output_type_of(get_args(page_class)[0])
    return nullable_field(resolve, [*input_arguments(command_class, PAGE_MEMBERS), FIRST, AFTER], connection(item), use_case)


def mutation_field(
    use_case: UseCase,
    name: str | None = None,
    *,
    input_class: type | None = None,
    parse: Callable[..., Any] = parse_input,
) -> Any:
    """Return a mutation. It takes an idempotency key if the use case does, and `expectedVersion` if the command has it.

    `input_class`: the class that describes the input, if it is not the command; `parse` converts it to the command.
    """
    command, view = use_case_signature(use_case)
    header = [VERSIONS[required] for name, required in required_by_member(command).items() if name in HEADER_MEMBERS]

    async def resolve(info: Info, idempotency_key: str | None = None, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.runner.run_idempotent(
            use_case, parse(command, input, without=HEADER_MEMBERS, **header), idempotency_key
        )

    async def resolve_unkeyed(info: Info, input: Any = None, **header: Any) -> Any:  # noqa: A002 - see above
        return await info.context.runner.run(use_case, parse(command, input, without=HEADER_MEMBERS, **header))

    arguments = [*input_arguments(input_class or command, HEADER_MEMBERS), *header]
    if not operation_of(use_case).idempotency_key:
        return nullable_field(resolve_unkeyed, arguments, view, use_case, name)
    return nullable_field(resolve, [*arguments, KEY], view, use_case, name)


def use_case_signature(use_case: UseCase) -> tuple[Any, Any]:
    """Return the classes of command and view of `use_case(command, ctx)`. Raises `TypeError` if it is no operation."""
    operation_of(use_case)
    hints = get_type_hints(use_case)
    [command] = [name for name in inspect.signature(use_case).parameters if name != "ctx"]
    return hints[command], hints["return"]


def input_arguments(command: type, without: tuple[str, ...] = ()) -> list[Parameter]:
    """Return the argument `input` for `command`: none without members, optional without required members."""
    required = {name: needed for name, needed in required_by_member(command).items() if name not in without}
    if not required:
        return []
    kind = input_type(command, without)
    if any(required.values()):
        return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind)]
    return [Parameter("input", Parameter.KEYWORD_ONLY, annotation=kind | None, default=strawberry.UNSET)]


def nullable_field(
    resolve: Any, arguments: list[Parameter], result_type: Any, use_case: UseCase, name: str | None = None
) -> Any:
    """Return a nullable field; sets the signature of `resolve`, from which strawberry reads arguments and type."""
    own = [p for p in inspect.signature(resolve).parameters.values() if p.name in {"info", "root"}]
    kind = result_type if hasattr(result_type, "__strawberry_definition__") else output_annotation(result_type)
    resolve.__signature__ = inspect.Signature([*own, *arguments], return_annotation=kind | None)
    FIELD_NAMES[use_case] = name or field_name(use_case)
    return strawberry.field(resolver=resolve, name=FIELD_NAMES[use_case], description=markdown_description(use_case))


def field_name(use_case: UseCase) -> str:
    """Return the name of the use case in camelCase, without `read_` or `list_`."""
    return to_camel_case(use_case.__name__.removeprefix("read_").removeprefix("list_"))
