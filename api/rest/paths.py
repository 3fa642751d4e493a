"""Path convertors that let each path and method match exactly one route; a path that matches none is 404."""

from uuid import UUID

from starlette.convertors import Convertor, UUIDConvertor, register_url_convertor


class HyphenatedUUID(UUIDConvertor):
    """Starlette's `uuid` with required hyphens, so that each object has one URL."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def convert(self, value: str) -> UUID:
        """Return the UUID."""
        return UUID(value)


class CodeConvertor(Convertor[str]):
    """A code: any text without slash and colon, so that `/identity-providers/{code}:remove` is another path."""

    regex = "[^/:\x00]+"

    def convert(self, value: str) -> str:
        """Return `value` unchanged."""
        return value

    def to_string(self, value: str) -> str:
        """Return `value` unchanged."""
        return value


def register_convertors() -> None:
    """Register `{…:uuid}` and `{…:code}` with Starlette."""
    register_url_convertor("uuid", HyphenatedUUID())
    register_url_convertor("code", CodeConvertor())
