"""HTML forms and query strings (`application/x-www-form-urlencoded`), read strictly and within a size."""

from urllib.parse import parse_qsl

from starlette.requests import Request

MEDIA_TYPE = "application/x-www-form-urlencoded"


class BodyTooLong(ValueError):
    """The body has more bytes than its reader takes."""


def is_form(content_type: str) -> bool:
    """Return whether the header Content-Type names a form."""
    return content_type.partition(";")[0].strip().lower() == MEDIA_TYPE


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body of `request`. Raises `BodyTooLong` or Starlette's `ClientDisconnect`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise BodyTooLong
    return bytes(body)


def parse_urlencoded(content: bytes, max_fields: int) -> list[tuple[str, str]]:
    """Names and values in their order, empty values included.

    Raises `ValueError` for bytes outside ASCII, escapes that are no UTF-8, and more than `max_fields` fields.
    """
    text = content.decode("ascii")
    return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=max_fields)
