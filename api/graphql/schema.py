"""The schema: every operation of REST under the same name in camelCase (openapi/README.md 9.1)."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.execution import ExecutionContext

from api.graphql.accounts import AccountsMutation, AccountsQuery
from api.graphql.audit import AuditQuery
from api.graphql.change import ChangeMutation, ChangeQuery
from api.graphql.directory import DirectoryQuery
from api.graphql.document_inputs import Executor
from api.graphql.errors import log_errors
from api.graphql.framework import FrameworkQuery
from api.graphql.jobs import JobsMutation, JobsQuery
from api.graphql.nodes import NodeQuery
from api.graphql.notifications import NotificationsMutation, NotificationsQuery
from api.graphql.oauth import AuthorizationMutation, AuthorizationQuery
from api.graphql.observations import ObservationsMutation, ObservationsQuery
from api.graphql.people import PeopleMutation, PeopleQuery
from api.graphql.privacy import PrivacyMutation, PrivacyQuery
from api.graphql.roster import RosterMutation, RosterQuery
from api.graphql.scalars import SCALARS
from api.graphql.scoring import ScoringMutation, ScoringQuery
from api.graphql.validation_extension import ValidationExtension


class CamelCaseConverter(NameConverter):
    """Converts names to camelCase; enum values keep REST's names, so that a code is the same text in both."""

    def from_enum_value(self, enum: StrawberryEnumDefinition, enum_value: EnumValue) -> str:  # noqa: ARG002 - strawberry's
        """Return the value of the StrEnum."""
        return str(enum_value.value)


class Schema(strawberry.Schema):
    """A schema that logs errors by `log_errors`."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log `errors`, instead of strawberry's traceback for each."""
        if execution_context is not None:
            execution_context.context.bind_logs()
        log_errors(errors)


@strawberry.type
class Query(
    NodeQuery,
    FrameworkQuery,
    DirectoryQuery,
    AccountsQuery,
    RosterQuery,
    ObservationsQuery,
    ScoringQuery,
    ChangeQuery,
    PeopleQuery,
    JobsQuery,
    NotificationsQuery,
    AuditQuery,
    AuthorizationQuery,
    PrivacyQuery,
):
    """All queries."""


@strawberry.type
class Mutation(
    AccountsMutation,
    RosterMutation,
    ObservationsMutation,
    ScoringMutation,
    ChangeMutation,
    PeopleMutation,
    JobsMutation,
    NotificationsMutation,
    AuthorizationMutation,
    PrivacyMutation,
):
    """All mutations."""


def make_schema() -> Schema:
    """Build the schema."""
    schema = Schema(
        Query,
        Mutation,
        extensions=[ValidationExtension],
        execution_context_class=Executor,
        config=StrawberryConfig(name_converter=CamelCaseConverter(), scalar_map=dict(SCALARS)),
    )
    _exactly_one(schema.schema_converter.type_map)
    return schema


def _exactly_one(types: Mapping[str, Any]) -> None:
    """Mark `@oneOf` inputs as graphql-core does, for introspection; REST's validator enforces it."""
    for converted in types.values():
        if isinstance(converted.implementation, GraphQLInputObjectType) and converted.definition.is_one_of:
            converted.implementation.is_one_of = True
            vars(converted.implementation).pop("out_type", None)


SCHEMA = make_schema()


def sdl() -> str:
    """Return the schema as text, for `openapi/schema.graphql`."""
    return SCHEMA.as_str() + "\n"
