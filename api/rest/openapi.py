"""Build the OpenAPI document from FastAPI's, and serve it."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from api.rest.documentation import REFS, add_examples
from api.rest.operations import Operation
from api.web.scopes import DESCRIPTIONS
from api.wire.observation_batch import Envelope
from api.wire.problem_details import Problem
from api.wire.request_validation import add_descriptions, type_adapter
from domain.directory.model import ObserverRef, PersonRef, SchoolRef
from domain.framework import views as framework
from domain.framework.disclaimer import NOTICE
from domain.observations.commands import PushedRating, PushObservation, RetractPushed
from domain.shared.context import Scope
from domain.shared.fields import description_of
from domain.shared.thread_pool import ThreadPool

PATH = "/v1/openapi.json"
DOCUMENT_THREADS = ThreadPool(1, "documents")
"""Building the document takes a third of a second, which must not block the event loop."""

SCHEMA_NAMES: Mapping[type, str] = {framework.PhasesView: "FrameworkPhasesView"}
"""Schemas that would otherwise share their name with another one."""
TAGS: Mapping[str, str] = {
    "service": "The service itself: its limits and addresses.",
    "framework": "The research framework: responsibilities, phases, magnitude. Needs no token.",
    "directory": "The district, its schools and its people.",
    "roster": "Imports of OneRoster packages, and what roster roles mean.",
    "people": "The signed-in person, roles, supervision, sharing, notes.",
    "accounts": "Sign-in of people: codes, deactivation, identity providers.",
    "authorization": "Sessions of people, and tokens for the registration of clients.",
    "oauth": "The authorization server: tokens, registration, metadata.",
    "observations": "Observations, and the instruments and crosswalks that they are rated with.",
    "scoring": "Profiles, assessments and the configuration.",
    "change": "Initiatives, groups, magnitude, recommendations and stance.",
    "jobs": "Work that continues after the response.",
    "notifications": "A person's notifications and preferences.",
    "audit": "The audit log, and the blocks that seal it.",
    "privacy": "Retention, legal holds, erasure, and the map of all data.",
}
"""Tags and their descriptions."""
MEMBERS: Mapping[type, int] = {PersonRef: 1, ObserverRef: 1, SchoolRef: 1, PushedRating: 2}
"""How many members a value of the class has, where its rules allow exactly one of several."""
ITEMS: Mapping[str, type] = {"push": PushObservation, "retract": RetractPushed}
"""Commands of a batch's items by `op`, which an item has beside the command's members."""


class _CachedDocument:
    """The encoded document: built by a thread at the first request, then cached."""

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build
        self._body: asyncio.Future[bytes] | None = None

    async def respond(self, _request: Request) -> Response:
        if self._body is None or (self._body.done() and (self._body.cancelled() or self._body.exception() is not None)):
            self._body = asyncio.ensure_future(DOCUMENT_THREADS.run(lambda: bytes(JSONResponse(self._build()).body)))
        # Shielded, so that one client's disconnect does not cancel the build for others.
        return Response(await asyncio.shield(self._body), media_type="application/json")


def install_openapi(app: FastAPI, operations: tuple[tuple[str, Operation], ...]) -> None:
    """Replace the OpenAPI document of `app`, and serve it at `PATH`."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, operations)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI documents it
    app.add_route(PATH, _CachedDocument(lambda: _document(app, operations)).respond, include_in_schema=False)


def _document(app: FastAPI, operations: tuple[tuple[str, Operation], ...]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        description=NOTICE,
        servers=[{"url": "/", "description": "The installation that serves this document."}],
        tags=[{"name": name, "description": description} for name, description in TAGS.items()],
        license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
        contact={"name": "The operator of this installation"},
    )
    document["components"]["securitySchemes"] = {"oauth2": {"type": "oauth2", "flows": _flows()}}
    document["components"]["schemas"] |= _extra_schemas()
    document = _strip_module_prefixes(document)
    schemas = document["components"]["schemas"]
    _describe_batch_items(schemas)
    for cls, members in MEMBERS.items():
        schemas[cls.__name__] |= {"minProperties": members, "maxProperties": members}
    for name in SCHEMA_NAMES.values():
        schemas[name]["title"] = name
    for path in document["paths"].values():
        for entry in path.values():
            entry.setdefault("security", [])
    for path, operation in operations:
        entry = document["paths"][path][operation.method.lower()]
        add_examples(entry, operation)
        for parameter in entry.get("parameters", ()):
            _tidy_parameter(parameter, operation)
        for body in [entry["requestBody"]] if "requestBody" in entry else ():
            body["required"] = _is_required(body, schemas)
    return _drop_unreferenced(document)


def _flows() -> dict[str, Any]:
    scopes = {scope.value: f"{DESCRIPTIONS[scope.value][:1].upper()}{DESCRIPTIONS[scope.value][1:]}." for scope in Scope}
    tokens = {"tokenUrl": "/oauth/token", "scopes": scopes}
    return {
        "clientCredentials": tokens,
        "authorizationCode": {"authorizationUrl": "/oauth/authorize", "refreshUrl": "/oauth/token", **tokens},
    }


def _extra_schemas() -> dict[str, Any]:
    """Return the schemas that no route declares: problems, and the envelope and items of a batch."""
    add_descriptions(Problem)
    _, generated = TypeAdapter[Any].json_schemas(
        [
            *((cls.__name__, "validation", type_adapter(cls)) for cls in (*ITEMS.values(), Envelope)),
            ("Problem", "serialization", TypeAdapter(Problem)),
        ],
        ref_template=REFS,
    )
    schemas: dict[str, Any] = generated.get("$defs", {})
    return schemas


def _describe_batch_items(schemas: dict[str, Any]) -> None:
    """Add the schemas of a batch's items: the envelope has `Any`, since items are validated one by one."""
    choices = []
    for op, command in ITEMS.items():
        whole = schemas[command.__name__]
        kind = {
            "const": op,
            "description": "What the item does; the default is push." if op == "push" else "What the item does.",
        }
        required = whole["required"] if op == "push" else [*whole["required"], "op"]
        name = f"Batch{op.capitalize()}"
        schemas[name] = whole | {"title": name, "properties": {"op": kind, **whole["properties"]}, "required": required}
        choices.append({"$ref": REFS.format(model=name)})
    schemas["Envelope"]["properties"]["items"]["items"] = {"anyOf": choices}


def _tidy_parameter(parameter: dict[str, Any], operation: Operation) -> None:
    """Remove null from the schema of `parameter` (an omitted parameter is not null), and add an example for the path."""
    schema = parameter["schema"]
    schema.pop("title", None)
    if "anyOf" in schema:
        [kind] = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
        parameter["schema"] = {**kind, **schema}
    if parameter["in"] == "path":
        parameter["example"] = next((e.path[parameter["name"]] for e in operation.examples if parameter["name"] in e.path), "")


def _is_required(body: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Return whether a body is required: where a member is. No body is read as an empty object."""
    [content] = body["content"].values()
    schema = content["schema"]
    if "$ref" not in schema:
        return True
    return bool(schemas[schema["$ref"].rsplit("/", 1)[1]].get("required"))


def _strip_module_prefixes(document: dict[str, Any]) -> dict[str, Any]:
    """Remove the module prefixes that pydantic adds to duplicate names; `SCHEMA_NAMES` keeps ours distinct."""
    text = msgspec.json.encode(document, order="deterministic")
    for cls, name in SCHEMA_NAMES.items():
        text = text.replace(f"{cls.__module__.replace('.', '__')}__{cls.__name__}".encode(), name.encode())
    stripped: dict[str, Any] = msgspec.json.decode(re.sub(rb"domain__(?:[a-z_]+__)+(?=[A-Z])", b"", text))
    return stripped


def _drop_unreferenced(document: dict[str, Any]) -> dict[str, Any]:
    """Return `document` without schemas that nothing references."""
    schemas = document["components"]["schemas"]
    referenced: set[str] = set()
    new = _references_in({name: part for name, part in document.items() if name != "components"})
    while new:
        referenced |= new
        new = set().union(*(_references_in(schemas[name]) for name in new)) - referenced
    document["components"]["schemas"] = {name: schemas[name] for name in sorted(referenced)}
    return document


def _references_in(part: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', msgspec.json.encode(part).decode()))


def descriptions_missing(command: Any) -> Iterable[str]:
    """Return the members of `command` and of its nested dataclasses that have no description."""
    missing = [f"{command.__name__}.{f.name}" for f in fields(command) if not description_of(command, f.name)]
    for hint in get_type_hints(command).values():
        for part in (hint, *get_args(hint), *(p for a in get_args(hint) for p in get_args(a))):
            if is_dataclass(part):
                missing += descriptions_missing(part)
    return missing
