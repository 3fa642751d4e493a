"""What the texts of a query mean: a whole number is digits, a truth is true or false, and nothing is guessed."""

import json
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.middleware.exception_handlers import add_exception_handlers
from api.rest.operations import Example, operation
from api.rest.parameters import from_query
from api.rest.routing import Router
from api.wire.request_validation import validate_json
from domain.people.commands import GrantRole, WithdrawRole
from domain.shared.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class Sought:
    limit: int = 50
    version: int | None = None
    share: float | None = None
    unread: bool = False
    name: str | None = None


router = Router()


def seek() -> dict[str, Any]:
    """Stand in for a use case."""
    return {}


@router.get("/sought")
@operation(seek, Example(summary="Anything."))
async def sought(cmd: Annotated[Sought, from_query(Sought)]) -> dict[str, Any]:
    """Answer with what was sought."""
    return asdict(cmd)


app = FastAPI()
app.state.limit_address = lambda _scope: None
app.router.routes.extend(router.routes)
add_exception_handlers(app)
HTTP = TestClient(app)

STRANGE = ("100.0", "1e2", " 5", "5 ", "+5", "١٠", "٥", "0x10", "1_0", "005", "-0", "5.", "True", "true", "", "null", "½")


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("name", ["limit", "version"])
def test_an_integer_is_digits(name, text):
    assert error_codes({name: text}) == [(f"/{name}", "malformed")]


@pytest.mark.parametrize("text", ["True", "TRUE", "1", "0", "yes", "on", "t", " true", "", "false\n"])
def test_a_truth_is_true_or_false(text):
    assert error_codes({"unread": text}) == [("/unread", "malformed")]


@pytest.mark.parametrize("text", ["+0.5", ".5", "5.", " 0.5", "NaN", "Infinity", "0x1p3", "1_0.5", "٠.٥", ""])
def test_a_number_is_written_as_in_json(text):
    assert error_codes({"share": text}) == [("/share", "malformed")]


def test_what_is_written_as_it_should_be_is_read():
    query = {"limit": "7", "version": "-12", "share": "2.5e-1", "unread": "true", "name": "100.0"}
    assert HTTP.get("/sought", params=query).json() == asdict(
        Sought(limit=7, version=-12, share=0.25, unread=True, name="100.0")
    )
    assert HTTP.get("/sought", params={"unread": "false", "limit": "0"}).json() == asdict(Sought(limit=0))


def test_each_member_is_named_once_however_many_are_at_fault():
    assert error_codes({"limit": "1e2", "unread": "no", "other": "x"}) == [
        ("/other", "unknown_member"),
        ("/limit", "malformed"),
        ("/unread", "malformed"),
    ]


@pytest.mark.parametrize("command", [GrantRole, WithdrawRole])
@pytest.mark.parametrize("role", ["king", "teacher", "principal", "Coach", ""])
def test_a_role_that_can_not_be_given_is_answered_with_those_that_can(command, role):
    with pytest.raises(Invalid) as caught:
        validate_json(command, json.dumps({"person_id": str(UUID(int=7)), "role": role}).encode())
    (fault,) = caught.value.errors
    assert (fault.pointer, fault.code) == ("/role", "not_allowed")
    assert fault.detail == "give 'district_admin', 'supervisor', 'coach' or 'researcher'"


def error_codes(members):
    answer = HTTP.get("/sought", params=members)
    assert answer.status_code == 422
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
