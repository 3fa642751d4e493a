"""Add to the OpenAPI document what FastAPI cannot derive from a route: headers, examples, errors, security."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any, get_type_hints

from fastapi.routing import APIRoute
from fastapi.utils import create_model_field

from api.rest.operations import Example, Operation
from api.wire.problem_details import ERROR_KINDS, PROBLEM_JSON
from api.wire.request_validation import add_descriptions
from domain.jobs.views import JobView
from domain.shared.errors import Code

REFS = "#/components/schemas/{model}"
TITLES: Mapping[int, str] = {status: title for _, status, title in ERROR_KINDS}

ERRORS: Mapping[int, tuple[str, str]] = {
    401: (Code.UNAUTHENTICATED, "No access token, or one that is not valid here."),
    403: (Code.INSUFFICIENT_SCOPE, "The token lacks the scope that this needs."),
    404: (Code.NOT_FOUND, "The object does not exist, or this token may not see it."),
    409: (Code.CONFLICT, "The request conflicts with stored data."),
    410: (Code.CURSOR_EXPIRED, "The cursor has expired; start again without a cursor."),
    412: (Code.STALE, "It was changed in the meantime; the ETag is that of the stored version."),
    413: (Code.TOO_LARGE, "The body is larger than its limit."),
    415: (Code.UNSUPPORTED_MEDIA_TYPE, "The media type or the encoding of the body is not supported."),
    422: (Code.INVALID, "The request is not valid; each error says where and what to do."),
    428: (Code.IF_MATCH_MISSING, "If-Match is missing; send the ETag of the version that you read."),
    429: (Code.RATE_LIMITED, "Too many requests in a minute; Retry-After says when to retry."),
    503: (Code.UNAVAILABLE, "Temporarily unavailable; Retry-After says when to retry."),
}

HEADERS: Mapping[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "A repeated key returns the response of the first success, for 24 hours. With or without quotes.",
        "schema": {"type": "string", "maxLength": 255},
    },
    "If-Match": {
        "description": "The ETag of the version that you read and now change.",
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "Acting-For": {
        "description": "The id of a person for whom an administrator acts, with their consent; the audit log names both.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "Prefer": {
        "description": "respond-async: run the operation in a job, after the response (RFC 7240).",
        "schema": {"type": "string"},
        "example": "respond-async",
    },
    "If-None-Match": {
        "description": "An earlier ETag; the response is 304 without a body while it is still current.",
        "schema": {"type": "string"},
    },
}
"""Request headers and their descriptions."""

RESPONSE_HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "Quote it when you ask for support.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": 'The quota, as in "client";q=600;w=60.', "schema": {"type": "string"}},
    "RateLimit": {"description": 'The rest of the quota, as in "client";r=599;t=42.', "schema": {"type": "string"}},
}
ETAG_HEADER = {
    "ETag": {
        "description": "The version or digest of the response, for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    }
}
JOB_HEADERS: Mapping[str, dict[str, Any]] = {
    "Location": {"description": "The URL of the job.", "schema": {"type": "string"}},
    "Retry-After": {"description": "When to read the job, in seconds.", "schema": {"type": "integer"}},
    "Preference-Applied": {"description": "respond-async.", "schema": {"type": "string"}},
}


def describe(route: APIRoute, operation: Operation) -> None:
    """Add the headers, responses, security and body of `operation` to `route`."""
    route.response_description = "Created." if operation.status == 201 else "Success."
    route.responses = {
        **_success_responses(operation),
        **{status: _error_response(status) for status in _error_statuses(operation)},
    }
    for status, response in route.responses.items():
        if "model" in response:
            add_descriptions(response["model"])
            name = f"Response_{status}_{route.unique_id}"
            route.response_fields[status] = create_model_field(name=name, type_=response["model"], mode="serialization")
    extra: dict[str, Any] = {
        "parameters": [
            {"name": name, "in": "header", "required": False, **HEADERS[name]} for name in _request_headers(operation)
        ],
        "security": [] if operation.public else [{"oauth2": []}],
    }
    if operation.declaration.body_schema is not None:
        content = {operation.media_type: {"schema": operation.declaration.body_schema}}
        extra["requestBody"] = {"required": True, "content": content}
    route.openapi_extra = {**(route.openapi_extra or {}), **extra}


def _request_headers(operation: Operation) -> Iterable[str]:
    accepted = {
        "Idempotency-Key": operation.key,
        "If-Match": operation.versioned,
        "Acting-For": not operation.public,
        "Prefer": operation.async_use_case is not None,
        "If-None-Match": operation.method == "GET",
    }
    return (name for name, accepts in accepted.items() if accepts)


def add_examples(entry: dict[str, Any], operation: Operation) -> None:
    """Add the examples to the document's `entry`; those with an invalid body go to `x-refused-examples`.

    Done here because FastAPI would omit members that are null.
    """
    examples = {f"{i}": _example(e) for i, e in enumerate(operation.examples, 1) if not isinstance(e.body, bytes | PurePath)}
    if "requestBody" in entry and examples:
        rejected = {number for number, e in enumerate(operation.examples, 1) if e.invalid or e.status == 422}
        valid = {number: example for number, example in examples.items() if int(number) not in rejected}
        entry["requestBody"]["content"][operation.media_type]["examples"] = valid
        entry["x-refused-examples"] = {number: example for number, example in examples.items() if int(number) in rejected}
    for status in _error_statuses(operation):
        entry["responses"][str(status)]["content"][PROBLEM_JSON]["example"] = _example_problem(status)


def _example(example: Example) -> dict[str, Any]:
    return {"summary": f"{example.summary} Response: {example.status}.", "value": example.body}


def _success_responses(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """Return the responses of success: the route's, 200 beside 201, 202 for a job, 304 for a read."""
    headers: dict[str, Any] = dict(RESPONSE_HEADERS)
    if operation.method == "GET" or operation.versioned:
        headers |= ETAG_HEADER
    responses: dict[int | str, dict[str, Any]] = {operation.status: {"headers": headers}}
    model, description = operation.response_type, ""
    if operation.status == 201 and is_dataclass(model) and "outcome" in {f.name for f in fields(model)}:
        description = "Already stored, or replaced; see outcome."
    if operation.preview is not None:
        model = model | get_type_hints(operation.preview)["return"]
        description += " With dry_run=true: what would change."
    if description:
        responses[200] = {"headers": headers, "model": model, "description": description.strip()}
    if operation.async_use_case is not None:
        responses[202] = {
            "headers": dict(JOB_HEADERS),
            "model": JobView,
            "description": "A job was started, as Prefer requested.",
        }
    if operation.method == "GET" and operation.declaration.cached:
        responses[304] = {"description": "The ETag in If-None-Match is still current; no body."}
    return responses


def _error_statuses(operation: Operation) -> list[int]:
    statuses = {422, 429, 503} | set(operation.declaration.statuses) | {e.status for e in operation.examples if e.status >= 400}
    if not operation.public:
        statuses |= {401, 403}
    if "{" in operation.path:
        statuses.add(404)
    if operation.method != "GET":
        statuses |= {409, 413, 415}
    if operation.versioned:
        statuses |= {412, 428}
    if operation.command is not None and "cursor" in {f.name for f in fields(operation.command)}:
        statuses.add(410)
    return sorted(statuses)


def _error_response(status: int) -> dict[str, Any]:
    return {"description": ERRORS[status][1], "content": {PROBLEM_JSON: {"schema": {"$ref": REFS.format(model="Problem")}}}}


def _example_problem(status: int) -> dict[str, Any]:
    code, sentence = ERRORS[status]
    return {
        "type": f"urn:evenkeel:problem:{code}",
        "title": TITLES.get(status, TITLES[422]),
        "status": status,
        "detail": sentence,
        "instance": "/v1/…",
        "code": code,
        "request_id": "6f0c4f6e-52a1-4a39-9f55-2f6a1d3a3a10",
        "retry": "later" if status in {429, 503} else "never",
        "errors": [],
        "current_version": "2" if status == 412 else None,
        "errors_omitted": 0,
    }
