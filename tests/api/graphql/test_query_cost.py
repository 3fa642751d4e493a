"""What a query costs, by the published formula, and that nothing above the limit runs."""

import pytest
from graphql import build_schema, get_introspection_query, parse

from api.graphql import query_cost
from api.graphql.schema import SCHEMA
from api.wire.limits import GRAPHQL_COST
from domain.shared.errors import Invalid
from tests.support.graphql_app import Served

GRAPHQL = SCHEMA._schema


def cost(query, schema=GRAPHQL, **variables):
    [found] = query_cost.check(schema, parse(query), variables).values()
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
    assert refusal.value.more == {"cost": 1 + 4 + 40 * (1 + 5 + 50), "limit": GRAPHQL_COST}


def test_profiles_of_a_thousand_leaders_are_too_much_at_once():
    lists = " ".join(f"a{i}: leaders(first: 100) {{ edges {{ node {{ profile {{ asOf }} }} }} }}" for i in range(10))
    with pytest.raises(Invalid) as refusal:
        cost("{ " + lists + " }")
    assert (refusal.value.code, refusal.value.more["cost"]) == ("query_too_complex", 1_110)


def test_introspection_fits():
    assert cost(get_introspection_query()) <= GRAPHQL_COST


def test_fragments_that_multiply_are_refused_with_a_number_that_can_be_read():
    fragments = " ".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(45))
    with pytest.raises(Invalid) as refusal:
        cost("{ ...f0 } " + fragments + " fragment f45 on Query { framework { notice } }")
    assert refusal.value.more["cost"] == 10**9


async def test_the_answer_tells_the_cost():
    async with Served().client as client:
        answer = (await client.post("/graphql", json={"query": "{ framework { notice } }"})).json()
        assert answer["extensions"] == {"cost": {"requested": 1, "limit": 1000}}
        two = "query a { framework { notice } } query b { framework { notice } x: framework { notice } }"
        answer = (await client.post("/graphql", json={"query": two, "operationName": "b"})).json()
        assert answer["extensions"]["cost"]["requested"] == 2


async def test_nothing_runs_above_the_limit_and_the_refusal_tells_the_cost():
    served = Served()
    batch = (
        "mutation($i: PushObservationsInput!) { "
        + " ".join(f"a{n}: pushObservations(input: $i) {{ counts {{ n }} }}" for n in range(20))
        + " }"
    )
    async with served.client:
        refusal = await served.refusal(batch, {"i": {"items": [{}] * 500}})
    assert (refusal["code"], refusal["cost"], refusal["limit"]) == ("query_too_complex", 20 * 60, 1000)
    assert served.units == 0
