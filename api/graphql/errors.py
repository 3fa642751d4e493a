"""Refusals in GraphQL: the members of REST's problem as ``extensions`` (openapi/README.md 9.4), and what is logged of them."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from api.wire.problem_details import extension_members, to_problem
from domain.shared.errors import Code, DomainError, Invalid

UNEXECUTABLE = "this part of the query can't be answered as it is written; compare it and its variables with the schema"
"""What graphql-core refuses by itself although the document was found valid."""

log = logging.getLogger(__name__)

INTERNAL: Mapping[str, Any] = {
    "type": f"urn:evenkeel:problem:{Code.INTERNAL}",
    "title": "Our fault",
    "status": 500,
    "detail": "this did not work, and it is our fault; ask again, and name the request_id if it stays so",
    "code": Code.INTERNAL,
    "retry": "same",
    "errors": (),
    "errors_omitted": 0,
}


def domain_error_of(error: GraphQLError) -> DomainError | None:
    """What ``error`` refuses; None for what nobody expected."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, DomainError):
        return cause
    if cause is None or isinstance(cause, GraphQLError | StrawberryInputCoercionError):
        return Invalid(UNEXECUTABLE)
    return None


def error_extensions(error: GraphQLError, instance: str | None, request_id: str | None) -> dict[str, Any]:
    """The members of ``error`` as a problem."""
    refused = domain_error_of(error)
    if refused is None:
        return {**INTERNAL, "instance": instance, "request_id": request_id}
    told = to_problem(refused, instance, request_id)
    return {**vars(told), **extension_members(refused)}


def format_error(error: GraphQLError, instance: str | None, request_id: str | None) -> dict[str, Any]:
    """``error`` as the answer shows it; the message of what nobody expected is hidden."""
    members = error_extensions(error, instance, request_id)
    shown: dict[str, Any] = {"message": members["detail"], "extensions": members}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    return shown


def log_errors(errors: Iterable[GraphQLError]) -> None:
    """Log ``errors``: refusals at info with their code, each unexpected exception once with its trace.

    Children that share a loader share its exception.
    """
    seen: set[int] = set()
    for error in errors:
        cause, refused = error.original_error, domain_error_of(error)
        if id(cause or error) in seen:
            continue
        seen.add(id(cause or error))
        if refused is not None:
            log.info("graphql_rejected", extra={"code": str(refused.code)})
        else:
            log.error("graphql_failed", extra={"code": str(Code.INTERNAL)}, exc_info=cause)
