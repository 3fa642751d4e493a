"""The committed documents: what they say is what is served, and they say all of it.

The committed files are the comparison with the contract as it was: whoever takes something away has to change them, and the
change is seen. These tests read them and never write them; ``evenkeel openapi export`` does.
"""

import json
import re
from pathlib import Path
from typing import get_type_hints

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from jsonschema import Draft202012Validator

from api.app import AppConfig, create_app
from api.cli.openapi_export import openapi_document, write_documents
from api.graphql.schema import sdl
from api.rest.openapi import descriptions_missing
from domain.shared.errors import Code
from tests.support.sign_in import PAGES

COMMITTED = Path(__file__).parent.parent.parent / "openapi"
HINT = "the document has changed: see that nothing was removed, then run `evenkeel openapi export`"
PUBLIC = {
    "/v1/data-map",
    "/v1",
    "/v1/framework",
    "/v1/framework/responsibilities",
    "/v1/framework/responsibilities/{code}",
    "/v1/framework/phases",
    "/v1/framework/magnitude",
    "/v1/framework/focus-areas",
    "/v1/framework/alignments",
}
"""What anybody may read, beside the OAuth endpoints; everything else needs a token."""
OAUTH = {
    *("/oauth/token", "/oauth/jwks", "/oauth/authorize", "/oauth/revoke", "/oauth/introspect", "/oauth/register"),
    *("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"),
    *("/.well-known/oauth-protected-resource/v1", "/oauth/userinfo"),
}
"""Their bodies are the standards'."""
OUTSIDE = {
    *("/healthz", "/readyz", "/metrics", "/graphql", "/v1/openapi.json", "/.well-known/oauth-protected-resource"),
    *("/oauth/authorize", "/oauth/userinfo", "/oauth/register/{client_id}"),  # methods beside those that are told
}
"""Routes that are no operations of the contract: for machines that watch this one, and documents of their own."""

DOCUMENT = openapi_document()
OPERATIONS = [(path, method, entry) for path, item in DOCUMENT["paths"].items() for method, entry in item.items()]
NAMED = [f"{method.upper()} {path}" for path, method, _ in OPERATIONS]

DESCRIBED = {"type": "string", "minLength": 6}
ANSWERS = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {
        "^[1-5][0-9]{2}$": {
            "type": "object",
            "required": ["description"],
            "properties": {
                "description": {"type": "string", "minLength": 4},
                "headers": {"type": "object"},
                "content": {"type": "object"},
            },
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
}
STRUCTURE = {
    "type": "object",
    "required": ["openapi", "info", "servers", "tags", "paths", "components"],
    "properties": {
        "openapi": {"const": "3.1.0"},
        "info": {"type": "object", "required": ["title", "version", "description", "license"]},
        "servers": {"type": "array", "minItems": 1},
        "tags": {"type": "array", "minItems": 1},
        "components": {
            "type": "object",
            "required": ["schemas", "securitySchemes"],
            "properties": {"schemas": {"additionalProperties": {"type": "object"}, "propertyNames": {"pattern": "^[A-Z][A-Za-z]+$"}}},
        },
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {
                "type": "object",
                "propertyNames": {"enum": ["get", "put", "post"]},
                "additionalProperties": {
                    "type": "object",
                    "required": ["summary", "description", "operationId", "tags", "responses"],
                    "properties": {
                        "summary": {"type": "string", "minLength": 4},
                        "description": DESCRIBED,
                        "operationId": {"type": "string", "pattern": "^[a-z_]+$"},
                        "tags": {"type": "array", "minItems": 1},
                        "parameters": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["name", "in", "description", "schema"],
                                "properties": {"in": {"enum": ["path", "query", "header"]}, "description": DESCRIBED, "required": {"type": "boolean"}},
                                "if": {"properties": {"in": {"const": "path"}}},
                                "then": {"required": ["required"], "properties": {"required": {"const": True}}},
                            },
                        },
                        "requestBody": {"type": "object", "required": ["content"]},
                        "responses": ANSWERS,
                        "security": {"type": "array"},
                        "x-refused-examples": {"type": "object"},
                    },
                },
            },
        },
    },
    "additionalProperties": False,
}  # fmt: skip


def test_the_committed_openapi_document_is_what_the_application_makes():
    assert json.loads((COMMITTED / "openapi.json").read_text()) == DOCUMENT, HINT


def test_the_committed_graphql_schema_is_what_the_application_makes():
    assert (COMMITTED / "schema.graphql").read_text() == sdl().rstrip() + "\n", HINT


def test_writing_them_writes_the_committed_bytes(tmp_path):
    write_documents(tmp_path / "made")
    for name in ("openapi.json", "schema.graphql", "policy.md"):
        assert (tmp_path / "made" / name).read_bytes() == (COMMITTED / name).read_bytes(), HINT


async def test_the_document_that_is_served_is_the_committed_one_wherever_the_service_stands():
    app = create_app(
        AppConfig(database_url="postgresql://nobody@127.0.0.1/none", public_url="https://evenkeel.example.org", secret="x" * 32)
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://evenkeel.example.org") as http:
        served = await http.get("/v1/openapi.json")
    assert served.headers["content-type"] == "application/json"
    assert served.json() == json.loads((COMMITTED / "openapi.json").read_text()), HINT


def test_the_document_has_the_structure_of_openapi():
    assert [f"{list(e.absolute_path)}: {e.message[:200]}" for e in Draft202012Validator(STRUCTURE).iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_one(name):
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_every_reference_resolves_and_every_schema_is_referred_to():
    named = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(DOCUMENT)))
    assert {n.removeprefix("#/components/schemas/") for n in named} == set(DOCUMENT["components"]["schemas"])


def test_every_operation_has_a_name_of_its_own():
    names = [entry["operationId"] for _, _, entry in OPERATIONS]
    assert len(set(names)) == len(names)


def test_every_route_is_an_operation_and_every_operation_a_route():
    routes = {
        (context.path_format, method)
        for context in iter_route_contexts(
            create_app(
                AppConfig(database_url="postgresql://x@127.0.0.1/x", public_url="http://localhost", secret="x" * 32)
            ).routes
        )
        for method in context.methods or ()
        if method != "HEAD"
    }
    documented = {(path, method.upper()) for path, method, _ in OPERATIONS}
    assert {path for path, _ in routes - documented} == OUTSIDE | PAGES
    assert documented - routes == set()


def test_what_needs_no_token_is_listed():
    open_to_all = {path for path, _, entry in OPERATIONS if not entry.get("security")}
    assert open_to_all == PUBLIC | OAUTH - {"/oauth/userinfo"}


@pytest.mark.parametrize(("path", "method", "entry"), OPERATIONS, ids=NAMED)
def test_every_operation_describes_its_parameters_body_answers_and_refusals(path, method, entry):
    in_path = {p["name"] for p in entry.get("parameters", ()) if p["in"] == "path"}
    assert in_path == set(re.findall(r"\{(\w+)\}", path))
    if path in OAUTH:
        return
    body = entry.get("requestBody")
    assert (body is None) == (method == "get")
    refusals = {status: answer for status, answer in entry["responses"].items() if status >= "400"}
    assert refusals, "how it refuses"
    for status, answer in refusals.items():
        told = answer["content"]["application/problem+json"]
        assert told["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert told["example"]["status"] == int(status)
        assert validator({"$ref": "#/components/schemas/Problem"}).is_valid(told["example"])
    done = {status: answer for status, answer in entry["responses"].items() if status < "400"}
    assert set(done) in (
        {"200"},
        {"200", "201"},
        {"201"},
        {"200", "304"},
        {"200", "202"},
        {"200", "201", "202"},
        {"201", "202"},
    )
    for status, answer in done.items():
        assert ("application/json" in answer.get("content", {})) == (status != "304")


def test_a_push_says_both_what_comes_of_it_the_first_time_and_the_second():
    for path in (
        "/v1/observations",
        "/v1/initiatives",
        "/v1/instruments",
        "/v1/crosswalks",
        "/v1/leaders/{leader_id}/self-assessments",
    ):
        assert {"200", "201"} <= set(DOCUMENT["paths"][path]["post"]["responses"]), path


def test_what_a_refusal_of_access_looks_like_is_said_wherever_a_token_is_needed():
    for path, _, entry in OPERATIONS:
        if entry.get("security") and path not in OAUTH:
            assert {"401", "403", "422", "503"} <= set(entry["responses"]), path


def test_all_codes_are_one_enum():
    assert set(DOCUMENT["components"]["schemas"]["Code"]["enum"]) == set(Code)
    assert DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["$ref"].endswith("/Code")
    assert DOCUMENT["components"]["schemas"]["FaultView"]["properties"]["code"]["$ref"].endswith("/Code")


def test_all_that_is_said_in_a_command_is_described():
    app = create_app(AppConfig(database_url="postgresql://x@127.0.0.1/x", public_url="http://localhost", secret="x" * 32))
    commands = {operation.command for _, operation in app.state.operations if operation.command is not None}
    assert len(commands) > 25
    # A batch and a ZIP are read by hand.
    bare = {
        name
        for command in commands
        for name in descriptions_missing(command)
        if not name.startswith(("PushBatch.", "RejectedItem."))
    }
    assert bare == set()


def test_every_operation_is_documented_by_its_use_case():
    app = create_app(AppConfig(database_url="postgresql://x@127.0.0.1/x", public_url="http://localhost", secret="x" * 32))
    for path, operation in app.state.operations:
        assert (operation.use_case.__doc__ or "").strip().endswith("."), path
        assert "return" in get_type_hints(operation.use_case)


def validator(schema):
    return Draft202012Validator(schema | {"components": DOCUMENT["components"]})


def test_what_can_be_sent_is_told_by_the_schema_of_the_body():
    sent = 0
    for path, _, entry in OPERATIONS:
        for media, content in entry.get("requestBody", {}).get("content", {}).items():
            if media != "application/json" or path in OAUTH:
                continue
            assert content["examples"], path
            for example in content["examples"].values():
                if re.search(r"Response: 2\d\d", example["summary"]) and not path.endswith(":batch"):
                    assert [e.message for e in validator(content["schema"]).iter_errors(example["value"])] == [], (
                        path,
                        example["summary"],
                    )
                    sent += 1
    assert sent > 15


def test_a_batch_tells_what_its_items_are():
    entry = DOCUMENT["paths"]["/v1/observations:batch"]["post"]
    good = entry["requestBody"]["content"]["application/json"]["examples"]["1"]
    items = [*good["value"]["items"], *entry["x-refused-examples"]["2"]["value"]["items"][1:]]
    valid = [validator({"$ref": "#/components/schemas/Envelope"}).is_valid({"items": [item]}) for item in items]
    assert valid == [True, True, False]
