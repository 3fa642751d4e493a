"""Validate a document by graphql-core's rules, with our error codes and messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    NameNode,
    Node,
    get_named_type,
    is_enum_type,
    is_required_argument,
    specified_rules,
)
from graphql import validation as rules

from domain.shared.errors import Code, Invalid

MAX_NAME_CHARACTERS = 64
"""Characters of a name from the document that a message repeats."""
SCHEMA_HINT = "compare it with the schema"

MESSAGES: Mapping[type[ASTValidationRule], tuple[Code, str]] = {
    rules.FieldsOnCorrectTypeRule: (Code.INVALID, f"there is no field {{name}} here; {SCHEMA_HINT}"),
    rules.KnownArgumentNamesRule: (Code.INVALID, f"there is no argument {{name}} here; {SCHEMA_HINT}"),
    rules.KnownTypeNamesRule: (Code.INVALID, f"there is no type {{name}}; {SCHEMA_HINT}"),
    rules.KnownDirectivesRule: (Code.INVALID, "the directive {name} is not allowed here; leave it out"),
    rules.KnownFragmentNamesRule: (Code.INVALID, "there is no fragment {name}; add it to the query"),
    rules.KnownOperationTypesRule: (Code.INVALID, "the schema has queries and mutations only; send one of them"),
    rules.SingleFieldSubscriptionsRule: (Code.INVALID, "the schema has queries and mutations only; send one of them"),
    rules.ExecutableDefinitionsRule: (
        Code.INVALID,
        "a document contains operations and fragments only; leave out the type {name}",
    ),
    rules.ScalarLeafsRule: (Code.INVALID, "select fields of {name} if it has any, and none otherwise"),
    rules.FragmentsOnCompositeTypesRule: (Code.INVALID, "a fragment must be on a type with fields"),
    rules.PossibleFragmentSpreadsRule: (
        Code.INVALID,
        "the type of this fragment is not possible here; use a type that is",
    ),
    rules.NoFragmentCyclesRule: (Code.INVALID, "the fragment {name} contains itself; remove the spread"),
    rules.NoUnusedFragmentsRule: (Code.INVALID, "the fragment {name} is not used; leave it out"),
    rules.UniqueFragmentNamesRule: (Code.INVALID, "the fragment {name} is defined twice; give each its own name"),
    rules.UniqueOperationNamesRule: (Code.INVALID, "the operation {name} is defined twice; give each its own name"),
    rules.LoneAnonymousOperationRule: (Code.INVALID, "a document with several operations needs a name for each"),
    rules.UniqueVariableNamesRule: (Code.INVALID, "the variable {name} is declared twice; declare it once"),
    rules.UniqueArgumentNamesRule: (Code.INVALID, "the argument {name} is given twice; give it once"),
    rules.UniqueInputFieldNamesRule: (Code.DUPLICATE, "the member {name} is given twice; give it once"),
    rules.UniqueDirectivesPerLocationRule: (Code.INVALID, "the directive {name} is repeated; use it once"),
    rules.NoUndefinedVariablesRule: (Code.INVALID, "the variable {name} is not declared; declare it with its type"),
    rules.NoUnusedVariablesRule: (Code.INVALID, "the variable {name} is not used; leave it out"),
    rules.VariablesAreInputTypesRule: (Code.INVALID, "the variable has an output type; declare it with an input type"),
    rules.VariablesInAllowedPositionRule: (Code.WRONG_TYPE, "the variable {name} is of another type than this position takes"),
    rules.OverlappingFieldsCanBeMergedRule: (
        Code.INVALID,
        "two different fields have the response name {name}; give one an alias",
    ),
    rules.MaxIntrospectionDepthRule: (
        Code.QUERY_TOO_COMPLEX,
        "introspection lists are nested too deeply; ask for less at a time",
    ),
    rules.ProvidedRequiredArgumentsRule: (Code.MISSING, "{name} needs its argument {missing}; add it"),
}
DEFAULT_MESSAGE = (Code.INVALID, f"this is not valid here; {SCHEMA_HINT}")
TOO_DEEP = "the query nests too deeply or has too many errors to be validated completely; ask for less at a time"


def graphql_error(error: Invalid, nodes: Any = None) -> GraphQLError:
    """Wrap `error` in a `GraphQLError` located at `nodes`."""
    return GraphQLError(error.detail, nodes, original_error=error)


class _RewordingContext:
    """A validation context that replaces the message of each reported error; rules also report from helper functions."""

    def __init__(self, context: Any, code: Code, sentence: str) -> None:
        self._context = context
        self._code = code
        self._sentence = sentence

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def report_error(self, error: GraphQLError) -> None:
        nodes = error.nodes or []
        detail = self._sentence.format(name=_name_of(nodes), missing=_missing(nodes[0] if nodes else None, self._context))
        self._context.report_error(graphql_error(Invalid(detail, code=self._code), nodes))


def _reworded(rule: Any) -> Any:
    """Return `rule` with our code and message for its errors."""
    code, sentence = MESSAGES.get(rule, DEFAULT_MESSAGE)
    return lambda context: rule(_RewordingContext(context, code, sentence))


def _name_of(nodes: Sequence[Node]) -> str:
    """Return the first name in `nodes`, truncated, or "this"."""
    for node in nodes:
        for part in (node, getattr(node, "alias", None), getattr(node, "name", None), getattr(node, "variable", None)):
            name = part if isinstance(part, NameNode) else getattr(part, "name", None)
            if isinstance(name, NameNode) and not (part is node and getattr(node, "alias", None)):
                return name.value[:MAX_NAME_CHARACTERS]
    return "this"


def _missing(node: Node | None, context: Any) -> str:
    """Return the names of the required arguments that the field or directive `node` lacks."""
    definition = context.get_field_def() if isinstance(node, FieldNode) else context.get_directive()
    present = {argument.name.value for argument in getattr(node, "arguments", None) or ()}
    return ", ".join(
        name for name, arg in getattr(definition, "args", {}).items() if is_required_argument(arg) and name not in present
    )


class LeafValuesRule(rules.ValuesOfCorrectTypeRule):
    """Validates arguments that are not inputs: numbers, texts, ids. Inputs are validated like REST's bodies."""

    def report_error(self, error: GraphQLError) -> None:
        """Report `error` with a code and message for the expected type."""
        kind = self.context.get_input_type()
        code, detail = leaf_error(kind, whole=any(isinstance(node, IntValueNode) for node in error.nodes or ()))
        super().report_error(graphql_error(Invalid(detail, code=code), error.nodes))


def leaf_error(kind: Any, *, whole: bool) -> tuple[Code, str]:
    """Return code and message for a value that is not of type `kind`; `whole`: the value is a whole number."""
    named = get_named_type(kind) if kind is not None else None
    if is_enum_type(named):
        return Code.NOT_ALLOWED, f"give {', '.join(named.values)}"
    if named is not None and named.name == "Int" and whole:
        return Code.OUT_OF_RANGE, "must be a whole number of at most 32 bits"
    return (
        Code.WRONG_TYPE,
        f"this is not of type {kind}; send a value that is" if kind is not None else "no value is allowed here; leave it out",
    )


RULES = tuple(_reworded(rule) for rule in specified_rules if rule is not rules.ValuesOfCorrectTypeRule)
"""Rules for a document as it was sent."""
LEAF_RULES = (LeafValuesRule,)
"""Rules for the same document without its inputs."""
MAX_ERRORS = 1_000
"""Errors of one document at which validation stops."""


def find_errors(schema: GraphQLSchema, document: Any, selected_rules: Any) -> list[GraphQLError]:
    """Return the errors of `document` under `selected_rules`."""
    errors = rules.validate(schema, document, selected_rules, max_errors=MAX_ERRORS, hide_suggestions=True)
    too_deep = graphql_error(Invalid(TOO_DEEP, code=Code.QUERY_TOO_COMPLEX))
    return [error if isinstance(error.original_error, Invalid) else too_deep for error in errors]
