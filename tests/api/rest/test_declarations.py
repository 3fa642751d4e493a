"""What is missing of a new operation is said at once, with the file to edit."""

from dataclasses import dataclass
from typing import Any

import pytest

from api.graphql.fields import FIELD_NAMES, mutation_field
from api.rest.operations import Example, operation
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.shared import operation as declared
from domain.shared.operation import PERSON, find_operation


@dataclass(frozen=True, kw_only=True)
class Rename:
    name: str


async def rename_person(cmd: Rename, ctx: Any) -> dict[str, str]:
    """Rename a person."""
    return {"name": cmd.name}


EXAMPLE = Example(summary="Any.", body={"name": "x"})


def add_route(use_case, kind=Runner):
    async def route(body: Rename, runner: Any) -> dict[str, str]:
        """Rename a person."""
        return await runner.run(use_case, body)

    route.__annotations__["runner"] = kind
    Router().post("/people:rename")(operation(use_case, EXAMPLE)(route))


def test_a_use_case_without_a_declaration_is_refused_by_rest_and_graphql():
    for add in (add_route, mutation_field):
        with pytest.raises(TypeError, match=r"put @operation\(\.\.\.\) above it in .*test_declarations\.py"):
            add(rename_person)


def test_an_operation_without_a_row_of_the_policy_is_refused():
    async def rename_school(cmd: Rename, ctx: Any) -> dict[str, str]:
        return {}

    with pytest.raises(TypeError, match=r"rename_school has no row in the policy: add one to domain/permissions/policy\.py"):
        add_route(declared.operation(audit_object=PERSON)(rename_school))


@pytest.mark.parametrize(("key", "kind", "wanted"), [(True, Runner, "KeyedRunner"), (False, KeyedRunner, "Runner")])
def test_a_route_that_disagrees_on_the_idempotency_key_is_refused(key, kind, wanted):
    async def other(cmd: Rename, ctx: Any) -> dict[str, str]:
        return {}

    use_case = declared.operation(policy="read_person", idempotency_key=key)(other)
    with pytest.raises(
        TypeError, match=rf"POST /people:rename .* give the route a {wanted} in api/rest, or .*test_declarations"
    ):
        add_route(use_case, kind)


def test_every_operation_of_graphql_is_declared():
    assert {
        use_case.__name__ for use_case in FIELD_NAMES if "ctx" in use_case.__annotations__ and not find_operation(use_case)
    } == set()
