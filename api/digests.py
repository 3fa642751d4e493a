"""Whether two commands say the same: a digest of what is said, not of how it was written (contract 3)."""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256

import msgspec

from domain.shared.errors import DomainError

NOTHING_SAID = re.compile(rb',"[a-z0-9_]+":(?:null|\[\])|"[a-z0-9_]+":(?:null|\[\]),?')
"""Members at their default. A later release may add optional members: they do not change what an older push said.

A quote inside a text is always escaped, so this matches members only.
"""


def digest(command: object) -> bytes:
    """SHA-256 of ``command`` with members at null or empty left out; moments are in UTC already."""
    return sha256(NOTHING_SAID.sub(b"", msgspec.json.encode(command, enc_hook=_refusal))).digest()


def keyed(key: bytes) -> Callable[[object], bytes]:
    """A digest of the state of a thing, for the trail. Without ``key`` nobody can try which of few states it was."""

    def keyed_digest(state: object) -> bytes:
        return hmac.digest(key, digest(state), "sha256")

    return keyed_digest


def _refusal(said: object) -> object:
    """An item of a batch that was refused for its shape, as far as it is known: by what is wrong with it."""
    if isinstance(said, DomainError):
        return [said.code, said.detail, said.errors]
    raise TypeError(f"no part of a command: {said!r}")
