"""Who may do what to which thing: every operation, over REST and GraphQL, by everybody, with real ids (tests/support/authorization_matrix.py)."""

from dataclasses import replace
from itertools import count
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from api.demo.districts import seed_demo
from api.demo.seeder import CLOCK, PARTNER_SCOPES, SEED
from api.execution.ids import SeededIdGenerator
from api.rest.example_ids import LEADER, UNKNOWN_ID
from api.runtime.environment import build_environment
from api.security.bearer_tokens import TokenVerifier
from api.wire.observation_batch import push_batch
from domain.assessments.usecases import assess_self
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.framework.configuration import PRODUCT
from domain.jobs.usecases.manage import cancel_job
from domain.jobs.usecases.start import start_crosswalk
from domain.observations.usecases.instruments import create_instrument
from domain.observations.usecases.push import push_observation
from domain.people.usecases.invitations import invite_person
from domain.people.usecases.notes import write_note
from domain.permissions.revealed_data import revealed_by_use_case
from domain.privacy.usecases import legal_holds
from domain.shared.context import ActorKind
from persistence.database.pool import ConnectionPool
from persistence.repositories.person_roles import load_person_context
from tests.support.audit import audit_rows
from tests.support.authorization_matrix import CODES, COLUMNS, ROWS, SIDES
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, SELF
from tests.support.people import ALL, STRONG
from tests.support.permission_walk import USE_CASES, sample_members
from tests.support.rest_graphql_driver import FILES, GraphQL, Rest
from tests.support.service import SECRET, serving
from tests.support.units import tenant_connection

CONFIGURATION = msgspec.json.decode(msgspec.json.encode(PRODUCT))
BY_NAME = {use_case.__name__: use_case for use_case in USE_CASES}
PEOPLE = {
    "principal": "207267",
    "supervisor": "207285",
    "coach": "207246",
    "teacher": "207268",
    "admin": "207288",
    "researcher": "207249",
    "stranger": "207219",
}
SCHOOLS = {"in": "255901001", "out": "255901044"}
OTHER_LEADER, COLLEAGUE, UNSEEN = "207264", "207268", "207250"
RATED = {"ratings": [{"responsibility": "focus", "value": 4}]}
READS = ("read_", "list_", "count_", "decide_")
UNKNOWN = "01900000-0000-7000-8000-000000000001"
MAPPING = {
    "districtAdministrator": "supervisor",
    "systemAdministrator": "district_admin",
    "counselor": "staff",
    "ext:otherStaff": "staff",
}
"""The demo's own, so that putting it changes nobody's roles."""
numbers = count(1)


class Stage:
    """The demo and its neighbour with things about the leaders A and B, and a token that is whoever ``become`` names."""

    def __init__(self, service, district_id, http, foreign):
        self.service, self.district_id, self.http = service, district_id, http
        self.machine, self.foreign = Rest(http, service.app), Rest(foreign, service.app)
        self.actor, self.people, self.things, self._known = None, {}, {}, {}

    @property
    def drivers(self):
        return Rest(self.http, self.service.app), GraphQL(self.http)

    async def become(self, who):
        """Let the one token be of ``who`` from now on."""
        if who == "machine":
            self.actor = {"scopes": ALL}
        elif who == "partner":
            scopes = {s for s in ALL if s in PARTNER_SCOPES or s.startswith("observations:")}
            self.actor = {"id": "partner", "origin": "partner", "scopes": frozenset(scopes)}
        elif who == "evaluating":
            self.actor = {"id": "evaluating", "origin": "evaluating", "scopes": ALL, "evaluates": True}
        else:
            self.actor = await self._person(self.people[who])

    async def _person(self, person_id):
        if person_id not in self._known:
            self._known[person_id] = await self._loaded(person_id)
        return self._known[person_id]

    async def _loaded(self, person_id):
        async with tenant_connection(self.service.database.app_url, self.district_id) as raw:
            standing = await load_person_context(raw, self.district_id, person_id, methods=STRONG)
        kind = ActorKind.PERSON
        return {"kind": kind, "id": str(person_id), "origin": f"person:{person_id}", "person_context": standing, "scopes": ALL}

    async def as_machine(self, use_case, members, **headers):
        """What comes of it for the district's own application; the token is the former's again afterwards."""
        before, self.actor = self.actor, {"scopes": ALL}
        try:
            return await self.machine.made(use_case, members, **headers)
        finally:
            self.actor = before

    async def as_person(self, who, use_case, members):
        before = self.actor
        await self.become(who)
        try:
            return await self.machine.made(use_case, members)
        finally:
            self.actor = before

    async def made(self, kind, side):  # noqa: PLR0911 - a kind a case
        """A new thing of ``kind`` about the leader of ``side``: what a permitted change is tried on."""
        leader = self.things[side]["leader"]
        match kind:
            case "person":
                fresh = {"given_name": "Fresh", "family_name": f"Person {next(numbers)}", "role": "teacher"}
                school = {"school": {"id": self.things[side]["school"]}}
                return (await self.as_machine(invite_person, fresh | school))["id"]
            case "observation":
                return (await self.as_machine(push_observation, visit(leader, self.things[side]["school"])))["id"]
            case "assessment":
                return (await self.as_machine(assess_self, {"leader_id": leader} | SELF | RATED))["id"]
            case "initiative":
                return (await self.as_machine(create_initiative, PLAN | {"leader": {"id": leader}}))["id"]
            case "job":
                return (await self.as_machine(start_crosswalk, CROSSWALK))["id"]
            case "hold":
                about = {"about": "person", "person_id": await self.made("person", side), "reason": "litigation"}
                return (await self.as_machine(legal_holds.put_legal_hold, about))["id"]
            case "note":
                return (await self.as_person("principal", write_note, {"text": "Ask.", "leader_id": leader}))["id"]
        raise AssertionError(kind)

    async def ids_for(self, side, leader, school, person):
        """One of each kind for ``side``; ids of nobody where there is none."""
        self.things[side] = {"leader": leader, "school": school, "person": person}
        kinds = ("observation", "assessment", "initiative", "job", "hold", "note") if side == "in" else THINGS
        self.things[side] |= {kind: await self.made(kind, side) for kind in kinds}
        members = {"initiative_id": self.things[side]["initiative"]}
        self.things[side]["group"] = (await self.as_machine(create_group, members | CORE))["id"]


THINGS = ("observation", "assessment", "initiative")


def visit(leader, school, observer=None):
    return {
        "purpose": "formative",
        "leader": {"id": leader},
        "observer": observer or {"external_name": "Visitor"},
        "school": {"id": school},
        "observed_at": "2026-03-02T14:00:00Z",
        "setting": "classroom",
    } | RATED


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(module_database):
    ids = SeededIdGenerator(SEED, lambda: CLOCK)
    owner, served = (ConnectionPool(url, size=2) for url in (module_database.owner_url, module_database.app_url))
    demo, neighbour = await seed_demo(
        *[build_environment(e, SECRET, clock=lambda: CLOCK, new_id=ids) for e in (owner, served)], report=lambda _: None
    )
    await owner.close()
    await served.close()
    async with serving(module_database) as service:
        http = await service.client(demo.id, sorted(ALL), "walk")
        foreign = await service.client(neighbour.id, sorted(ALL), "walk")
        set_ = Stage(service, demo.id, http, foreign)
        listed = (await http.get("/v1/people", params={"limit": "100"})).json()["items"]
        found = {p["sourced_id"]: p["id"] for p in listed}
        schools = {s["sourced_id"]: s["id"] for s in (await http.get("/v1/schools")).json()["items"]}
        set_.people = {who: UUID(found[sourced_id]) for who, sourced_id in PEOPLE.items()}
        set_.named = {"admin": found["207288"], "colleague": found[COLLEAGUE], "unseen": found[UNSEEN]}
        assert found["207267"] == LEADER
        async with tenant_connection(module_database.app_url, demo.id) as raw:
            share = "insert into sharing (district_id, leader_id, coach_id, shared_at) values ($1, $2, $3, now())"
            await raw.execute(share, demo.id, LEADER, set_.people["coach"])
            grant = (
                "insert into role_grant (district_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, now(), 't')"
            )
            await raw.execute(grant, demo.id, set_.people["researcher"], "researcher")
            await raw.execute("COMMIT")
        with pytest.MonkeyPatch.context() as patched:
            known = TokenVerifier.authenticate

            async def actor_of(self, authorization):
                actor = await known(self, authorization)
                mine = actor.district_id == demo.id and set_.actor is not None
                return replace(actor, **set_.actor) if mine else replace(actor, scopes=ALL)

            patched.setattr(TokenVerifier, "authenticate", actor_of)
            await set_.ids_for("in", LEADER, schools[SCHOOLS["in"]], LEADER)
            await set_.ids_for("out", found[OTHER_LEADER], schools[SCHOOLS["out"]], found[OTHER_LEADER])
            set_.things["in"]["import"] = (await http.get("/v1/roster-imports/x")).status_code and ROSTER_IMPORT
            set_.things["foreign"] = await _foreign(set_.foreign)
            set_.things["absent"] = dict.fromkeys(set_.things["foreign"], UNKNOWN_ID)
            yield set_


ROSTER_IMPORT = "01a196fb-1600-7093-b215-6c552d777a57"


async def _foreign(driver):
    """Things of the neighbouring district."""
    from domain.directory.usecases.people_and_schools import list_leaders, list_schools

    leader = (await driver.made(list_leaders, {}))["items"][0]["id"]
    school = (await driver.made(list_schools, {}))["items"][0]["id"]
    initiative = (await driver.made(create_initiative, PLAN | {"leader": {"id": leader}}))["id"]
    group = (await driver.made(create_group, {"initiative_id": initiative} | CORE))["id"]
    hold = await driver.made(legal_holds.put_legal_hold, {"about": "person", "person_id": leader, "reason": "litigation"})
    return {
        "leader": leader,
        "person": leader,
        "school": school,
        "observation": (await driver.made(push_observation, visit(leader, school)))["id"],
        "assessment": (await driver.made(assess_self, {"leader_id": leader} | SELF | RATED))["id"],
        "initiative": initiative,
        "group": group,
        "job": (await driver.made(start_crosswalk, CROSSWALK))["id"],
        "hold": hold["id"],
        "import": UNKNOWN_ID,
        "note": UNKNOWN_ID,
    }


OF_KIND = {
    "person": (
        *("create_sign_in_code", "deactivate_person", "activate_person", "put_break_glass", "remove_identity_link"),
        *("erase_person", "grant_role", "withdraw_role", "merge_people", "put_legal_hold"),
    ),
    "observation": ("retract_observation",),
    "assessment": ("retract_assessment",),
    "initiative": ("edit_initiative", "create_group"),
    "group": ("edit_group", "put_estimate", "put_phases", "put_pulse", "put_stance_answers"),
    "job": ("cancel_job",),
    "hold": ("release_legal_hold",),
    "note": ("edit_note", "delete_note"),
}
"""Of changes the kind of thing that is made for each."""
KIND = {name: kind for kind, names in OF_KIND.items() for name in names}
VERSIONED = {"edit_initiative", "edit_group", "edit_note"}


async def command_for(stage, name, who, side, *, permitted):
    """The members of the command, about the thing of ``side``, and its headers."""
    ids = dict(stage.things[side])
    ids.setdefault("import", UNKNOWN_ID)
    for kind in ("note", "job", "hold"):
        ids.setdefault(kind, UNKNOWN_ID)
    kind = KIND.get(name)
    permitted = permitted and side in {"in", "out"}
    if permitted and kind == "group":
        ids["initiative"] = await stage.made("initiative", side)
        made = await stage.as_machine(create_group, {"initiative_id": ids["initiative"]} | CORE)
        ids["group"] = made["id"]
    elif permitted and kind is not None:
        ids[kind] = await stage.made(kind, side)
    members = dict(sample_members(ids, CONFIGURATION).get(BY_NAME[name], {}))
    headers = {"version": 1} if name in VERSIONED else {}
    change_ = await _special(stage, name, who, side, ids, permitted=permitted)
    if "version" in change_.get("headers", {}):
        headers = {"version": change_["headers"]["version"]}
    return members | change_.get("members", {}), headers


async def _special(stage, name, who, side, ids, *, permitted):  # noqa: PLR0911 - a table of cases
    """What of the members depends on who asks, or must be new in each call."""
    own = {"id": str(stage.people[who])} if who in stage.people else {"external_name": "Visitor"}
    pushed = visit(ids["leader"], stage.things["in" if side in {"foreign", "absent"} else side]["school"], own)
    n = next(numbers)
    match name:
        case "push_observation":
            return {"members": pushed | {"external_id": None, "external_version": None}}
        case "push_batch":
            return {"members": {"items": [pushed]}}
        case "assess_as_supervisor":
            return {"members": {"supervisor": own if who in stage.people else {"sourced_id": "207285"}}}
        case "create_instrument":
            return {"members": INSTRUMENT | {"code": f"walk-{n}"}}
        case "create_crosswalk" | "preview_crosswalk" | "start_crosswalk":
            instrument = {"code": f"walk-{n}", "version": "1"}
            if permitted:
                await stage.machine.made(create_instrument, INSTRUMENT | instrument)
            return {"members": CROSSWALK | {"code": f"map-{n}", "instrument": instrument}}
        case "create_initiative":
            return {"members": {"leader": {"id": ids["leader"]}}}
        case "edit_initiative":
            return {"members": {"leader": {"id": ids["leader"] if side in {"in", "out"} else LEADER}}}
        case "share":
            other = {"in": stage.named["colleague"], "out": stage.named["unseen"]}.get(side, ids["person"])
            return {"members": {"coach": {"id": other}}}
        case "unshare":
            return {"members": {"coach_id": stage.named["colleague"] if side == "in" else ids["person"]}}
        case "give_support_consent":
            other = {"in": stage.named["admin"], "out": stage.named["unseen"]}.get(side, ids["person"])
            return {"members": {"supporter": {"id": other}}}
        case "withdraw_support_consent":
            return {"members": {"supporter_id": stage.named["admin"] if side == "in" else ids["person"]}}
        case "write_note":
            return {"members": {"leader_id": ids["leader"]}}
        case "edit_note" | "delete_note":
            return {"members": {"note_id": ids["note"]}}
        case "put_identity_provider":
            return {"members": {"code": f"google-{n}"}}
        case "put_legal_hold":
            return {"members": {"about": "person", "person_id": ids["person"], "reason": "litigation"}}
        case "merge_people":
            return {"members": {"duplicate_id": await stage.made("person", "in") if permitted else UNKNOWN}}
        case "add_supervision" | "remove_supervision":
            return {"members": {"supervisor": {"sourced_id": "207288"}, "leader": {"id": ids["leader"]}}}
        case "put_configuration" | "start_configuration":
            held = (await stage.http.get("/v1/configuration")).headers["etag"] if permitted else '"1"'
            return {"headers": {"version": int(held.strip('"'))}}
        case "put_role_mapping":
            held = (await stage.http.get("/v1/roster/role-mapping")).headers["etag"] if permitted else '"1"'
            return {"members": MAPPING, "headers": {"version": int(held.strip('"'))}}
        case "put_retention" | "apply_retention" | "start_retention":
            held = int((await stage.http.get("/v1/retention")).headers["etag"].strip('"')) if permitted else 1
            if name == "put_retention":
                return {"headers": {"version": held}}
            return {"members": {"version": held}}
    return {}


async def outcome_code(stage, name, driver, members, headers):
    """What came of it, as the table writes it."""
    use_case = BY_NAME[name]
    answer = await driver.do(use_case, members, **headers)
    if answer.error is not None:
        return CODES.get(answer.error["code"], "i"), answer.error
    if use_case is push_batch:
        problem = answer.data["results"][0]["problem"]
        return ("o", None) if problem is None else (CODES.get(problem["code"], "i"), problem)
    if name.startswith("start_"):
        await stage.machine.do(cancel_job, {"job_id": answer.data["id"]})
    return "o", answer.data


def test_every_operation_has_its_row():
    assert set(ROWS) == set(BY_NAME)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("who", COLUMNS)
async def test_each_operation_does_for_each_asker_and_each_thing_what_the_table_says(stage, who):
    wrong = []
    for name, row in ROWS.items():
        expected = row[who]
        for side, letter in zip(SIDES, expected if len(expected) > 1 else expected[0], strict=False):
            if letter == "-":
                continue
            await stage.become(who)
            drivers = stage.drivers
            for driver in drivers[:1] if BY_NAME[name] in FILES and letter == "o" else drivers:
                permitted = letter == "o" and not name.startswith(READS)
                members, headers = await command_for(stage, name, who, side, permitted=permitted)
                got, why = await outcome_code(stage, name, driver, members, headers)
                if got != letter:
                    wrong.append((name, side, type(driver).__name__, f"{letter} expected, {got} came", why))
    assert not wrong, "\n".join(map(str, wrong))
    stage.actor = None


UNCHANGING = {"import_supervision", "put_supervision"}
"""Dry runs here."""
OF_THEIR_KIND = {"put_role_mapping", "put_configuration", "put_retention", "apply_retention"}
"""About something of which a district has one: its kind is named."""
NAMES_NOTHING = {
    "list_observations": "a page may hold nothing; what it holds is named leader by leader",
    "write_note": "nobody is told that somebody keeps a note",
    "edit_note": "as above",
    "delete_note": "as above",
    "mark_read": "one's own inbox",
    "put_preferences": "one's own wishes",
    "revoke_sessions": "none was named",
    "revoke_initial_access_tokens": "none was named",
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("who", ["machine", "principal"])
async def test_what_changes_or_reveals_something_leaves_a_row_that_names_its_object(stage, who):
    quiet, unnamed, reveal = [], [], 0
    for name, row in ROWS.items():
        use_case, changes = BY_NAME[name], not name.startswith(READS)
        reveals = bool(revealed_by_use_case(use_case))
        if row[who][0] != "o" or not (changes or reveals):
            continue
        await stage.become(who)
        members, headers = await command_for(stage, name, who, "in", permitted=changes)
        before = {row["id"] for row in await audit_rows(stage.service.database, stage.district_id)}
        letter, why = await outcome_code(stage, name, stage.drivers[0], members, headers)
        assert letter == "o", (name, why)
        rows = await audit_rows(stage.service.database, stage.district_id, name)
        new = [row for row in rows if row["id"] not in before]
        if not new and name not in UNCHANGING:
            quiet.append(name)
        named = "object_kind" if name in OF_THEIR_KIND else "object_id"
        if new and name not in NAMES_NOTHING and not any(row[named] for row in new):
            unnamed.append(name)
        reveal += reveals
    stage.actor = None
    assert (quiet, unnamed) == ([], [])
    assert reveal > 10
