"""The documents that are committed and compared: what REST and GraphQL promise."""

import json
from pathlib import Path
from typing import Any

from api.bootstrap import Values, make_app
from api.graphql.schema import sdl


def openapi() -> dict[str, Any]:
    """The OpenAPI document; no database is reached for it."""
    app = make_app(
        Values(database_url="postgresql://nobody@127.0.0.1/none", public_url="http://127.0.0.1:8000", secret="-" * 32)
    )
    return app.openapi()


def write(folder: Path) -> None:
    """Write ``openapi.json`` and ``schema.graphql`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    (folder / "schema.graphql").write_text(sdl().rstrip() + "\n")
