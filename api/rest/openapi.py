"""The OpenAPI document: made from the operations, commands and views, so that no shape is written twice."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any, get_args, get_type_hints

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from api.rest.openapi_schemas import REFS, body_name, name_of, names_in, reachable, renamed, schemas_of, tell_items
from api.rest.operations import DryRun, Example, Operation, UseCase
from api.rest.roster import MAPPING_SCHEMA
from api.wire.problem_details import KINDS, PROBLEM_JSON
from domain.framework.disclaimer import NOTICE
from domain.jobs.views import JobView
from domain.shared.context import Scope
from domain.shared.errors import Code
from domain.shared.thread_pool import Threads

TITLES: Mapping[int, str] = {status: title for _, status, title in KINDS}

REFUSALS: dict[int, tuple[str, str]] = {
    401: (Code.UNAUTHENTICATED, "No access token, or one that is not valid here."),
    403: (Code.INSUFFICIENT_SCOPE, "The token lacks the scope that this needs."),
    404: (Code.NOT_FOUND, "There is no such thing, or none that this token may see."),
    409: (Code.CONFLICT, "In conflict with what is held."),
    410: (Code.CURSOR_EXPIRED, "The cursor is too old; begin the list again."),
    412: (Code.STALE, "Somebody else changed it meanwhile; the ETag says what is held now."),
    413: (Code.TOO_LARGE, "The body is over its limit."),
    415: (Code.UNSUPPORTED_MEDIA_TYPE, "The body is in no form that is read here."),
    422: (Code.INVALID, "What was sent can't be taken; each fault says where and what to do."),
    428: (Code.IF_MATCH_MISSING, "If-Match is missing."),
    429: (Code.RATE_LIMITED, "More requests than a minute has room for; Retry-After says when to go on."),
    503: (Code.UNAVAILABLE, "Not now; Retry-After says when."),
}


PATH = "/v1/openapi.json"

MAKER = Threads(1, "documents")
"""Making the document takes a third of a second, for which nobody else shall wait."""


class _Served:
    """The document as it is answered with: made by a thread for the first request, and then bytes."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._body: asyncio.Future[bytes] | None = None

    async def answer(self, _request: Request) -> Response:
        if self._body is None or (self._body.done() and (self._body.cancelled() or self._body.exception() is not None)):
            self._body = asyncio.ensure_future(MAKER.run(lambda: bytes(JSONResponse(self._make()).body)))
        # Shielded: one client that leaves takes it from nobody else.
        return Response(await asyncio.shield(self._body), media_type="application/json")


def publish(app: FastAPI, operations: tuple[tuple[str, Operation], ...]) -> None:
    """Let ``app`` make its document from the operations, and answer with it at ``PATH``."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, operations)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to replace the document
    app.add_route(PATH, _Served(lambda: _document(app, operations)).answer, include_in_schema=False)


def _document(app: FastAPI, operations: tuple[tuple[str, Operation], ...]) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, routes=app.routes, description=NOTICE)
    schemas = schemas_of([operation for _, operation in operations])
    found.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
    found["components"]["securitySchemes"] = {
        "oauth2": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": _scopes()},
                "authorizationCode": {
                    "authorizationUrl": "/oauth/authorize",
                    "tokenUrl": "/oauth/token",
                    "refreshUrl": "/oauth/token",
                    "scopes": _scopes(),
                },
            },
        }
    }
    for path, operation in operations:
        entry = found["paths"][path][operation.method.lower()]
        _describe(entry, operation, schemas)
    tell_items(found["components"]["schemas"])
    return reachable(renamed(found))


def _scopes() -> dict[str, str]:
    return {scope.value: scope.name.lower().replace("_", " ") for scope in Scope}


def _describe(entry: dict[str, Any], operation: Operation, schemas: dict[str, Any]) -> None:
    """Fill in what FastAPI can't see: parameters, body, answers and examples."""
    command = operation.command
    in_path = set(names_in(operation.path))
    entry["description"] = _sentences(operation.use_case.__doc__)
    entry["parameters"] = [*_parameters(operation, in_path)]
    if not operation.public:
        entry["security"] = [{"oauth2": []}]
    if operation.method != "GET":
        entry["requestBody"] = _body(operation, command, schemas)
    entry["responses"] = _successes(operation) | {str(status): _refusal(status) for status in _refusals(operation)}


def _sentences(doc: str | None) -> str:
    lines = (doc or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines).replace("``", "`")


def _parameters(operation: Operation, in_path: set[str]) -> Iterable[dict[str, Any]]:
    command = operation.command
    yield from _path(operation, in_path)
    if operation.method == "GET" and command is not None:
        yield from _query(command, in_path)
    for name in OPTIONS.get(operation.path, ()):
        yield {"name": name, "in": "query", "description": _description(command, name), "schema": {"type": "boolean"}}
    if operation.preview is not None:
        yield {"name": "dry_run", "in": "query", "description": _description(DryRun, "dry_run"), "schema": {"type": "boolean"}}
    taken = {
        "Idempotency-Key": operation.changes,
        "If-Match": operation.versioned,
        "Acting-For": not operation.public,
        "Prefer": operation.later is not None,
        "If-None-Match": operation.method == "GET",
    }
    yield from ({"name": name, "in": "header"} | HEADERS[name] for name, does in taken.items() if does)


OPTIONS: Mapping[str, tuple[str, ...]] = {
    "/roster-imports": ("dry_run", "force"),
    "/supervision-imports": ("dry_run",),
}
"""What stands in the query where the body is a file."""

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
        "description": "A person's id: an administrator acts in their place, by their consent, and both are in the trail.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "Prefer": {
        "description": "respond-async: do it in a job, after the answer (RFC 7240).",
        "schema": {"type": "string"},
        "example": "respond-async",
    },
    "If-None-Match": {
        "description": "An ETag that is held; 304 without a body while it is still right.",
        "schema": {"type": "string"},
    },
}
"""Headers that operations take, as they are described."""


def _path(operation: Operation, in_path: set[str]) -> Iterable[dict[str, Any]]:
    shown = {name: value for example in reversed(operation.examples) for name, value in example.path.items()}
    for name in sorted(in_path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": _description(operation.command, name) or "Which one.",
            "schema": {"type": "string"},
            "example": shown.get(name, ""),
        }


def _query(command: Any, in_path: set[str]) -> Iterable[dict[str, Any]]:
    schema = TypeAdapter(command).json_schema(ref_template=REFS)
    for name, kind in schema.get("properties", {}).items():
        if name in in_path:
            continue
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": _description(command, name),
            "schema": {k: v for k, v in kind.items() if k not in {"description", "title"}},
        }


def _description(command: Any, name: str) -> str:
    if command is None or not is_dataclass(command):
        return ""
    return next((str(f.metadata.get("description", "")) for f in fields(command) if f.name == name), "")


def _body(operation: Operation, command: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    media, schema = "application/json", {"$ref": REFS.format(model=body_name(operation, command))}
    if isinstance(operation.body, tuple):
        media, schema = operation.body
    required = bool(schemas.get(body_name(operation, command), {}).get("required", True))
    content: dict[str, Any] = {"schema": schema}
    examples = {f"{i}": _example(e) for i, e in enumerate(operation.examples, 1) if not isinstance(e.body, bytes | PurePath)}
    if examples:
        content["examples"] = examples
    return {"required": required, "content": {media: content}}


def _example(example: Example) -> dict[str, Any]:
    return {"summary": f"{example.summary} Answered with {example.status}.", "value": example.body}


def _successes(operation: Operation) -> dict[str, Any]:
    """The answer as asked; beside 201 the 200 of what was there already, beside a read the 304 of what is held already."""
    found = {str(operation.status): _answer(operation)}
    if operation.status == 201 and "outcome" in {f.name for f in fields(operation.answer)}:
        found["200"] = _answer(operation) | {"description": "Held already, or replaced: see outcome."}
    if operation.preview is not None:
        found["200"] = _with_preview(found["200"], operation.preview)
    if operation.later is not None:
        found["202"] = _taken_on()
    if operation.method == "GET" and not operation.fresh:
        found["304"] = {"description": "What If-None-Match names is still right; no body."}
    return found


def _with_preview(answer: dict[str, Any], preview: UseCase) -> dict[str, Any]:
    """``answer``, or what ``preview`` answers with dry_run."""
    view = {"$ref": REFS.format(model=name_of(get_type_hints(preview)["return"]))}
    held = answer["content"]["application/json"]["schema"]
    content = {"application/json": {"schema": {"anyOf": [held, view]}}}
    return answer | {"description": f"{answer['description']} With dry_run: what would change.", "content": content}


def _taken_on() -> dict[str, Any]:
    """The answer where Prefer asks for a job."""
    headers = {
        "Location": {"description": "The job.", "schema": {"type": "string"}},
        "Retry-After": {"description": "When to look at it, in seconds.", "schema": {"type": "integer"}},
        "Preference-Applied": {"description": "respond-async.", "schema": {"type": "string"}},
    }
    content = {"application/json": {"schema": {"$ref": REFS.format(model=name_of(JobView))}}}
    return {"description": "Taken on as a job, as Prefer asked.", "headers": headers, "content": content}


def _answer(operation: Operation) -> dict[str, Any]:
    view = operation.answer
    many = getattr(view, "__origin__", None) is tuple
    cls = get_args(view)[0] if many else view
    ref = {"$ref": REFS.format(model=name_of(cls))}
    schema: dict[str, Any] = {"type": "array", "items": ref} if many else ref
    if operation.path == "/roster/role-mapping":
        schema = MAPPING_SCHEMA
    said = "Made." if operation.status == 201 else "As asked."
    headers: dict[str, Any] = {
        "X-Request-Id": {"description": "Name it when you ask.", "schema": {"type": "string"}},
        "RateLimit-Policy": {"description": 'The quota, as in "client";q=600;w=60.', "schema": {"type": "string"}},
        "RateLimit": {"description": 'What is left of it, as in "client";r=599;t=42.', "schema": {"type": "string"}},
    }
    if operation.method == "GET" or operation.versioned:
        headers["ETag"] = {"description": "For If-None-Match and If-Match.", "schema": {"type": "string"}}
    return {"description": said, "headers": headers, "content": {"application/json": {"schema": schema}}}


def _refusals(operation: Operation) -> list[int]:
    found = {422, 429, 503} | set(operation.refusals) | {e.status for e in operation.examples if e.status >= 400}
    if not operation.public:
        found |= {401, 403}
    if "{" in operation.path:
        found.add(404)
    if operation.method != "GET":
        found |= {409, 413, 415}
    if operation.versioned:
        found |= {412, 428}
    if "cursor" in {f.name for f in fields(operation.command or Example)}:
        found.add(410)
    return sorted(found)


def _refusal(status: int) -> dict[str, Any]:
    code, sentence = REFUSALS[status]
    example = {
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
    schema = {"$ref": REFS.format(model="Problem")}
    return {"description": sentence, "content": {PROBLEM_JSON: {"schema": schema, "example": example}}}
