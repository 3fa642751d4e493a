"""The addresses of the files that pages load, from `static/`: stylesheet, our scripts, vendored browser packages."""

from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
PREFIX = "/assets/"


@cache
def digest(path: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return sha256(Path(path).read_bytes()).hexdigest()


@cache
def asset_url(name: str) -> str:
    """Return the address of `static/<name>`.

    With its content's digest: a browser that cached the file of an earlier release asks for this one.
    """
    return f"{PREFIX}{name}?v={digest(str(FOLDER / name))[:8]}"
