"""Validate an idempotency key: a header in REST, an argument in GraphQL."""

from api.wire.limits import KEY_CHARACTERS
from domain.shared.errors import Code, Invalid


def read_key(text: str | None, pointer: str | None = None) -> str | None:
    """Return the key without surrounding quotes (`"a"` and `a` are the same key), or None without a key.

    Raises `Invalid` (at `pointer`, if given) when the key is empty, longer than 255 characters or not printable.
    """
    if text is None:
        return None
    key = text.strip()
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not 1 <= len(key) <= KEY_CHARACTERS or not key.isprintable():
        detail = f"an idempotency key has 1 to {KEY_CHARACTERS} printable characters; a UUID is one"
        raise Invalid(detail, code=Code.MALFORMED) if pointer is None else Invalid.at(pointer, Code.MALFORMED, detail)
    return key
