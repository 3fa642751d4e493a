"""The bodies of the documents' examples, as they are sent."""

from importlib.resources import files
from pathlib import PurePath
from typing import Any


def example_body(body: Any) -> Any:
    """`body`, or the bytes of the demo's file that it names."""
    return files("api.demo").joinpath(body.name).read_bytes() if isinstance(body, PurePath) else body
