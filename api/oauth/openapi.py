"""The OpenAPI description of these endpoints: `oauth-openapi.json` beside this module, an OpenAPI document of its own."""

import json
from pathlib import Path
from typing import Any

DOCUMENT = json.loads((Path(__file__).parent / "oauth-openapi.json").read_text())


def route_options(method: str, path: str) -> dict[str, Any]:
    """Return arguments for FastAPI's `add_api_route` that describe the operation `method` (GET, POST …) of `path`."""
    operation = _resolve(DOCUMENT["paths"][path][method.lower()])
    return {
        "operation_id": operation.pop("operationId"),
        "summary": operation.pop("summary"),
        "description": operation.pop("description"),
        "responses": operation.pop("responses"),
        "openapi_extra": operation,
    }


def _resolve(node: Any) -> Any:
    """Return a copy of `node` with each reference replaced by its component."""
    if isinstance(node, dict) and "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        return _resolve(DOCUMENT["components"][kind][name])
    if isinstance(node, dict):
        return {name: _resolve(value) for name, value in node.items()}
    return [_resolve(item) for item in node] if isinstance(node, list) else node
