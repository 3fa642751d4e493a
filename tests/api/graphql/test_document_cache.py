import pytest
from graphql import GraphQLError

from api.graphql.document_cache import Documents
from api.graphql.schema import SCHEMA

GRAPHQL = SCHEMA._schema


def test_a_text_is_read_and_validated_once():
    documents = Documents()
    known = documents.read("{ framework { notice nonsense } }", 100)
    assert documents.read("{ framework { notice nonsense } }", 100) is known
    assert known.faults(GRAPHQL) is known.faults(GRAPHQL)
    assert len(known.faults(GRAPHQL)) == 1


def test_what_is_kept_stays_within_the_budget_and_the_last_asked_stays():
    documents = Documents(budget=100)
    first = documents.read("{ framework { notice } } #    0", 100)
    for n in range(1, 50):
        documents.read(f"{{ framework {{ notice }} }} #{n:>5}", 100)
        assert documents.size <= 100
        assert documents.read("{ framework { notice } } #    0", 100) is first


def test_a_long_text_is_not_kept():
    documents = Documents(longest=10)
    assert documents.read("{ framework { notice } }", 100) is not documents.read("{ framework { notice } }", 100)
    assert documents.size == 0


@pytest.mark.parametrize("text", ["{", "{ framework { notice notice notice } }"])
def test_what_is_no_document_is_not_kept(text):
    documents = Documents()
    with pytest.raises(GraphQLError):
        documents.read(text, 6)
    assert documents.size == 0
