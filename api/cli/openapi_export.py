"""Write the committed API documents: the OpenAPI document, the GraphQL schema and the policy table."""

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
    """Return the OpenAPI document; needs no database."""
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
    """Return the use cases of all operations, with their previews and asynchronous forms, and the one only GraphQL has."""
    operations = [operation for module in ROUTERS for operation in module.router.operations]
    of_rest = [use_case for o in operations for use_case in (o.use_case, o.preview, o.async_use_case) if use_case is not None]
    return (*of_rest, read_profiles)


def policy_table() -> str:
    """Return the policy as a Markdown table: a line for each action, a column for each capacity."""
    capacities = [capacity for capacity in Capacity if capacity is not Capacity.OPERATOR]
    revealing = frozenset(use_case.__name__ for use_case in use_cases() if revealed_by_use_case(use_case))
    head: list[str] = ["action", "scopes", *(capacity.value for capacity in capacities), "lock"]
    lines: list[list[str]] = [head, ["---"] * len(head), *(_policy_line(row, capacities, revealing) for row in ROWS)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{POLICY_HEAD}\n{table}\n"


def _policy_line(row: PolicyRow, capacities: Sequence[Capacity], revealing_actions: frozenset[str]) -> list[str]:
    scopes = [", ".join(sorted(scope.value for scope in row.data_scopes.get(capacity, ()))) or "-" for capacity in capacities]
    return [f"`{row.action}`", " ".join(row.scopes), *scopes, "formative" if row.action in revealing_actions else ""]


POLICY_HEAD = """# Who may do what to whom

Made by `evenkeel openapi export` from `domain/permissions/policy.py`, by which every use case is authorised. A person has all
capacities that apply, and the data scopes of all of them together.

- **district**: everything; **own**: what is about oneself; **school**: the people of one's own schools
- **supervised**, **shared**: what is about the leaders whom one supervises, or who share with one
- **origin**: what the same system pushed, or what one wrote oneself; with `scores:read` a client is the district's own
  application, and its *origin* covers all observations of the district
- **-**: nothing is found; an action on the district itself is rejected

Actions marked *formative* are rejected for tokens of clients that are registered for evaluating staff. The operator, at the
server's command line, may do everything.
"""
