"""The documents that are committed and compared: what REST and GraphQL promise."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.bootstrap import Values, make_app
from api.graphql.schema import sdl
from domain.access.model import Row, Who
from domain.access.policy import ROWS


def openapi() -> dict[str, Any]:
    """The OpenAPI document; no database is reached for it."""
    app = make_app(
        Values(database_url="postgresql://nobody@127.0.0.1/none", public_url="http://127.0.0.1:8000", secret="-" * 32)
    )
    return app.openapi()


def write(folder: Path) -> None:
    """Write ``openapi.json``, ``schema.graphql`` and ``policy.md`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    (folder / "schema.graphql").write_text(sdl().rstrip() + "\n")
    (folder / "policy.md").write_text(policy())


def policy() -> str:
    """The policy as a table: a line for each act, a column for each capacity."""
    shown = [who for who in Who if who is not Who.OPERATOR]
    head: list[str] = ["act", "scopes", *(who.value for who in shown), "lock"]
    lines: list[list[str]] = [head, ["---"] * len(head), *(_line(row, shown) for row in ROWS)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{POLICY_HEAD}\n{table}\n"


def _line(row: Row, shown: Sequence[Who]) -> list[str]:
    far = [", ".join(sorted(reach.value for reach in row.reaches.get(who, ()))) or "-" for who in shown]
    return [f"`{row.act}`", " ".join(row.scopes), *far, "formative" if row.reveals else ""]


POLICY_HEAD = """# Who may do what to whom

Made by `evenkeel openapi export` from `domain/access/policy.py`, which every use case asks. A person has all capacities
that fit, and reaches as far as all of them together.

- **district**: everything; **own**: what is about oneself; **school**: the people of the schools where one works
- **supervised**, **shared**: what is about the leaders whom one supervises, or who share with one
- **origin**: what the same system pushed, or what one wrote oneself; with `scores:read` a client is the district's own
  application, and its *origin* reads all of the district's observations
- **-**: nothing is found; an act on the district itself is refused

What is marked *formative* can't be read with a token of a client that is registered for evaluating staff. The operator, at
the server's command line, may do everything.
"""
