"""What two OpenAPI documents say differently, by meaning: `python -m tests.support.openapi_differences OLD NEW`.

Compares paths, methods, operationIds, parameters, required members, types, limits, statuses, security and codes. Texts and
examples, names of schemas and the order of anything mean nothing here.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIMITS = (
    *("type", "format", "pattern", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
)
DEPTH = 12


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a line for each difference of meaning between the documents `old` and `new`."""
    before, after = dict(_facts(old)), dict(_facts(new))
    lines = [f"- {name}: {before[name]}" for name in before.keys() - after.keys()]
    lines += [f"+ {name}: {after[name]}" for name in after.keys() - before.keys()]
    common = before.keys() & after.keys()
    lines += [f"~ {name}: {before[name]} -> {after[name]}" for name in common if before[name] != after[name]]
    return sorted(lines, key=lambda line: (line[2:], line[0]))


def _facts(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what the document says, each under the name of where it says it."""
    yield "servers", [server["url"] for server in document.get("servers", ())]
    yield "tags", sorted(tag["name"] for tag in document.get("tags", ()))
    yield "codes", sorted(document["components"]["schemas"]["Code"]["enum"])
    for scheme, told in document["components"].get("securitySchemes", {}).items():
        for flow, members in told.get("flows", {}).items():
            yield f"security {scheme} {flow}", sorted(members["scopes"])
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            at = f"{method.upper()} {path}"
            yield f"{at} operationId", entry["operationId"]
            yield f"{at} security", entry.get("security", "not said")
            for parameter in entry.get("parameters", ()):
                where = f"{at} {parameter['in']} {parameter['name']}"
                yield f"{where} required", parameter.get("required", False)
                yield from _schema(document, parameter["schema"], where)
            if "requestBody" in entry:
                yield f"{at} body required", entry["requestBody"].get("required", False)
                yield from _contents(document, entry["requestBody"]["content"], f"{at} body")
            for status, answer in entry["responses"].items():
                yield f"{at} {status}", sorted(answer.get("headers", {}))
                yield from _contents(document, answer.get("content", {}), f"{at} {status}")


def _contents(document: dict[str, Any], content: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for media, told in content.items():
        if media == "application/problem+json":
            yield f"{at} {media}", told["schema"]
        else:
            yield from _schema(document, told.get("schema", {}), f"{at} {media}")


def _schema(document: dict[str, Any], schema: dict[str, Any], at: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] | {
            name: value for name, value in schema.items() if name != "$ref"
        }
    for word in LIMITS:
        if word in schema:
            yield f"{at} {word}", schema[word]
    if "enum" in schema:
        yield f"{at} enum", sorted(map(str, schema["enum"]))
    if "default" in schema:
        yield f"{at} default", schema["default"]
    if schema.get("additionalProperties") is False:
        yield f"{at} closed", True
    if depth > DEPTH:
        return
    for name, member in schema.get("properties", {}).items():
        yield f"{at}/{name} required", name in schema.get("required", ())
        yield from _schema(document, member, f"{at}/{name}", depth + 1)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from _schema(document, schema[word], f"{at}[]", depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        yield from _choices(document, schema.get(word, []), at, word, depth)


def _choices(document: dict[str, Any], choices: list[Any], at: str, word: str, depth: int) -> Iterator[tuple[str, Any]]:
    others = [choice for choice in choices if choice != {"type": "null"}]
    if len(others) < len(choices):
        yield f"{at} null", True
    for number, choice in enumerate(others):
        place = at if len(others) == 1 else f"{at} {word} {number}"
        yield from _schema(document, choice, place, depth + 1)


def main() -> None:
    """Print the differences between the two files named."""
    old, new = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    sys.stdout.writelines(f"{line}\n" for line in differences(old, new))


if __name__ == "__main__":
    main()
