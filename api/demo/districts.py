"""The demo's content, made through the same use cases that any client calls."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

from api.demo.accounts import make_people
from api.demo.initiative import make_initiative
from api.demo.lakeside_roster import lakeside_package
from api.demo.observations import crosswalk, make_evidence, make_rubric
from api.demo.seeder import CLOCK, MadeDistrict, Maker, Say
from api.execution.runner import World
from domain.directory.commands import ListLeaders, ListPeople, ListSchools
from domain.directory.usecases.people_and_schools import list_leaders, list_people, list_schools
from domain.jobs.commands import CancelJob
from domain.jobs.usecases.manage import cancel_job
from domain.jobs.usecases.start import start_crosswalk
from domain.privacy.commands import PutLegalHold
from domain.privacy.usecases.legal_holds import put_legal_hold
from domain.roster.commands import ImportRoster, PutRoleMapping
from domain.roster.role_mapping import RoleMappingEntry
from domain.roster.usecases import import_roster, put_role_mapping
from domain.shared.legal_holds import HoldAbout, HoldReason
from domain.shared.roles import Role


async def make_demo(owner: World, app: World, say: Say) -> tuple[MadeDistrict, ...]:
    """Grand Bend with a year of evidence and an initiative, and a small neighbour that must see nothing of it."""
    maker = Maker(owner, app)
    grand_bend = await _begun(maker, "Grand Bend ISD", "America/Chicago", "grand-bend", grand_bend_package())
    say("district Grand Bend ISD")
    await _map_roles(maker)
    await make_rubric(maker)
    await make_evidence(maker, grand_bend.leaders)
    say("walkthroughs and assessments of a year")
    initiative_id = await make_initiative(maker)
    say("an initiative, and how three groups feel it")
    lakeside = await _begun(Maker(owner, app), "Lakeside Unified", "America/New_York", "lakeside", lakeside_package())
    say("district Lakeside, a neighbour")
    await _cancelled_job(maker)
    await _hold(maker)
    people = await make_people(maker, grand_bend.id)
    say("people who can sign in")
    return replace(grand_bend, initiative_id=initiative_id, people=people), lakeside


def grand_bend_package() -> bytes:
    """The Ed-Fi Alliance's public sample district (Apache-2.0, see NOTICE)."""
    return files("api.demo").joinpath("grand-bend-oneroster-1.2-bulk.zip").read_bytes()


async def _begun(maker: Maker, name: str, time_zone: str, slug: str, package: bytes) -> MadeDistrict:
    district_id = await maker.district(name, time_zone, slug)
    await maker.do(import_roster, ImportRoster(package=package))
    return MadeDistrict(
        id=district_id,
        name=name,
        clients=tuple(maker.views),
        schools=(await maker.do(list_schools, ListSchools(limit=100))).items,
        leaders=(await maker.do(list_leaders, ListLeaders(limit=100))).items,
        initiative_id=None,
        slug=slug,
    )


async def _cancelled_job(maker: Maker) -> None:
    """A job to look at, which no worker will take: what it would have done is done already."""
    job = await maker.do(start_crosswalk, crosswalk())
    await maker.do(cancel_job, CancelJob(job_id=job.id))


async def _hold(maker: Maker) -> None:
    """A legal hold that has run out: there is one to look at, and it stands in nobody's way."""
    [teacher] = (await maker.do(list_people, ListPeople(sourced_id="207219"))).items
    until = CLOCK + timedelta(hours=1)
    about = PutLegalHold(about=HoldAbout.PERSON, person_id=teacher.id, reason=HoldReason.RECORDS_REQUEST, until=until)
    await maker.do(put_legal_hold, about)


async def _map_roles(maker: Maker) -> None:
    roles = {
        "districtAdministrator": Role.SUPERVISOR,
        "systemAdministrator": Role.DISTRICT_ADMIN,
        "counselor": Role.STAFF,
        "ext:otherStaff": Role.STAFF,
    }
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in roles.items())
    await maker.do(put_role_mapping, PutRoleMapping(entries=entries, expected_version=0))
