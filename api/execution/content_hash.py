"""Keyed digests of commands: equal for equal content, however the request was written (openapi/README.md 3.1)."""

import hmac
import re
from collections.abc import Callable
from hashlib import blake2b, sha256

import msgspec

from domain.shared.errors import DomainError
from domain.shared.keyed_digest import DIGEST_SIZE, KEY_ID_SIZE, ContentDigest

DEFAULT_MEMBERS = re.compile(rb',"[a-z0-9_]+":(?:null|\[\])|"[a-z0-9_]+":(?:null|\[\]),?')
"""Matches members at null or an empty list, so that an optional member added by a later release does not change the digest.

A quote inside a text is always escaped, so this matches members only.
"""


def content_hash(command: object) -> bytes:
    """Return the SHA-256 of `command` without members at null or an empty list. Unkeyed: never store it."""
    return sha256(DEFAULT_MEMBERS.sub(b"", msgspec.json.encode(command, enc_hook=_encode_error))).digest()


def content_digester(*keys: bytes) -> Callable[[object], ContentDigest]:
    """Return a function that digests a content under the first of `keys`, to be stored, and under each of the earlier ones.

    Each digest is a keyed BLAKE2b (RFC 7693) of the plain digest: a third of an HMAC's time.
    """
    newest, *earlier = map(digest_keyer, keys)

    def content_digest(content: object) -> ContentDigest:
        plain = content_hash(content)
        return ContentDigest(current=newest(plain), earlier=tuple(keyed_by(plain) for keyed_by in earlier))

    return content_digest


def digest_keyer(key: bytes) -> Callable[[bytes], bytes]:
    """Return a function from a plain digest to the one stored under `key`, which begins with the key's id."""
    key_id = sha256(b"mark " + key).digest()[:KEY_ID_SIZE]
    return lambda plain: key_id + blake2b(plain, key=key, digest_size=DIGEST_SIZE - KEY_ID_SIZE).digest()


def keyed_hash(key: bytes) -> Callable[[object], bytes]:
    """Return a function that digests the state of an object for the audit log, by HMAC-SHA256.

    Without `key` nobody can find out which of a few possible states it was by trying them.
    """

    def hash_state(state: object) -> bytes:
        return hmac.digest(key, content_hash(state), "sha256")

    return hash_state


def _encode_error(value: object) -> object:
    """Encode an invalid item of a batch by its error."""
    if isinstance(value, DomainError):
        return [value.code, value.detail, value.errors]
    raise TypeError(f"not a part of a command: {value!r}")
