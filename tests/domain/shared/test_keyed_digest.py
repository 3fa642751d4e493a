"""A stored digest recognises its content under every key that is known, and tells nothing without one."""

from api.execution.content_hash import content_digester, content_hash, digest_keyer
from domain.shared.keyed_digest import ERASED_DIGEST, DigestMatch

CONTENT, OTHER = {"observer": "207285"}, {"observer": "207286"}
present, before, other_place = content_digester(b"new", b"old"), content_digester(b"old"), content_digester(b"elsewhere")


def test_the_same_content_is_the_same_under_the_present_key():
    assert present(CONTENT).compare(present(CONTENT).current) is DigestMatch.SAME
    assert present(CONTENT).compare(present(OTHER).current) is DigestMatch.OTHER
    assert not present(CONTENT).replaces(present(CONTENT).current)


def test_a_digest_under_an_earlier_key_is_recognised_and_replaced():
    present = content_digester(b"new", b"old")
    assert present(CONTENT).compare(before(CONTENT).current) is DigestMatch.OUTDATED
    assert present(CONTENT).replaces(before(CONTENT).current)
    assert present(CONTENT).compare(before(OTHER).current) is DigestMatch.OTHER
    assert not present(CONTENT).replaces(before(OTHER).current)


def test_a_digest_under_a_key_that_is_not_here_can_not_be_compared_and_is_replaced():
    assert present(CONTENT).compare(other_place(OTHER).current) is DigestMatch.INCOMPARABLE
    assert present(CONTENT).replaces(other_place(OTHER).current)


def test_a_digest_that_was_erased_can_not_be_compared_and_stays_erased():
    assert present(CONTENT).compare(ERASED_DIGEST) is DigestMatch.INCOMPARABLE
    assert not present(CONTENT).replaces(ERASED_DIGEST)


def test_what_is_stored_is_no_digest_that_somebody_without_the_key_can_make():
    assert content_hash(CONTENT) not in present(CONTENT).current
    assert digest_keyer(b"new")(content_hash(CONTENT)) == present(CONTENT).current
