"""What must be sent again later is kept sealed: the port of whoever keeps such a secret."""

from typing import Protocol


class SecretBox(Protocol):
    """Seals and opens, under the installation's keys; what is sealed is bound to its purpose and its name.

    A column of sealed values is listed in ``persistence/operations/reencryption.py``, so that ``evenkeel keys rotate`` finds
    it.
    """

    def encrypt(self, purpose: str, name: str, content: bytes) -> bytes:
        """``content``, sealed under the current key."""
        ...

    def decrypt(self, purpose: str, name: str, encrypted: bytes) -> bytes:
        """What is inside, whichever of the keys it was sealed under."""
        ...

    def matches(self, purpose: str, name: str, encrypted: bytes, content: bytes) -> bool:
        """Whether ``content`` is what is inside; not of what no key opens."""
        ...
