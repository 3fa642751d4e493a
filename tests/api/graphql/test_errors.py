import logging
from dataclasses import fields
from typing import Any

import pytest

from api.wire.problem_details import Problem
from domain.shared.context import Scope
from domain.shared.errors import Code
from tests.support.graphql_app import DISTRICT, GraphQLApp

PUSH = "mutation($o: PushObservationInput!) { pushObservation(input: $o) { outcome } }"
LEADER = '{ leader(input: {leaderId: "00000000-0000-0000-0000-000000000007"}) { uuid } }'
GOOD = {
    "purpose": "formative",
    "leader": {"sourcedId": "207267"},
    "observer": {"externalName": "Visiting coach"},
    "school": {"sourcedId": "255901001"},
    "observedAt": "2026-03-02T13:41:20Z",
    "setting": "classroom",
    "ratings": [{"responsibility": "visibility", "value": 4}],
}


class Failing:
    """A store that breaks, or refuses, whatever is asked of it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Any:
        async def fail(*_args: object) -> None:
            raise self._error

        return fail


@pytest.fixture
async def served():
    made = GraphQLApp()
    async with made.client:
        yield made


async def test_the_framework_needs_no_token(served):
    answer = await served.ask("{ framework { notice } responsibilities { items { code } } }", bearer=None)
    assert "errors" not in answer
    assert len(answer["data"]["responsibilities"]["items"]) == 21
    assert served.calls == 0


async def test_a_field_that_needs_somebody_says_unauthenticated_and_leaves_the_rest(served):
    answer = await served.ask("{ framework { frameworkVersion } district { name } }", bearer=None)
    assert answer["data"]["framework"]["frameworkVersion"]
    assert answer["data"]["district"] is None
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"], error["extensions"]["status"]) == (["district"], "unauthenticated", 401)


async def test_the_token_is_looked_at_once_a_request(served):
    await served.ask("{ a: district { name } b: district { name } c: schools { edges { cursor } } }", bearer="Bearer other")
    assert served.calls == 1


async def test_a_refusal_has_the_members_of_a_problem(served):
    served.scopes = frozenset()
    told = await served.error(LEADER)
    assert told == {
        "type": "urn:evenkeel:problem:insufficient_scope",
        "title": "Not allowed",
        "status": 403,
        "detail": told["detail"],
        "instance": "/graphql",
        "code": "insufficient_scope",
        "request_id": "r-1",
        "retry": "never",
        "errors": [],
        "current_version": None,
        "errors_omitted": 0,
        "scope": "directory:read",
    }


async def test_one_refusal_does_not_blank_its_neighbour(served):
    served.scopes = frozenset({Scope.SCORES_READ})
    answer = await served.ask("{ magnitude: alignments { frameworkVersion } " + LEADER[1:])
    assert answer["data"]["leader"] is None
    assert answer["data"]["magnitude"]["frameworkVersion"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"observedAt": "2026-03-02T08:30:00"}, [("/observed_at", "naive_time")]),
        ({"observedAt": 5}, [("/observed_at", "wrong_type")]),
        ({"setting": "kitchen"}, [("/setting", "not_allowed")]),
        ({"purpose": "evaluation"}, [("/purpose", "purpose_not_accepted")]),
        ({"leader": {"sourcedId": "1", "email": "a@b.org"}}, [("/leader", "exactly_one")]),
        ({"leader": {}}, [("/leader", "exactly_one")]),
        ({"leader": {"sourcedId": None}}, [("/leader/sourced_id", "exactly_one"), ("/leader", "exactly_one")]),
        ({"durationMinutes": 0}, [("/duration_minutes", "out_of_range")]),
        ({"durationMinutes": 1.5}, [("/duration_minutes", "wrong_type")]),
        ({"ratings": []}, [("/ratings", "empty")]),
        ({"ratings": [{"responsibility": "visibility", "value": "3"}]}, [("/ratings/0/value", "wrong_type")]),
        ({"ratings": [{"value": 3}]}, [("/ratings/0", "exactly_one")]),
        ({"externalVersion": "1.0", "externalId": "x"}, [("/external_version", "malformed")]),
        ({"externalId": ""}, [("/external_id", "empty")]),
        ({"remark": "x"}, [("/remark", "unknown_member")]),
        ({"schoolYear": "x", "setting": None}, [("/setting", "not_allowed"), ("/school_year", "unknown_member")]),
    ],
)
async def test_an_input_is_refused_with_the_codes_and_places_of_rest(served, change, errors):
    told = await served.error(PUSH, {"o": GOOD | change})
    found = [(fault["pointer"], fault["code"]) for fault in told["errors"]]
    assert set(found) <= set(errors)
    assert found[-1] in errors
    assert told["code"] == found[0][1]
    assert served.units == 0


async def test_what_is_missing_is_named(served):
    told = await served.error(
        PUSH, {"o": {name: value for name, value in GOOD.items() if name not in {"leader", "observedAt"}}}
    )
    assert {(f["pointer"], f["code"]) for f in told["errors"]} == {("/leader", "missing"), ("/observed_at", "missing")}
    told = await served.error(PUSH, {})
    assert told["code"] == "missing"


async def test_a_fault_in_the_document_has_a_code_and_tells_nothing_back(served):
    answer = await served.ask('{ profile(input: {at: "the secret"}) { asOf } }')
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "missing"
    assert "secret" not in error["message"]


async def test_a_refusal_is_logged_at_info_without_a_trace(served, caplog):
    with caplog.at_level(logging.INFO):
        await served.error(LEADER, bearer=None)
    [record] = [r for r in caplog.records if r.name.startswith("api.graphql")]
    assert (record.levelno, record.message, record.code, record.exc_info) == (
        logging.INFO,
        "graphql_rejected",
        "unauthenticated",
        None,
    )


async def test_what_nobody_expected_is_hidden_and_logged_once_with_its_trace(served, caplog):
    served.stores["people"] = Failing(RuntimeError("password is hunter2"))
    with caplog.at_level(logging.INFO):
        answer = await served.ask(LEADER)
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["status"], error["extensions"]["retry"]) == (
        "internal",
        500,
        "later",
    )
    assert set(error["extensions"]) == {field.name for field in fields(Problem)}
    assert "hunter2" not in str(answer)
    [record] = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert record.exc_info[1].args == ("password is hunter2",)


async def test_the_lines_of_a_request_name_its_district(served, caplog):
    from api.logging import district_id

    told = []
    caplog.handler.addFilter(lambda record: told.append((record.name, district_id.get())) or True)
    district_id.set(None)
    served.scopes = frozenset()
    with caplog.at_level(logging.INFO):
        await served.error(LEADER)
    assert ("api.graphql.errors", str(DISTRICT)) in told


async def test_a_token_check_that_breaks_is_internal_too():
    class Broken(GraphQLApp):
        async def call_of(self, _request: Any) -> Any:
            raise OSError("no keys")

    made = Broken()
    async with made.client:
        assert (await made.error(LEADER))["code"] == Code.INTERNAL
