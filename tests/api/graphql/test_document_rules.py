"""Everything that is wrong with a document is said in our words, with a code, and where."""

import pytest
from graphql import parse, specified_rules
from graphql import validation as rules

from api.graphql.document_rules import MESSAGES, RULES, find_errors
from api.graphql.schema import SCHEMA
from domain.shared.errors import Code
from tests.support.graphql_app import GraphQLApp

UNKNOWN_HERE = {
    rules.DeferStreamDirectiveOnRootField,
    rules.DeferStreamDirectiveOnValidOperationsRule,
    rules.DeferStreamDirectiveLabel,
    rules.StreamDirectiveOnListField,
}
"""Rules about directives that this schema has not."""
WRONG = {
    "an unknown field": ("{ nothing }", "invalid", "there is no field nothing here"),
    "an unknown argument": ("{ framework(secret: 1) { notice } }", "invalid", "there is no argument secret here"),
    "an unknown type": ("{ framework { ... on Secret { notice } } }", "invalid", "there is no type Secret"),
    "an unknown fragment": ("{ framework { ...secret } }", "invalid", "there is no fragment secret"),
    "a directive that is none": ("{ framework @secret { notice } }", "invalid", "the directive secret is not allowed"),
    "a subscription": ("subscription { framework { notice } }", "invalid", "queries and mutations only"),
    "no fields": ("{ framework }", "invalid", "select fields of framework"),
    "fields of a text": ("{ framework { notice { x } } }", "invalid", "if it has any, and none otherwise"),
    "an unused fragment": (
        "{ framework { notice } } fragment a on Framework { notice }",
        "invalid",
        "the fragment a is not used",
    ),
    "a fragment in itself": ("{ framework { ...a } } fragment a on Framework { ...a }", "invalid", "a contains itself"),
    "a fragment that is never met": ("{ framework { ... on Leader { uuid } } }", "invalid", "is not possible here"),
    "two answers of one name": ("{ framework { notice notice: frameworkVersion } }", "invalid", "response name notice"),
    "an undeclared variable": ("{ node(id: $a) { id } }", "invalid", "the variable a is not declared"),
    "an unused variable": ("query($a: Int) { framework { notice } }", "invalid", "the variable a is not used"),
    "a variable elsewhere": ("query($a: Int!) { node(id: $a) { id } }", "wrong_type", "of another type"),
    "a missing argument": ("{ node { id } }", "missing", "node needs its argument id"),
    "an argument twice": ('{ node(id: "a", id: "b") { id } }', "invalid", "the argument id is given twice"),
    "a number that is none": ('{ leaders(first: "secret") { edges { cursor } } }', "wrong_type", "this is not of type Int"),
    "a text that is none": ("{ node(id: {secret: 1}) { id } }", "wrong_type", "this is not of type ID!"),
    "no document": ("{ secret(", "malformed", "the query has a syntax error at line 1, column 10"),
    "two operations without names": ("{ framework { notice } } { framework { notice } }", "invalid", "needs a name for each"),
}


def test_every_rule_has_a_sentence_of_ours():
    worded = set(MESSAGES) | UNKNOWN_HERE | {rules.ValuesOfCorrectTypeRule}
    assert set(specified_rules) <= worded
    assert all(code in set(Code) for code, _ in MESSAGES.values())


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_wrong_with_a_document_is_said_in_our_words(case):
    query, code, words = WRONG[case]
    served = GraphQLApp()
    async with served.client:
        answer = (await served.post({"query": query, "operationName": None}, authorization="Bearer known")).json()
    errors = answer["errors"]
    assert words in errors[0]["message"], errors
    assert errors[0]["extensions"]["code"] == code
    for error in errors:
        assert error["message"] == error["extensions"]["detail"]
        assert not [
            theirs for theirs in ("Syntax Error", "Cannot query", "Expected", "Did you mean", "'") if theirs in error["message"]
        ]
    assert served.units == 0


def test_no_more_than_a_hundred_faults_of_a_document_are_told_and_the_others_counted():
    document = parse("{ " + " ".join(f"nothing{i}" for i in range(150)) + " }")
    assert len(find_errors(SCHEMA._schema, document, RULES)) == 150


async def test_the_answer_counts_the_faults_that_it_leaves_out():
    served = GraphQLApp()
    async with served.client:
        query = "{ " + " ".join(f"nothing{i}" for i in range(150)) + " }"
        answer = (await served.post({"query": query}, authorization="Bearer known")).json()
    assert (len(answer["errors"]), answer["extensions"]) == (100, {"errors_omitted": 50})


@pytest.mark.parametrize(
    ("query", "limit"),
    [("{ framework { notice } } #" + "x" * 8_192, "characters"), ("{ " + "framework { notice } " * 110 + "}", "tokens")],
)
async def test_who_has_no_valid_token_has_a_small_budget(query, limit):
    served = GraphQLApp()
    async with served.client:
        for bearer in (None, "Bearer other"):
            refused = await served.error(query, bearer=bearer)
            assert refused["code"] == "query_too_complex"
            assert limit in refused["detail"]
        assert "without a valid token" not in str(await served.post({"query": query}, authorization="Bearer known"))


async def test_a_document_that_is_very_long_is_not_read_at_all():
    served = GraphQLApp()
    async with served.client:
        refused = await served.error("{ framework { notice } } #" + "x" * 100_000)
    assert (refused["code"], "variables" in refused["detail"]) == ("query_too_complex", True)


async def test_an_input_written_into_a_document_is_refused_as_one_in_a_variable():
    """With the codes, the pointers and the order of REST; what stands alone is a list of it, as GraphQL has it."""
    push = """mutation { pushObservation(input: {purpose: "formative", leader: {sourcedId: "1", email: "a"}, zzz: 3,
      ratings: {responsibility: "focus", value: "3"}, durationMinutes: 30.0, observedAt: "2026-03-02T08:30:00"}) { outcome } }"""
    served = GraphQLApp()
    async with served.client:
        told = await served.error(push)
    assert [(e["pointer"], e["code"]) for e in told["errors"]] == [
        ("/leader", "exactly_one"),
        ("/zzz", "unknown_member"),
        ("/ratings/0/value", "wrong_type"),
        ("/observed_at", "naive_time"),
        ("/observer", "missing"),
        ("/school", "missing"),
        ("/setting", "missing"),
    ]


async def test_variables_are_read_inside_of_inputs_and_one_that_is_not_given_leaves_its_member_out():
    query = """query($id: UUID!, $at: String) { profile(input: {leaderId: $id, at: $at}) { asOf } }"""
    served = GraphQLApp()
    async with served.client:
        told = await served.error(query, {"id": "no id"})
        assert [(e["pointer"], e["code"]) for e in told["errors"]] == [("/leader_id", "malformed")]
        told = await served.error(query, {"id": 5})
        assert [(e["pointer"], e["code"]) for e in told["errors"]] == [("/id", "wrong_type")]
        told = await served.error(query, {})
        assert [(e["pointer"], e["code"]) for e in told["errors"]] == [("/id", "missing")]
