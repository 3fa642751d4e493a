"""Path convertors: what may stand in a path, so that each path and method matches exactly one route.

A path that fits no convertor matches no route and is answered with 404.
"""

import re
from uuid import UUID

from starlette.convertors import Convertor, UUIDConvertor, register_url_convertor


class HyphenatedUUID(UUIDConvertor):
    """Starlette's `uuid`, but with its hyphens required: one thing has one address."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def convert(self, value: str) -> UUID:
        """Return the id."""
        return UUID(value)


class CodeConvertor(Convertor[str]):
    """A code: anything without a slash or a colon, so that `/identity-providers/{code}:remove` is another path."""

    regex = "[^/:]+"

    def convert(self, value: str) -> str:
        """Return the code itself."""
        return value

    def to_string(self, value: str) -> str:
        """Return the code itself."""
        return value


register_url_convertor("uuid", HyphenatedUUID())
register_url_convertor("code", CodeConvertor())


def with_convertors(path: str) -> str:
    """Return `path` with the convertor of each parameter: `uuid` for ids, `code` for the others."""
    return re.sub(r"\{(\w+)\}", lambda m: f"{{{m[1]}:{'uuid' if m[1].endswith('_id') else 'code'}}}", path)
