"""The Idempotency-Key, wherever it is given: a header of REST, an argument of GraphQL."""

from api.wire.limits import KEY_CHARACTERS
from domain.shared.errors import Code, Invalid


def read_key(text: str | None, pointer: str | None = None) -> str | None:
    """The key without the quotes that may stand around it: ``"a"`` and ``a`` are one. None where there is none.

    Raises ``Invalid`` (at ``pointer``, where it stands in the request's own members) for one that is empty, over 255
    characters long, or holds what can't be printed.
    """
    if text is None:
        return None
    key = text.strip()
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not 1 <= len(key) <= KEY_CHARACTERS or not key.isprintable():
        detail = f"an idempotency key has 1 to {KEY_CHARACTERS} printable characters; a UUID is one"
        raise Invalid(detail, code=Code.MALFORMED) if pointer is None else Invalid.at(pointer, Code.MALFORMED, detail)
    return key
