"""Children and global ids: what is loaded for all parents at once, and what is read again by its own use case."""

from uuid import UUID

import pytest

from domain.directory.views import LeaderView
from domain.framework.configuration import PRODUCT
from domain.scoring.ports import ProfileInputs
from domain.shared.context import Scope
from domain.shared.ids import PersonId
from tests.support.graphql_app import GraphQLApp

LEADERS = "{ leaders { edges { node { id uuid familyName profile { leaderId scores { responsibility estimate } } } } } }"


def leader(n: int) -> LeaderView:
    return LeaderView(
        id=PersonId(UUID(int=n)),
        sourced_id=None,
        given_name="Ada",
        family_name=f"L{n}",
        preferred_given_name=None,
        preferred_family_name=None,
        active=True,
        leads_now=True,
        school_ids=(),
        former_school_ids=(),
    )


class People:
    def __init__(self, n: int) -> None:
        self.rows = [leader(i) for i in range(1, n + 1)]

    async def leaders(self, *_args: object):
        return self.rows

    page_leaders = list_leaders = leaders

    async def leader(self, leader_id: PersonId) -> LeaderView | None:
        return next((row for row in self.rows if row.id == leader_id), None)


class Scores:
    def __init__(self) -> None:
        self.calls = 0

    async def profile_inputs_many(self, leader_ids):
        self.calls += 1
        return [ProfileInputs(i.int != 3, 1, ()) for i in leader_ids]


class Configurations:
    async def get(self, _version: int):
        return PRODUCT


@pytest.fixture
async def served():
    made = GraphQLApp(stores={"people": People(50), "scores": Scores(), "configurations": Configurations()})
    async with made.client:
        yield made


async def test_the_profiles_of_50_leaders_are_read_at_once(served):
    answer = await served.ask(LEADERS)
    edges = answer["data"]["leaders"]["edges"]
    assert [len(e["node"]["profile"]["scores"]) if e["node"]["profile"] else 0 for e in edges].count(21) == 49
    assert all(e["node"]["profile"] is None or e["node"]["profile"]["leaderId"] == e["node"]["uuid"] for e in edges)
    assert (served.stores["scores"].calls, served.units) == (1, 2)


async def test_a_refused_child_does_not_blank_its_parent_and_is_logged_once(served, caplog):
    served.scopes = frozenset({Scope.DIRECTORY_READ})
    with caplog.at_level("INFO"):
        answer = await served.ask(LEADERS)
    edges = answer["data"]["leaders"]["edges"]
    assert len(edges) == 50
    assert all(e["node"]["profile"] is None and e["node"]["familyName"] for e in edges)
    assert {e["extensions"]["code"] for e in answer["errors"]} == {"insufficient_scope"}
    assert len([r for r in caplog.records if r.name.startswith("api.graphql")]) == 1


async def test_what_one_request_loaded_is_unknown_to_the_next(served):
    await served.ask(LEADERS)
    await served.ask(LEADERS)
    assert served.stores["scores"].calls == 2


async def test_at_most_four_units_are_open_at_a_time(served):
    fields = " ".join(f'a{i}: leader(input: {{leaderId: "{UUID(int=i + 1)}"}}) {{ uuid }}' for i in range(20))
    answer = await served.ask("{ " + fields + " }")
    assert "errors" not in answer
    assert len(answer["data"]) == 20
    assert served.max_open_units <= 4


async def test_a_thing_is_read_again_by_its_global_id(served):
    node = (await served.ask(LEADERS))["data"]["leaders"]["edges"][4]["node"]
    again = await served.ask("query($id: ID!) { node(id: $id) { __typename id ... on Leader { uuid } } }", {"id": node["id"]})
    assert again["data"]["node"] == {"__typename": "Leader", "id": node["id"], "uuid": node["uuid"]}


async def test_a_global_id_opens_no_door_that_is_closed_elsewhere(served):
    node = (await served.ask(LEADERS))["data"]["leaders"]["edges"][0]["node"]
    read = "query($id: ID!) { node(id: $id) { id } }"
    assert (await served.error(read, {"id": node["id"]}, bearer=None))["code"] == "unauthenticated"
    served.scopes = frozenset({Scope.SCORES_READ})
    assert (await served.error(read, {"id": node["id"]}))["code"] == "insufficient_scope"
    served.scopes = frozenset({Scope.DIRECTORY_READ})
    served.stores["people"].rows = []
    assert (await served.error(read, {"id": node["id"]}))["code"] == "not_found"


@pytest.mark.parametrize("given", ["", "x", "é", "TGVhZGVy", "Tm90aGluZzox", "00000000-0000-0000-0000-000000000001"])
async def test_what_is_no_global_id_is_refused(served, given):
    told = await served.error("query($id: ID!) { node(id: $id) { id } }", {"id": given})
    assert (told["code"], told["errors"][0]["pointer"]) == ("malformed", "/id")
