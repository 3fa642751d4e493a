"""Errors in GraphQL: `extensions` has the members of REST's problem details (openapi/README.md 9.4). Also logs them."""

import logging
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from api.wire.problem_details import InternalError, extension_members, to_problem
from domain.shared.errors import Code, DomainError, Invalid

UNEXECUTABLE = "this part of the query cannot be executed; compare it and its variables with the schema"
"""Of errors that graphql-core raises although the document is valid."""

log = logging.getLogger(__name__)


def domain_error_of(error: GraphQLError) -> DomainError | None:
    """Return the domain error behind `error`, or None for an unexpected exception."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, DomainError):
        return cause
    if cause is None or isinstance(cause, GraphQLError | StrawberryInputCoercionError):
        return Invalid(UNEXECUTABLE)
    return None


def error_extensions(error: GraphQLError, instance: str | None, request_id: str | None) -> dict[str, Any]:
    """Return the problem details of `error`; `instance` is the path of the request."""
    domain_error = domain_error_of(error) or InternalError()
    return {**vars(to_problem(domain_error, instance, request_id)), **extension_members(domain_error)}


def format_error(error: GraphQLError, instance: str | None, request_id: str | None) -> dict[str, Any]:
    """Return `error` for the response's `errors`; the message of an unexpected exception is hidden."""
    members = error_extensions(error, instance, request_id)
    formatted: dict[str, Any] = {"message": members["detail"], "extensions": members}
    if error.locations:
        formatted["locations"] = [{"line": location.line, "column": location.column} for location in error.locations]
    if error.path:
        formatted["path"] = error.path
    return formatted


def log_errors(errors: Iterable[GraphQLError]) -> None:
    """Log `errors`: domain errors at info with their code, unexpected exceptions with their traceback.

    An exception that several errors share (children with one loader) is logged once.
    """
    logged: set[int] = set()
    for error in errors:
        cause, domain_error = error.original_error, domain_error_of(error)
        if id(cause or error) in logged:
            continue
        logged.add(id(cause or error))
        if domain_error is not None:
            log.info("graphql_rejected", extra={"code": str(domain_error.code)})
        else:
            log.error("graphql_failed", extra={"code": str(Code.INTERNAL)}, exc_info=cause)
