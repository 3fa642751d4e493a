"""What REST can do, GraphQL can do under the same name."""

import importlib
import pkgutil

import pytest

import api.rest
from api.graphql.fields import FIELD_NAMES
from api.graphql.schema import SCHEMA
from api.graphql.types import SCALAR_TYPES
from api.rest.operations import Operation
from domain.stance.usecases import decide_stance

GRAPHQL = SCHEMA._schema
UNKEYED = {
    "createInitialAccessToken",  # shown once
    "putPulse",  # nothing of answers may be kept, not even a digest
    *("createSignInCode", "putIdentityProvider"),  # nothing secret may be kept readable, nor a digest of it
    *(
        "deactivatePerson",
        "activatePerson",
        "putBreakGlass",
        "removeIdentityProvider",
        "removeIdentityLink",
    ),  # twice is once by themselves
}
"""Mutations without an idempotency key, each with its reason."""


def operations() -> list[Operation]:
    parts = [importlib.import_module(f"api.rest.{found.name}") for found in pkgutil.iter_modules(api.rest.__path__)]
    return [operation for part in parts for operation in getattr(getattr(part, "router", None), "operations", ())]


def test_rest_is_looked_at():
    assert len(operations()) > 30
    assert SCALAR_TYPES


@pytest.mark.parametrize("operation", operations(), ids=lambda o: f"{o.method} {o.path}")
def test_every_use_case_of_rest_has_its_field(operation):
    asks = operation.method == "GET" or operation.use_case is decide_stance
    root = GRAPHQL.query_type if asks else GRAPHQL.mutation_type
    assert FIELD_NAMES[operation.use_case] in root.fields


@pytest.mark.parametrize("operation", [o for o in operations() if o.preview], ids=lambda o: f"{o.method} {o.path}")
def test_what_rest_previews_is_a_query(operation):
    assert FIELD_NAMES[operation.preview] in GRAPHQL.query_type.fields


def test_every_field_below_the_roots_that_does_something_is_nullable():
    for root in (GRAPHQL.query_type, GRAPHQL.mutation_type):
        for name, field in root.fields.items():
            assert not str(field.type).endswith("!"), name


def test_mutations_take_a_key_and_one_input():
    for name, field in GRAPHQL.mutation_type.fields.items():
        keyed = set() if name in UNKEYED else {"idempotencyKey"}
        assert set(field.args) - {"expectedVersion"} == {"input", *keyed}, name
        assert str(field.args["input"].type).endswith("Input!"), name


def test_lists_of_things_are_connections_only():
    for name, field in GRAPHQL.query_type.fields.items():
        if "first" in field.args:
            assert str(field.type).endswith("Connection"), name
            assert set(field.args) <= {"input", "first", "after"}, name


def test_a_thing_with_an_id_shows_it_as_uuid():
    for name, kind in GRAPHQL.type_map.items():
        fields = getattr(kind, "fields", {})
        if "id" in fields and not name.startswith("__") and not name.endswith("Input"):
            assert "uuid" in fields or name in {"Node", "Citation"}, name
