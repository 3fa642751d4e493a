"""Path convertors: what may stand in a path, so that each path and method matches exactly one route.

A path that fits no convertor matches no route and is answered with 404.
"""

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

    regex = "[^/:\x00]+"

    def convert(self, value: str) -> str:
        """Return the code itself."""
        return value

    def to_string(self, value: str) -> str:
        """Return the code itself."""
        return value


def register_convertors() -> None:
    """Make `{…:uuid}` and `{…:code}` known to Starlette."""
    register_url_convertor("uuid", HyphenatedUUID())
    register_url_convertor("code", CodeConvertor())
