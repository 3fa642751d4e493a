"""The schema: every use case of REST under the same names in camelCase (openapi/README.md 9.1)."""

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
    """camelCase; the values of enums are called as in REST, so that a code is the same text everywhere."""

    def from_enum_value(self, enum: StrawberryEnumDefinition, enum_value: EnumValue) -> str:  # noqa: ARG002 - strawberry's
        """The value of the StrEnum."""
        return str(enum_value.value)


class Schema(strawberry.Schema):
    """The schema, with refusals logged as what they are."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Strawberry would log each with a trace."""
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
    """What can be asked."""


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
    """What can be done."""


def make_schema() -> Schema:
    """The schema as it is served and printed."""
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
    """Let the schema tell of ``@oneOf`` as graphql-core does; whether it is kept is for the one validator to see."""
    for known in types.values():
        if isinstance(known.implementation, GraphQLInputObjectType) and known.definition.is_one_of:
            known.implementation.is_one_of = True
            vars(known.implementation).pop("out_type", None)


SCHEMA = make_schema()


def sdl() -> str:
    """The schema as text, as ``openapi/schema.graphql`` keeps it."""
    return SCHEMA.as_str() + "\n"
