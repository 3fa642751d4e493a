"""What is withheld, tried by difference and by reading back (METHOD 8)."""

from dataclasses import dataclass

import httpx
import pytest

from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY
from api.rest.scoring import SELF_ASSESSMENT_BODY
from domain.framework.responsibilities import Responsibility
from tests.support.attacks import LEADER, admin_connection, post_created
from tests.support.postgres import Database

SEED = """
insert into tally (district_id, leader_id, basis, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at, form_c, constants)
select $1, $2, basis, $3, $4, 90 * $5::int, 90 * $5::int * $6::numeric, $5, $5 * $6::numeric, $5 * $6::numeric * $6::numeric,
  '2026-09-01', 1, configuration_version from scoring_basis where district_id = $1
"""
HIDDEN = [(r.value, source, n, 1.25) for r in Responsibility for source, n in (("teacher", 4), ("staff", 1), ("peer", 3))]
ASKED = """
query($id: UUID!, $in: UUID!) {
  profile(input: {leaderId: $id}) { scores { responsibility estimate sd interval { low high } pBelowTarget reliability evidence
    priorShare disagreement selfGap { value reference } sources { source n mean se effectiveN currentMean share
    withheld { reason minimum } } } }
  recommendations(input: {initiativeId: $in}) { overall { ranked { responsibility index shortfall pTop } pNone } gather }
}
"""


@dataclass
class Leader:
    """A leader of whom something is known, with an initiative, and hidden answers that come and go."""

    http: httpx.AsyncClient
    database: Database
    district: str
    id: str
    initiative: str

    async def seed(self, cells):
        async with admin_connection(self.database) as connection:
            await connection.execute("delete from tally where source in ('teacher', 'staff', 'peer')")
            await connection.executemany(SEED, [(self.district, self.id, *cell) for cell in cells])

    async def everything(self):
        """All that any operation makes of the leader's scores, with the entries of what is withheld taken out and returned."""
        paths = [f"/v1/leaders/{self.id}/profile", f"/v1/leaders/{self.id}/profile?at=2026-10-01"]
        for what in ("recommendations", "stance", "phases"):
            paths += [f"/v1/initiatives/{self.initiative}/{what}", f"/v1/initiatives/{self.initiative}/{what}?at=2026-10-01"]
        paths = [path for path in paths if not path.endswith("phases?at=2026-10-01")]
        answers = [await self.http.get(path) for path in [*paths, "/v1/leaders", f"/v1/leaders/{self.id}"]]
        assert {a.status_code for a in answers} == {200}
        given = {"id": self.id, "in": self.initiative}
        over = (await self.http.post("/graphql", json={"query": ASKED, "variables": given})).json()
        assert "errors" not in over, over
        withheld = []
        bodies = [a.json() for a in answers]
        for score in (*bodies[0]["scores"], *bodies[1]["scores"], *over["data"]["profile"]["scores"]):
            withheld += [e for e in score["sources"] if e["withheld"]]
            score["sources"] = [e for e in score["sources"] if not e["withheld"]]
        return [*bodies, over], withheld


@pytest.fixture
async def leader(district, service):
    http = district.http
    for n, value in enumerate((2, 4, 5)):
        rated = [{"responsibility": r.value, "value": value} for r in (*Responsibility,)[: 7 * (n + 1)]]
        await post_created(http, "/v1/observations", OBSERVATION_BODY | {"external_id": str(n), "ratings": rated})
    known = await district.person(LEADER)
    await post_created(http, f"/v1/leaders/{known}/self-assessments", SELF_ASSESSMENT_BODY)
    initiative = await post_created(http, "/v1/initiatives", INITIATIVE_BODY)
    group = await post_created(http, f"/v1/initiatives/{initiative}/groups", GROUP_BODY)
    at = f"/v1/initiatives/{initiative}/groups/{group}"
    assert (await http.put(f"{at}/magnitude/pulses/2026-10-12", json={"answers": PULSE})).status_code == 200
    assert (await http.put(f"{at}/phases", json={"implement": 1}, headers={"If-Match": '"1"'})).status_code == 200
    return Leader(http, service.database, str(district.id), known, initiative)


async def test_with_hidden_answers_everything_reads_as_without_them(leader):
    """Else what is hidden could be had by subtraction, or as the difference of two reads (METHOD 8)."""
    without, none = await leader.everything()
    assert none == []
    for cells in (HIDDEN, HIDDEN[::2], [(r, s, n, 5.0) for r, s, n, _ in HIDDEN]):
        await leader.seed(cells)
        found, withheld = await leader.everything()
        assert found == without
        assert len(withheld) == 2 * len(cells)  # over REST and GraphQL; looking back, there are none
        for entry in withheld:
            assert entry.pop("source") in {"teacher", "staff", "peer"}
            assert entry.pop("withheld") == {"reason": "below_threshold", "minimum": 5}
            assert set(entry.values()) == {None}


async def test_the_fifth_answer_is_what_makes_the_difference(leader):
    """So that the test above can fail."""
    without, _ = await leader.everything()
    await leader.seed([("focus", "teacher", 5, 1.5)])
    found, withheld = await leader.everything()
    assert withheld == []
    assert found != without


async def test_a_pulse_leaves_no_answer_to_be_read_ordered_or_dated(leader):
    """What everybody answered is the sender's to know; nobody else can have it from here."""
    marked = [[1, 1, 1, 1, 1, None, None], *[[4, 4, 5, 4, 4, 5, 4]] * 5, [2, 3, 2, 3, 2, 3, 2]]
    groups = (await leader.http.get(f"/v1/initiatives/{leader.initiative}/groups")).json()["items"]
    at = f"/v1/initiatives/{leader.initiative}/groups/{groups[0]['id']}/magnitude"
    answer = await leader.http.put(f"{at}/pulses/2026-10-13", json={"answers": marked})
    assert set(answer.json()) == {"group_id", "on", "answers", "receipt"}
    assert (await leader.http.get(f"{at}/pulses/2026-10-13")).status_code == 405
    measured = (await leader.http.get(at)).json()["measured"]
    assert set(measured) & {"answers", "items", "sd", "se", "rwg", "min", "max", "distribution", "median"} == set()
    async with admin_connection(leader.database) as connection:
        rows = await connection.fetch("select id, answers, answered_on, xmin::text from pulse_answer order by ctid")
        kept = await connection.fetchval("select count(*) from idempotency")
    newest = [row for row in rows if row["answered_on"].day == 13]
    assert kept == 0
    assert [row["id"] for row in newest] == sorted(row["id"] for row in newest)
    assert {row["id"].version for row in newest} == {4}
    assert len({row["xmin"] for row in newest}) == 1
