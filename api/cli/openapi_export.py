"""The documents that are committed and compared: what REST and GraphQL promise."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.app import ROUTERS, AppConfig, create_app
from api.graphql.schema import sdl
from api.rest.operations import UseCase
from domain.permissions.model import Capacity, PolicyRow
from domain.permissions.policy import ROWS
from domain.permissions.revealed_data import revealed_by_use_case
from domain.scoring.usecases.profile import read_profiles


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document; no database is reached for it."""
    app = create_app(
        AppConfig(database_url="postgresql://nobody@127.0.0.1/none", public_url="http://127.0.0.1:8000", secret="-" * 32)
    )
    return app.openapi()


def write_documents(folder: Path) -> None:
    """Write `openapi.json`, `schema.graphql` and `policy.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(openapi_document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    (folder / "schema.graphql").write_text(sdl().rstrip() + "\n")
    (folder / "policy.md").write_text(policy_table())


def use_cases() -> tuple[UseCase, ...]:
    """The use cases of all operations, with what previews or starts them, and the one that GraphQL alone has."""
    operations = [operation for part in ROUTERS for operation in part.router.operations]
    found = [use_case for o in operations for use_case in (o.use_case, o.preview, o.async_use_case) if use_case is not None]
    return (*found, read_profiles)


def policy_table() -> str:
    """The policy as a table: a line for each act, a column for each capacity."""
    shown = [who for who in Capacity if who is not Capacity.OPERATOR]
    revealing = frozenset(use_case.__name__ for use_case in use_cases() if revealed_by_use_case(use_case))
    head: list[str] = ["act", "scopes", *(who.value for who in shown), "lock"]
    lines: list[list[str]] = [head, ["---"] * len(head), *(_policy_line(row, shown, revealing) for row in ROWS)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{POLICY_HEAD}\n{table}\n"


def _policy_line(row: PolicyRow, capacities: Sequence[Capacity], revealing_actions: frozenset[str]) -> list[str]:
    far = [", ".join(sorted(reach.value for reach in row.data_scopes.get(who, ()))) or "-" for who in capacities]
    return [f"`{row.action}`", " ".join(row.scopes), *far, "formative" if row.action in revealing_actions else ""]


POLICY_HEAD = """# Who may do what to whom

Made by `evenkeel openapi export` from `domain/permissions/policy.py`, which every use case asks. A person has all capacities
that fit, and reaches as far as all of them together.

- **district**: everything; **own**: what is about oneself; **school**: the people of the schools where one works
- **supervised**, **shared**: what is about the leaders whom one supervises, or who share with one
- **origin**: what the same system pushed, or what one wrote oneself; with `scores:read` a client is the district's own
  application, and its *origin* reads all of the district's observations
- **-**: nothing is found; an act on the district itself is refused

What is marked *formative* can't be read with a token of a client that is registered for evaluating staff. The operator, at
the server's command line, may do everything.
"""
