"""What makes a document invalid, in our codes and sentences: graphql-core's rules find it, and where; the words are ours."""

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
"""Characters of a name of the document that a sentence repeats."""
SCHEMA_HINT = "compare it with the schema"

MESSAGES: Mapping[type[ASTValidationRule], tuple[Code, str]] = {
    rules.FieldsOnCorrectTypeRule: (Code.INVALID, f"there is no field {{name}} here; {SCHEMA_HINT}"),
    rules.KnownArgumentNamesRule: (Code.INVALID, f"there is no argument {{name}} here; {SCHEMA_HINT}"),
    rules.KnownTypeNamesRule: (Code.INVALID, f"there is no type {{name}}; {SCHEMA_HINT}"),
    rules.KnownDirectivesRule: (Code.INVALID, "the directive {name} is not taken here; leave it out"),
    rules.KnownFragmentNamesRule: (Code.INVALID, "there is no fragment {name}; add it to the query"),
    rules.KnownOperationTypesRule: (Code.INVALID, "there are queries and mutations only; send one of them"),
    rules.SingleFieldSubscriptionsRule: (Code.INVALID, "there are queries and mutations only; send one of them"),
    rules.ExecutableDefinitionsRule: (Code.INVALID, "a query holds operations and fragments only; leave the type {name} out"),
    rules.ScalarLeafsRule: (Code.INVALID, "ask for {name} with its fields if it has any, and without if it has none"),
    rules.FragmentsOnCompositeTypesRule: (Code.INVALID, "a fragment is on a type with fields; name one"),
    rules.PossibleFragmentSpreadsRule: (
        Code.INVALID,
        "this fragment is of a type that can never be met here; take one that can",
    ),
    rules.NoFragmentCyclesRule: (Code.INVALID, "the fragment {name} spreads itself; take the spread out"),
    rules.NoUnusedFragmentsRule: (Code.INVALID, "the fragment {name} is not used; leave it out"),
    rules.UniqueFragmentNamesRule: (Code.INVALID, "the fragment {name} is there twice; give each its own name"),
    rules.UniqueOperationNamesRule: (Code.INVALID, "the operation {name} is there twice; give each its own name"),
    rules.LoneAnonymousOperationRule: (Code.INVALID, "an operation without a name stands alone; name each of several"),
    rules.UniqueVariableNamesRule: (Code.INVALID, "the variable {name} is declared twice; declare it once"),
    rules.UniqueArgumentNamesRule: (Code.INVALID, "the argument {name} is given twice; give it once"),
    rules.UniqueInputFieldNamesRule: (Code.DUPLICATE, "the member {name} is given twice; give it once"),
    rules.UniqueDirectivesPerLocationRule: (Code.INVALID, "the directive {name} stands here once only"),
    rules.NoUndefinedVariablesRule: (Code.INVALID, "the variable {name} is not declared; declare it with its type"),
    rules.NoUnusedVariablesRule: (Code.INVALID, "the variable {name} is not used; leave it out"),
    rules.VariablesAreInputTypesRule: (Code.INVALID, "the variable is of a type that is only answered; name an input type"),
    rules.VariablesInAllowedPositionRule: (Code.WRONG_TYPE, "the variable {name} is of another type than is taken here"),
    rules.OverlappingFieldsCanBeMergedRule: (Code.INVALID, "two fields would be answered as {name}; give one an alias"),
    rules.MaxIntrospectionDepthRule: (
        Code.QUERY_TOO_COMPLEX,
        "the schema is asked for with its lists nested too often; ask for less at a time",
    ),
    rules.ProvidedRequiredArgumentsRule: (Code.MISSING, "{name} needs its argument {missing}; give it"),
}
DEFAULT_MESSAGE = (Code.INVALID, f"this is not valid here; {SCHEMA_HINT}")
TOO_DEEP = "the query nests too deeply, or has too much wrong with it, to be checked to its end; ask for less at a time"


def graphql_error(error: Invalid, nodes: Any = None) -> GraphQLError:
    """``refusal`` as graphql-core carries it, at ``nodes``."""
    return GraphQLError(error.detail, nodes, original_error=error)


class _RewordingContext:
    """A rule's view of the validation, with our words for what it reports. Some rules report past their own method."""

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
    """``rule`` with our words for what it finds."""
    code, sentence = MESSAGES.get(rule, DEFAULT_MESSAGE)
    return lambda context: rule(_RewordingContext(context, code, sentence))


def _name_of(nodes: Sequence[Node]) -> str:
    """The first name that the document gives one of ``nodes``, cut."""
    for node in nodes:
        for part in (node, getattr(node, "alias", None), getattr(node, "name", None), getattr(node, "variable", None)):
            name = part if isinstance(part, NameNode) else getattr(part, "name", None)
            if isinstance(name, NameNode) and not (part is node and getattr(node, "alias", None)):
                return name.value[:MAX_NAME_CHARACTERS]
    return "this"


def _missing(node: Node | None, context: Any) -> str:
    """The required arguments that the field or directive ``node`` lacks."""
    known = context.get_field_def() if isinstance(node, FieldNode) else context.get_directive()
    given = {argument.name.value for argument in getattr(node, "arguments", None) or ()}
    return ", ".join(
        name for name, arg in getattr(known, "args", {}).items() if is_required_argument(arg) and name not in given
    )


class LeafValuesRule(rules.ValuesOfCorrectTypeRule):
    """Values of arguments that are no inputs: numbers, texts, ids. Inputs are judged as REST's bodies are."""

    def report_error(self, error: GraphQLError) -> None:
        """With a code of ours, which the type says."""
        kind = self.context.get_input_type()
        code, detail = leaf_error(kind, whole=any(isinstance(node, IntValueNode) for node in error.nodes or ()))
        super().report_error(graphql_error(Invalid(detail, code=code), error.nodes))


def leaf_error(kind: Any, *, whole: bool) -> tuple[Code, str]:
    """Why a value is none of the type ``kind``; ``whole``: it is a whole number."""
    named = get_named_type(kind) if kind is not None else None
    if is_enum_type(named):
        return Code.NOT_ALLOWED, f"give {', '.join(named.values)}"
    if named is not None and named.name == "Int" and whole:
        return Code.OUT_OF_RANGE, "a whole number of at most 32 bits"
    return Code.WRONG_TYPE, f"this is no {kind}; give one" if kind is not None else "this is not taken here; leave it out"


RULES = tuple(_reworded(rule) for rule in specified_rules if rule is not rules.ValuesOfCorrectTypeRule)
"""Of a document as it was sent."""
LEAF_RULES = (LeafValuesRule,)
"""Of the same document without its inputs."""
MAX_ERRORS = 1_000
"""Faults of one document that are looked for."""


def find_errors(schema: GraphQLSchema, document: Any, selected_rules: Any) -> list[GraphQLError]:
    """What ``chosen`` rules find wrong with ``document``."""
    found = rules.validate(schema, document, selected_rules, max_errors=MAX_ERRORS, hide_suggestions=True)
    too_deep = graphql_error(Invalid(TOO_DEEP, code=Code.QUERY_TOO_COMPLEX))
    return [error if isinstance(error.original_error, Invalid) else too_deep for error in found]
