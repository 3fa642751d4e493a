"""Inputs, from where they stand in a document or its variables to the use cases' validator, untouched by graphql-core.

The schema says what an input's members are; whether a value has them is decided where REST decides it, so that both refuse the
same with the same pointers. So a document is executed with each input in the place of a variable, and these variables are
handed over as they were sent.
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
    """Executes a document whose inputs were taken out, with the values that ``inputs_of`` found for them."""

    @classmethod
    def build(cls, *args: Any, **kwargs: Any) -> Any:
        """As graphql-core's, with the inputs among the values of variables."""
        built = super().build(*args, **kwargs)
        if isinstance(built, cls):
            built.variable_values.coerced.update(built.context_value.inputs)
        return built


def extract_inputs(schema: GraphQLSchema, document: DocumentNode) -> tuple[DocumentNode, Mapping[str, Any]]:
    """``document`` with a variable in the place of every input written out, and those inputs by the variable's name."""
    info = TypeInfo(schema)
    taker = _InputExtractor(schema, info)
    return visit(document, TypeInfoVisitor(info, taker)), taker.literals


class _InputExtractor(Visitor):
    def __init__(self, schema: GraphQLSchema, info: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._info = info
        self.literals: dict[str, Any] = {}

    def enter_argument(self, node: ArgumentNode, *_args: Any) -> Any:
        if isinstance(node.value, VariableNode) or not _is_input(self._info.get_input_type()):
            return None
        name = f"input {len(self.literals)}"  # no document can name a variable so
        self.literals[name] = node.value
        return ArgumentNode(name=node.name, value=VariableNode(name=NameNode(value=name)), loc=node.loc)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: Any) -> Any:
        return REMOVE if _is_input(type_from_ast(self._schema, node.type)) else None


def collect_inputs(
    schema: GraphQLSchema, operation: OperationDefinitionNode, literals: Mapping[str, Any], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of ``operation`` by the names of their variables, as they were sent.

    Raises ``Invalid`` for variables that are no inputs and not of their type, and for inputs that must be there and are not;
    ``TooLarge`` when all together hold more than ``INPUT_VALUES``.
    """
    faults: list[FieldError] = []
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
                faults.append(
                    FieldError(pointer="", code=Code.MISSING, detail=f"the variable {name[:64]} is required; give it")
                )
        elif name in variables or definition.default_value is None:
            faults += _leaf_errors(name, kind, value)
    if faults:
        raise Invalid.of(faults)
    inputs |= {name: value_of(node, values) for name, node in literals.items()}
    check_values(list(inputs.values()), INPUT_VALUES)
    return inputs


def _leaf_errors(name: str, kind: Any, value: Any) -> list[FieldError]:
    pointer = f"/{escape_pointer(to_snake(name[:64]))}"
    if value is Undefined:
        missing = FieldError(pointer=pointer, code=Code.MISSING, detail="this variable is required; give it")
        return [missing] if is_non_null_type(kind) else []
    if not is_input_type(kind) or coerce_input_value(value, kind) is not Undefined:
        return []
    code, detail = leaf_error(kind, whole=isinstance(value, int) and not isinstance(value, bool))
    return [FieldError(pointer=pointer, code=code, detail=detail)]


def value_of(node: Any, variables: Mapping[str, Any]) -> Any:
    """What ``node`` says, as JSON has it. A variable without a value leaves its member out, and is null in a list."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value, Undefined)
    if isinstance(node, IntValueNode | FloatValueNode):
        return msgspec.Raw(node.value.encode())  # GraphQL's numbers are JSON's
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
