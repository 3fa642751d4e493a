"""Whether two commands say the same: keyed digests of what is said, not of how it was written (openapi/README.md 3.1)."""

import hmac
import re
from collections.abc import Callable
from hashlib import blake2b, sha256

import msgspec

from domain.shared.errors import DomainError
from domain.shared.keyed_digest import DIGEST_SIZE, KEY_ID_SIZE, ContentDigest

DEFAULT_MEMBERS = re.compile(rb',"[a-z0-9_]+":(?:null|\[\])|"[a-z0-9_]+":(?:null|\[\]),?')
"""Members at their default. A later release may add optional members: they do not change what an older push said.

A quote inside a text is always escaped, so this matches members only.
"""


def content_hash(command: object) -> bytes:
    """SHA-256 of ``command`` with members at null or empty left out; moments are in UTC already. Never to be stored."""
    return sha256(DEFAULT_MEMBERS.sub(b"", msgspec.json.encode(command, enc_hook=_encode_error))).digest()


def content_digester(*keys: bytes) -> Callable[[object], ContentDigest]:
    """Digests of contents: to be stored under the first of ``keys``, and recognised under every one of them.

    Each is a keyed BLAKE2b (RFC 7693) of the plain digest: it takes a third of an HMAC's time.
    """
    newest, *before = map(digest_keyer, keys)

    def content_digest(content: object) -> ContentDigest:
        plain = content_hash(content)
        return ContentDigest(current=newest(plain), earlier=tuple(keyed_by(plain) for keyed_by in before))

    return content_digest


def digest_keyer(key: bytes) -> Callable[[bytes], bytes]:
    """What makes of a plain digest the one that is stored under ``key``."""
    mark = sha256(b"mark " + key).digest()[:KEY_ID_SIZE]
    return lambda plain: mark + blake2b(plain, key=key, digest_size=DIGEST_SIZE - KEY_ID_SIZE).digest()


def keyed_hash(key: bytes) -> Callable[[object], bytes]:
    """A digest of the state of a thing, for the trail. Without ``key`` nobody can try which of few states it was."""

    def hash_state(state: object) -> bytes:
        return hmac.digest(key, content_hash(state), "sha256")

    return hash_state


def _encode_error(value: object) -> object:
    """An item of a batch that was refused for its shape, as far as it is known: by what is wrong with it."""
    if isinstance(value, DomainError):
        return [value.code, value.detail, value.errors]
    raise TypeError(f"no part of a command: {value!r}")
