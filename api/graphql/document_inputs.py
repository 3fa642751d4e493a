"""Pass inputs from a document or its variables to the use cases' validator, without validation by graphql-core.

The schema describes an input's members, but REST's validator checks them, so that both APIs report the same errors at the same
pointers. So each input literal of a document is replaced by a variable before execution, and resolvers get the values of these
variables as they were sent.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import (
    REMOVE,
    ArgumentNode,
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NameNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_input_object_type,
    is_input_type,
    is_non_null_type,
    type_from_ast,
    visit,
)
from graphql.pyutils import Undefined
from graphql.utilities import coerce_input_value
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.document_rules import leaf_error
from api.wire.json_size import check_values
from api.wire.limits import INPUT_VALUES
from api.wire.request_errors import escape_pointer, to_snake
from domain.shared.errors import Code, FieldError, Invalid


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes a document without its inputs, with the values that `collect_inputs` found for them."""

    @classmethod
    def build(cls, *args: Any, **kwargs: Any) -> Any:
        """Return graphql-core's context, with the inputs added to the variables' values."""
        built = super().build(*args, **kwargs)
        if isinstance(built, cls):
            built.variable_values.coerced.update(built.context_value.inputs)
        return built


def extract_inputs(schema: GraphQLSchema, document: DocumentNode) -> tuple[DocumentNode, Mapping[str, Any]]:
    """Return `document` with each input literal replaced by a variable, and the literals by variable name."""
    info = TypeInfo(schema)
    extractor = _InputExtractor(schema, info)
    return visit(document, TypeInfoVisitor(info, extractor)), extractor.literals


class _InputExtractor(Visitor):
    def __init__(self, schema: GraphQLSchema, info: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._info = info
        self.literals: dict[str, Any] = {}

    def enter_argument(self, node: ArgumentNode, *_args: Any) -> Any:
        if isinstance(node.value, VariableNode) or not _is_input(self._info.get_input_type()):
            return None
        name = f"input {len(self.literals)}"  # not a valid variable name, so it cannot clash with one of the document
        self.literals[name] = node.value
        return ArgumentNode(name=node.name, value=VariableNode(name=NameNode(value=name)), loc=node.loc)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: Any) -> Any:
        return REMOVE if _is_input(type_from_ast(self._schema, node.type)) else None


def collect_inputs(
    schema: GraphQLSchema, operation: OperationDefinitionNode, literals: Mapping[str, Any], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the inputs of `operation` by variable name, as they were sent.

    Raises `Invalid` for other variables that do not have their type and for missing required inputs, and `TooLarge` when all
    inputs together have more than `INPUT_VALUES` values.
    """
    errors: list[FieldError] = []
    values: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        name, kind = definition.variable.name.value, type_from_ast(schema, definition.type)
        value = variables.get(name, Undefined)
        if value is Undefined and definition.default_value is not None:
            value = value_of(definition.default_value, {})
        if value is not Undefined:
            values[name] = value
        if _is_input(kind):
            if value is not Undefined:
                inputs[name] = value
            if is_non_null_type(kind) and (value is Undefined or value is None):
                errors.append(
                    FieldError(pointer="", code=Code.MISSING, detail=f"the variable {name[:64]} is required; send it")
                )
        elif name in variables or definition.default_value is None:
            errors += _leaf_errors(name, kind, value)
    if errors:
        raise Invalid.of(errors)
    inputs |= {name: value_of(node, values) for name, node in literals.items()}
    check_values(list(inputs.values()), INPUT_VALUES)
    return inputs


def _leaf_errors(name: str, kind: Any, value: Any) -> list[FieldError]:
    pointer = f"/{escape_pointer(to_snake(name[:64]))}"
    if value is Undefined:
        missing = FieldError(pointer=pointer, code=Code.MISSING, detail="this variable is required; send it")
        return [missing] if is_non_null_type(kind) else []
    if not is_input_type(kind) or coerce_input_value(value, kind) is not Undefined:
        return []
    code, detail = leaf_error(kind, whole=isinstance(value, int) and not isinstance(value, bool))
    return [FieldError(pointer=pointer, code=code, detail=detail)]


def value_of(node: Any, variables: Mapping[str, Any]) -> Any:
    """Return the JSON value of the literal `node`. A variable without a value is omitted in an object, and null in a list."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value, Undefined)
    if isinstance(node, IntValueNode | FloatValueNode):
        return msgspec.Raw(node.value.encode())  # GraphQL's number literals are valid JSON
    if isinstance(node, StringValueNode | BooleanValueNode | EnumValueNode):
        return node.value
    if isinstance(node, ListValueNode):
        items = (value_of(item, variables) for item in node.values)
        return [None if item is Undefined else item for item in items]
    if isinstance(node, ObjectValueNode):
        members = ((member.name.value, value_of(member.value, variables)) for member in node.fields)
        return {name: value for name, value in members if value is not Undefined}
    return None


def _is_input(kind: Any) -> bool:
    return kind is not None and is_input_object_type(get_named_type(kind))
