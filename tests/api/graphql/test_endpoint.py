import gzip
import json

import pytest

from tests.support.graphql_app import GraphQLApp

RESPONSE_JSON = "application/graphql-response+json"
NOTICE = "{ alignments { frameworkVersion } }"


@pytest.fixture
async def served():
    made = GraphQLApp()
    async with made.client:
        yield made


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, application/json;q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};charset=utf-8, application/json", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, application/json", "application/json"),
        (f"{RESPONSE_JSON};q=0", "application/json"),
        (f"{RESPONSE_JSON};q=much", "application/json"),
    ],
)
async def test_the_answer_has_the_media_type_that_is_preferred(served, accept, media_type):
    answer = await served.post({"query": NOTICE}, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")
    assert answer.headers["vary"] == "Accept"
    assert answer.json()["data"]["alignments"]["frameworkVersion"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "malformed"),
        ("{ nothingOfTheSort }", "invalid"),
        ("query($n: Int!) { leaders(first: $n) { edges { cursor } } }", "missing"),
    ],
)
async def test_what_never_runs_is_400_only_where_the_media_type_can_tell(served, query, code):
    plain = await served.post({"query": query})
    told = await served.post({"query": query}, RESPONSE_JSON)
    assert (plain.status_code, told.status_code) == (200, 400)
    assert "data" not in told.json()
    assert told.json() == plain.json()
    assert told.json()["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"{", "", "malformed"),
        (b"\xff", "", "malformed"),
        (b"[]", "", "wrong_type"),
        (b'[{"query":"{ framework { notice } }"}]', "", "wrong_type"),
        (b"{}", "/query", "missing"),
        (b'{"query":""}', "/query", "empty"),
        (b'{"query":{}}', "/query", "wrong_type"),
        (b'{"query":"{ node(id: 1) { id } }","variables":[]}', "/variables", "wrong_type"),
        (b'{"query":"{ node(id: 1) { id } }","operationName":3}', "/operationName", "wrong_type"),
        (b'{"query":"{ node(id: 1) { id } }","extensions":"x"}', "/extensions", "wrong_type"),
        (b'{"query":"query A { node(id: 1) { id } }","operationName":"B"}', "/operationName", "malformed"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", RESPONSE_JSON])
async def test_what_is_no_request_is_400_in_both_media_types(served, body, pointer, code, accept):
    headers = {"content-type": "application/json", "accept": accept}
    answer = await served.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["extensions"]["errors"][0]["pointer"], error["extensions"]["code"]) == (pointer, code)


@pytest.mark.parametrize("media_type", ["text/plain", "application/graphql", "multipart/form-data; boundary=x", ""])
async def test_another_form_than_json_is_415(served, media_type):
    answer = await served.client.post("/graphql", content=b'{"query":"{ node }"}', headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "unsupported_media_type")


async def test_a_body_over_one_mebibyte_is_413(served):
    answer = await served.post({"query": NOTICE, "variables": {"x": "y" * (1 << 20)}})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "too_large")
    assert answer.json()["errors"][0]["extensions"]["limit"] == 1 << 20


async def test_a_body_may_be_packed(served):
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await served.client.post(
        "/graphql", content=gzip.compress(json.dumps({"query": NOTICE}).encode()), headers=headers
    )
    assert answer.json()["data"]["alignments"]["frameworkVersion"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_graphql_is_asked_by_post_alone(served, method):
    answer = await served.client.request(method, "/graphql", params={"query": NOTICE})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "method_not_allowed"


async def test_the_schema_can_be_asked_for(served):
    from graphql import build_client_schema, get_introspection_query, print_schema

    answer = await served.ask(get_introspection_query(input_value_deprecation=True))
    assert "errors" not in answer
    assert "type Mutation" in print_schema(build_client_schema(answer["data"]))


async def test_one_operation_of_several_is_named(served):
    query = "query A { alignments { reading } } query B { alignments { frameworkVersion } }"
    answer = await served.post({"query": query, "operationName": "B"})
    assert list(answer.json()["data"]["alignments"]) == ["frameworkVersion"]
