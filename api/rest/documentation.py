"""What the OpenAPI document says of a route beyond what FastAPI finds out: headers, examples, refusals, security."""

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
    404: (Code.NOT_FOUND, "There is no such thing, or none that this token may see."),
    409: (Code.CONFLICT, "In conflict with what is stored."),
    410: (Code.CURSOR_EXPIRED, "The cursor is too old; begin the list again."),
    412: (Code.STALE, "Somebody else changed it meanwhile; the ETag is that of the stored version."),
    413: (Code.TOO_LARGE, "The body is over its limit."),
    415: (Code.UNSUPPORTED_MEDIA_TYPE, "The body is in no form that is read here."),
    422: (Code.INVALID, "The request is not valid; each fault says where and what to do."),
    428: (Code.IF_MATCH_MISSING, "If-Match is missing."),
    429: (Code.RATE_LIMITED, "More requests than a minute has room for; Retry-After says when to go on."),
    503: (Code.UNAVAILABLE, "Not now; Retry-After says when."),
}

HEADERS: Mapping[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "The same key again is answered with the first success again, for 24 hours; quoted or not.",
        "schema": {"type": "string", "maxLength": 255},
    },
    "If-Match": {
        "description": "The ETag of what is changed, as it was read.",
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "Acting-For": {
        "description": "A person's id: an administrator acts in their place, by their consent; the audit trail names both.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "Prefer": {
        "description": "respond-async: do it in a job, after the answer (RFC 7240).",
        "schema": {"type": "string"},
        "example": "respond-async",
    },
    "If-None-Match": {
        "description": "An ETag from before; answered with 304 and no body while it is still right.",
        "schema": {"type": "string"},
    },
}
"""Headers that operations take, as they are described."""

RESPONSE_HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "Name it when you ask about this request.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": 'The quota, as in "client";q=600;w=60.', "schema": {"type": "string"}},
    "RateLimit": {"description": 'What is left of it, as in "client";r=599;t=42.', "schema": {"type": "string"}},
}
ETAG_HEADER = {"ETag": {"description": "For If-None-Match and If-Match.", "schema": {"type": "string"}}}
JOB_HEADERS: Mapping[str, dict[str, Any]] = {
    "Location": {"description": "The job.", "schema": {"type": "string"}},
    "Retry-After": {"description": "When to look at it, in seconds.", "schema": {"type": "integer"}},
    "Preference-Applied": {"description": "respond-async.", "schema": {"type": "string"}},
}


def describe(route: APIRoute, operation: Operation) -> None:
    """Add to `route` what FastAPI does not know of `operation`."""
    route.response_description = "Created." if operation.status == 201 else "Success."
    route.responses = {
        **_success_responses(operation),
        **{status: _error_response(status) for status in _error_statuses(operation)},
    }
    for status, answer in route.responses.items():
        if "model" in answer:
            add_descriptions(answer["model"])
            name = f"Response_{status}_{route.unique_id}"
            route.response_fields[status] = create_model_field(name=name, type_=answer["model"], mode="serialization")
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
    taken = {
        "Idempotency-Key": operation.key,
        "If-Match": operation.versioned,
        "Acting-For": not operation.public,
        "Prefer": operation.async_use_case is not None,
        "If-None-Match": operation.method == "GET",
    }
    return (name for name, takes in taken.items() if takes)


def add_examples(entry: dict[str, Any], operation: Operation) -> None:
    """Add examples to the document's `entry`; those that the body's schema or a rule refuses stand apart.

    FastAPI would leave out their members that are null.
    """
    examples = {f"{i}": _example(e) for i, e in enumerate(operation.examples, 1) if not isinstance(e.body, bytes | PurePath)}
    if "requestBody" in entry and examples:
        refused = {number for number, e in enumerate(operation.examples, 1) if e.invalid or e.status == 422}
        good = {number: example for number, example in examples.items() if int(number) not in refused}
        entry["requestBody"]["content"][operation.media_type]["examples"] = good
        entry["x-refused-examples"] = {number: example for number, example in examples.items() if int(number) in refused}
    for status in _error_statuses(operation):
        entry["responses"][str(status)]["content"][PROBLEM_JSON]["example"] = _example_problem(status)


def _example(example: Example) -> dict[str, Any]:
    return {"summary": f"{example.summary} Answered with {example.status}.", "value": example.body}


def _success_responses(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """The answer; beside 201 the 200 of what was stored already, beside a read the 304 of what the client has already."""
    headers: dict[str, Any] = dict(RESPONSE_HEADERS)
    if operation.method == "GET" or operation.versioned:
        headers |= ETAG_HEADER
    found: dict[int | str, dict[str, Any]] = {operation.status: {"headers": headers}}
    answer, description = operation.response_type, ""
    if operation.status == 201 and is_dataclass(answer) and "outcome" in {f.name for f in fields(answer)}:
        description = "Stored already, or replaced: see outcome."
    if operation.preview is not None:
        answer = answer | get_type_hints(operation.preview)["return"]
        description += " With dry_run: what would change."
    if description:
        found[200] = {"headers": headers, "model": answer, "description": description.strip()}
    if operation.async_use_case is not None:
        found[202] = {"headers": dict(JOB_HEADERS), "model": JobView, "description": "A job was started, as Prefer asked."}
    if operation.method == "GET" and operation.declaration.cached:
        found[304] = {"description": "What If-None-Match names is still right; no body."}
    return found


def _error_statuses(operation: Operation) -> list[int]:
    found = {422, 429, 503} | set(operation.declaration.statuses) | {e.status for e in operation.examples if e.status >= 400}
    if not operation.public:
        found |= {401, 403}
    if "{" in operation.path:
        found.add(404)
    if operation.method != "GET":
        found |= {409, 413, 415}
    if operation.versioned:
        found |= {412, 428}
    if operation.command is not None and "cursor" in {f.name for f in fields(operation.command)}:
        found.add(410)
    return sorted(found)


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
