"""What a query costs, by the published formula, and that nothing above that or another limit runs."""

import time

import pytest
from graphql import build_schema, get_introspection_query, parse

from api.graphql import query_cost
from api.graphql.schema import SCHEMA
from api.wire.limits import GRAPHQL_COST
from domain.shared.errors import Invalid
from tests.support.graphql_app import GraphQLApp

GRAPHQL = SCHEMA._schema


def cost(query, schema=GRAPHQL, **variables):
    [found] = query_cost.check_query(schema, parse(query), variables).values()
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __typename }", 0),
        ("{ framework { notice } }", 1),
        ("{ framework { notice } district { name } }", 2),
        ('{ __schema { types { name } } __type(name: "Leader") { name } }', 500 + 50),
        ("{ framework { " + " ".join(f"a{i}" for i in range(61)) + " } }", 1 + 2),  # 11 fields over 50
        ("{ leader(input: {leaderId: 1}) { uuid profile { asOf scores { estimate sources { n } } } } }", 2),
        ("{ leaders { edges { node { uuid } } } }", 1 + 5),  # 50 rows: 5
        ("{ leaders(first: 100) { edges { node { uuid profile { asOf } } } } }", 1 + 10 + 100),
        ("{ leaders(first: 1) { edges { node { ...f } } } } fragment f on Leader { profile { asOf } }", 1 + 1 + 1),
        ("{ a: leaders(first: 11) { edges { cursor } } b: leaders(first: 10) { edges { cursor } } }", 1 + 2 + 1 + 1),
        ("mutation { putEstimate(input: {items: [1,2,3,4,5,6,7]}) { version } }", 10 + 1),
        ("mutation { createInitiative(input: {}) { outcome } a: createInitiative(input: {}) { outcome } }", 20),
    ],
)  # fmt: skip
def test_the_worked_costs(query, expected):
    assert cost(query) == expected


def test_a_batch_costs_by_its_items_wherever_they_are_said():
    in_input = "mutation($i: PushObservationsInput!) { pushObservations(input: $i) { counts { n } } }"
    in_items = "mutation($i: [BatchItemInput!]!) { pushObservations(input: {items: $i}) { counts { n } } }"
    assert cost(in_input, i={"items": [{}] * 1_000}) == 10 + 100
    assert cost(in_items, i=[{}] * 101) == 10 + 11
    assert cost("mutation { pushObservations(input: {items: [{}, {}]}) { counts { n } } }") == 10 + 1
    assert cost(in_input) == 10
    assert cost(in_input, i={"items": 7}) == 10


def test_the_most_rows_that_are_allowed_may_be_asked_for_but_not_something_for_each():
    schema = build_schema("type Query { a(first: Int = 50): Query b(first: Int = 50): Query c: Query }")
    assert cost("{ a(first: 40) { b(first: 50) { __typename } } }", schema) == 1 + 4 + 40 * (1 + 5)
    with pytest.raises(Invalid) as refusal:
        cost("{ a(first: 40) { b(first: 50) { c { __typename } } } }", schema)
    assert refusal.value.extensions == {"cost": 1 + 4 + 40 * (1 + 5 + 50), "limit": GRAPHQL_COST}


def test_profiles_of_a_thousand_leaders_are_too_much_at_once():
    lists = " ".join(f"a{i}: leaders(first: 100) {{ edges {{ node {{ profile {{ asOf }} }} }} }}" for i in range(10))
    with pytest.raises(Invalid) as refusal:
        cost("{ " + lists + " }")
    assert (refusal.value.code, refusal.value.extensions["cost"]) == ("query_too_complex", 1_110)


def test_introspection_fits():
    assert cost(get_introspection_query()) <= GRAPHQL_COST


def test_fragments_that_multiply_are_refused_with_a_number_that_can_be_read():
    fragments = " ".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(45))
    with pytest.raises(Invalid) as refusal:
        cost("{ ...f0 } " + fragments + " fragment f45 on Query { framework { notice } }")
    assert refusal.value.extensions["cost"] == 10**9


async def test_the_answer_tells_the_cost():
    async with GraphQLApp().client as client:
        answer = (await client.post("/graphql", json={"query": "{ framework { notice } }"})).json()
        assert answer["extensions"] == {"cost": {"requested": 1, "limit": 1000}}
        two = "query a { framework { notice } } query b { framework { notice } x: framework { notice } }"
        answer = (await client.post("/graphql", json={"query": two, "operationName": "b"})).json()
        assert answer["extensions"]["cost"]["requested"] == 2


async def test_nothing_runs_above_the_limit_and_the_refusal_tells_the_cost():
    served = GraphQLApp()
    batch = (
        "mutation($i: PushObservationsInput!) { "
        + " ".join(f"a{n}: pushObservations(input: $i) {{ counts {{ n }} }}" for n in range(20))
        + " }"
    )
    async with served.client:
        refusal = await served.error(batch, {"i": {"items": [{}] * 500}})
    assert (refusal["code"], refusal["cost"], refusal["limit"]) == ("query_too_complex", 20 * 60, 1000)
    assert served.units == 0


def error_code(query: str, **variables: object) -> str | None:
    """The code that ``query`` is refused with before it runs."""
    try:
        query_cost.check_query(GRAPHQL, parse(query), variables)
    except Invalid as refusal:
        return str(refusal.code)
    return None


def levels(n: int) -> str:
    return "{ node(id: 1) " + "{ a " * (n - 1) + "}" * n


@pytest.mark.parametrize(("n", "code"), [(10, None), (11, "query_too_complex")])
def test_a_query_has_at_most_10_levels(n, code):
    assert error_code(levels(n)) == code


def test_fragments_count_with_their_levels():
    query = "{ node(id: 1) { ...a } } fragment a on Leader { b { c { ...d } } } fragment d on Leader { e { f { g { h { i { j { k { l } } } } } } } }"
    assert error_code(query) == "query_too_complex"
    assert error_code(query.replace("{ l }", "")) is None


@pytest.mark.parametrize(("n", "code"), [(20, None), (21, "query_too_complex")])
def test_a_query_has_at_most_20_aliases(n, code):
    assert error_code("{ " + " ".join(f"a{i}: framework {{ notice }}" for i in range(n)) + " }") == code


def test_aliases_in_a_fragment_count_wherever_it_is_spread():
    fragment = "fragment f on Framework { " + " ".join(f"a{i}: notice" for i in range(11)) + " }"
    assert error_code("{ framework { ...f } } " + fragment) is None
    assert error_code("{ framework { ...f } x: framework { ...f } } " + fragment) == "query_too_complex"


async def test_a_query_has_at_most_2000_tokens():
    served = GraphQLApp()
    async with served.client:
        for n, code in ((1_980, "wrong_type"), (2_000, "query_too_complex")):
            query = "{ node(id: [" + "1 " * n + "]) { id } }"
            assert (await served.error(query))["code"] == code


@pytest.mark.parametrize("query", ["{ " + "a { " * 600, "{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }"])
async def test_what_nests_without_end_is_refused_and_not_walked(query):
    async with GraphQLApp().client as client:
        answer = (await client.post("/graphql", json={"query": query})).json()
    assert answer["errors"][0]["extensions"]["code"] in {"query_too_complex", "malformed", "invalid"}


@pytest.mark.parametrize("first", ["0", "101", "-1", "99999999999999999999"])
def test_first_is_1_to_100(first):
    assert error_code(f"{{ leaders(first: {first}) {{ edges {{ cursor }} }} }}") == "out_of_range"


@pytest.mark.parametrize(("first", "code"), [(1, None), (100, None), (0, "out_of_range"), (101, "out_of_range")])
def test_first_counts_in_a_variable_too(first, code):
    query = "query($n: Int!) { leaders(first: $n) { edges { cursor } } }"
    assert error_code(query, n=first) == code
    assert error_code(f"query($n: Int = {first}) {{ leaders(first: $n) {{ edges {{ cursor }} }} }}") == code


def schema_with_lists_in_lists():
    from graphql import build_schema

    return build_schema("type Query { a(first: Int = 50): Query b(first: Int = 50): Query }")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ a(first: 40) { b(first: 50) { __typename } } }", None),
        ("{ a(first: 41) { b(first: 50) { __typename } } }", "query_too_complex"),
        ("{ a(first: 41) { b { __typename } } }", "query_too_complex"),
        ("{ a(first: 40) { __typename } b(first: 100) { __typename } }", None),
        ("{ a(first: 40) { ...f } } fragment f on Query { ... { b(first: 51) { __typename } } }", "query_too_complex"),
        ("query($n: Int) { a(first: 100) { b(first: $n) { __typename } } }", "query_too_complex"),
    ],
)
def test_nested_lists_hold_at_most_2000_rows(query, code):
    found = None
    try:
        query_cost.check_query(schema_with_lists_in_lists(), parse(query), {})
    except Invalid as refusal:
        found = refusal.code
    assert found == code


def test_fragments_that_multiply_one_another_are_read_once():
    n = 150
    fragments = " ".join(f"fragment f{i} on Framework {{ ...f{i + 1} ...f{i + 1} }}" for i in range(n))
    query = f"{{ framework {{ ...f0 }} }} {fragments} fragment f{n} on Framework {{ x: notice }}"
    begun = time.perf_counter()
    assert error_code(query) == "query_too_complex"
    assert time.perf_counter() - begun < 1


def test_fragments_in_a_circle_end():
    assert error_code("{ framework { ...a } } fragment a on Framework { ...b } fragment b on Framework { ...a }") is None
    assert error_code("{ framework { ...a } } fragment a on Framework { notice ...missing }") is None


async def test_nothing_runs_when_a_limit_is_passed():
    served = GraphQLApp()
    async with served.client:
        refusal = await served.error("{ framework { notice } leaders(first: 1000) { edges { cursor } } }")
    assert refusal["code"] == "out_of_range"
    assert served.units == 0


async def test_introspection_that_nests_is_refused():
    deep = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    async with GraphQLApp().client as client:
        answer = (await client.post("/graphql", json={"query": deep})).json()
    assert "data" not in answer
