import pytest
from graphql import GraphQLError

from api.graphql.document_cache import DocumentCache
from api.graphql.schema import SCHEMA

GRAPHQL = SCHEMA._schema


def test_a_text_is_read_and_validated_once():
    documents = DocumentCache()
    known = documents.parse("{ framework { notice nonsense } }", 100)
    assert documents.parse("{ framework { notice nonsense } }", 100) is known
    assert known.validation_errors(GRAPHQL) is known.validation_errors(GRAPHQL)
    assert len(known.validation_errors(GRAPHQL)) == 1


def test_what_is_kept_stays_within_the_budget_and_the_last_asked_stays():
    documents = DocumentCache(budget=100)
    first = documents.parse("{ framework { notice } } #    0", 100)
    for n in range(1, 50):
        documents.parse(f"{{ framework {{ notice }} }} #{n:>5}", 100)
        assert documents.size <= 100
        assert documents.parse("{ framework { notice } } #    0", 100) is first


def test_a_long_text_is_not_kept():
    documents = DocumentCache(longest=10)
    assert documents.parse("{ framework { notice } }", 100) is not documents.parse("{ framework { notice } }", 100)
    assert documents.size == 0


@pytest.mark.parametrize("text", ["{", "{ framework { notice notice notice } }"])
def test_what_is_no_document_is_not_kept(text):
    documents = DocumentCache()
    with pytest.raises(GraphQLError):
        documents.parse(text, 6)
    assert documents.size == 0
