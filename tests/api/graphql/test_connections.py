from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.observations.model import ObservationState, Purpose, Setting
from domain.observations.views import ObservationView
from domain.shared.ids import ObservationId, PersonId, SchoolId
from tests.support.graphql_app import NOW, GraphQLApp

PAGE = """query($after: String, $first: Int! = 2, $input: ListObservationsInput) {
  observations(input: $input, first: $first, after: $after) {
    edges { cursor node { uuid observedAt state } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def observation_view(n: int) -> ObservationView:
    return ObservationView(
        id=ObservationId(UUID(int=n)),
        external_id=None,
        external_version="1",
        origin="o",
        state=ObservationState.LIVE,
        purpose=Purpose.FORMATIVE,
        leader_id=PersonId(UUID(int=1)),
        observer_id=None,
        observer_name=None,
        school_id=SchoolId(UUID(int=2)),
        observed_at=datetime(2026, 3, 2, tzinfo=UTC) - timedelta(days=n),
        setting=Setting.MEETING,
        announced=None,
        duration_minutes=None,
        instrument=None,
        ratings=(),
        feedback=(),
        received_at=NOW,
    )


class Observations:
    """Five observations, read in pages."""

    def __init__(self) -> None:
        self.rows = [observation_view(n) for n in range(1, 6)]
        self.commands = []

    async def page(self, cmd, after):
        self.commands.append(cmd)
        start = 0 if after is None else int(UUID(after[1]).int)
        return self.rows[start : start + cmd.limit + 1]


@pytest.fixture
async def served():
    made = GraphQLApp(stores={"observations": Observations()})
    async with made.client:
        yield made


async def test_a_list_is_read_to_its_end_by_the_cursors_of_its_pages(served):
    found, after, pages = [], None, []
    while True:
        page = (await served.ask(PAGE, {"after": after}))["data"]["observations"]
        found += [edge["node"]["uuid"] for edge in page["edges"]]
        info = page["pageInfo"]
        pages.append((info["hasPreviousPage"], info["hasNextPage"]))
        assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert found == [str(UUID(int=n)) for n in range(1, 6)]
    assert pages == [(False, True), (True, True), (True, False)]


async def test_the_cursor_of_any_item_continues_after_it(served):
    first = (await served.ask(PAGE, {"first": 3}))["data"]["observations"]["edges"]
    page = (await served.ask(PAGE, {"after": first[0]["cursor"]}))["data"]["observations"]
    assert page["edges"][0]["node"]["uuid"] == first[1]["node"]["uuid"]


async def test_a_list_holds_50_unless_it_is_said(served):
    await served.ask("{ observations { pageInfo { hasNextPage } } }")
    assert served.stores["observations"].commands[0].limit == 50


async def test_the_filter_is_the_input(served):
    leader = "00000000-0000-0000-0000-000000000007"
    await served.ask(PAGE, {"input": {"leaderId": leader, "observedFrom": "2026-01-01T00:00:00+01:00", "state": "retracted"}})
    [asked] = served.stores["observations"].commands
    assert (asked.leader_id, asked.state) == (UUID(leader), ObservationState.RETRACTED)
    assert asked.observed_from == datetime(2025, 12, 31, 23, tzinfo=UTC)


async def test_an_empty_page_has_no_cursors(served):
    served.stores["observations"].rows = []
    page = (await served.ask(PAGE))["data"]["observations"]
    assert page == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


@pytest.mark.parametrize(("variables", "code"), [({"after": "foreign"}, "cursor_foreign"), ({"first": 0}, "out_of_range")])
async def test_a_foreign_cursor_and_a_page_too_large_are_refused(served, variables, code):
    assert (await served.error(PAGE, variables))["code"] == code


async def test_instants_are_shown_as_in_rest(served):
    page = (await served.ask(PAGE))["data"]["observations"]
    assert page["edges"][0]["node"] == {
        "uuid": "00000000-0000-0000-0000-000000000001",
        "observedAt": "2026-03-01T00:00:00Z",
        "state": "live",
    }
