"""Whether a content is the one that was stored: keyed digests that outlive the key they were made with.

What people push and ask can be guessed, so a plain hash of it would tell who was named. A stored digest is four bytes that
tell the key apart, and 32 that need a key of this installation.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.shared.fast_dataclass import fast_init

KEY_ID_SIZE = 4
"""Bytes of a stored digest that tell its key apart; nothing follows from them for the key."""
DIGEST_SIZE = KEY_ID_SIZE + 32
ERASED_DIGEST = b""
"""What is stored once the person whom the content named was erased: nothing is compared with it, and nothing replaces it."""


class DigestMatch(StrEnum):
    """What a stored digest says of a content."""

    SAME = "same"
    """It is the content, under the present key."""
    OUTDATED = "outdated"
    """It is the content, under an earlier key."""
    INCOMPARABLE = "incomparable"
    """Made under a key that is not here any more, or in another installation; or the digest was erased."""
    OTHER = "other"
    """It is another content."""


@fast_init
@dataclass(frozen=True, kw_only=True)
class ContentDigest:
    """Digests of one content: ``current`` is the one to store; ``earlier``, those under previous keys."""

    current: bytes
    earlier: tuple[bytes, ...]

    def compare(self, stored: bytes) -> DigestMatch:
        """What ``stored`` says of the content."""
        if stored == self.current:
            return DigestMatch.SAME
        if stored in self.earlier:
            return DigestMatch.OUTDATED
        known = {digest[:KEY_ID_SIZE] for digest in (self.current, *self.earlier)}
        if stored == ERASED_DIGEST or stored[:KEY_ID_SIZE] not in known:
            return DigestMatch.INCOMPARABLE
        return DigestMatch.OTHER

    def replaces(self, stored: bytes) -> bool:
        """Whether ``current`` is to be stored in the place of ``stored``, so that the content is recognised in future, too."""
        return stored != ERASED_DIGEST and self.compare(stored) in {DigestMatch.OUTDATED, DigestMatch.INCOMPARABLE}
