"""The demo's districts, created through the use cases that any client calls."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

from api.demo.accounts import seed_users
from api.demo.initiative import seed_initiative
from api.demo.lakeside_roster import lakeside_package
from api.demo.observations import crosswalk, seed_evidence, seed_rubric
from api.demo.seeder import CLOCK, Report, SeededDistrict, Seeder
from api.execution.runner import Environment
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


async def seed_demo(owner: Environment, app: Environment, report: Report) -> tuple[SeededDistrict, ...]:
    """Create Grand Bend with a year of evidence and an initiative, and a small second district, isolated from it."""
    seeder = Seeder(owner, app)
    grand_bend = await _seed_district(seeder, "Grand Bend ISD", "America/Chicago", "grand-bend", grand_bend_package())
    report("district Grand Bend ISD")
    await _map_roles(seeder)
    await seed_rubric(seeder)
    await seed_evidence(seeder, grand_bend.leaders)
    report("walkthroughs and assessments of a year")
    initiative_id = await seed_initiative(seeder)
    report("an initiative with three groups, their estimates and answers")
    lakeside = await _seed_district(Seeder(owner, app), "Lakeside Unified", "America/New_York", "lakeside", lakeside_package())
    report("district Lakeside Unified")
    await _seed_cancelled_job(seeder)
    await _seed_expired_legal_hold(seeder)
    people = await seed_users(seeder, grand_bend.id)
    report("people who can sign in")
    return replace(grand_bend, initiative_id=initiative_id, people=people), lakeside


def grand_bend_package() -> bytes:
    """Return the Ed-Fi Alliance's public sample district (Apache-2.0, see NOTICE)."""
    return files("api.demo").joinpath("grand-bend-oneroster-1.2-bulk.zip").read_bytes()


async def _seed_district(seeder: Seeder, name: str, time_zone: str, slug: str, package: bytes) -> SeededDistrict:
    district_id = await seeder.add_district(name, time_zone, slug)
    await seeder.run_as_client(import_roster, ImportRoster(package=package))
    return SeededDistrict(
        id=district_id,
        name=name,
        clients=tuple(seeder.views),
        schools=(await seeder.run_as_client(list_schools, ListSchools(limit=100))).items,
        leaders=(await seeder.run_as_client(list_leaders, ListLeaders(limit=100))).items,
        initiative_id=None,
        slug=slug,
    )


async def _seed_cancelled_job(seeder: Seeder) -> None:
    """Create a job as an example, cancelled so that no worker runs it."""
    job = await seeder.run_as_client(start_crosswalk, crosswalk())
    await seeder.run_as_client(cancel_job, CancelJob(job_id=job.id))


async def _seed_expired_legal_hold(seeder: Seeder) -> None:
    """Create a legal hold as an example, expired so that it prevents no erasure."""
    [teacher] = (await seeder.run_as_client(list_people, ListPeople(sourced_id="207219"))).items
    until = CLOCK + timedelta(hours=1)
    command = PutLegalHold(about=HoldAbout.PERSON, person_id=teacher.id, reason=HoldReason.RECORDS_REQUEST, until=until)
    await seeder.run_as_client(put_legal_hold, command)


async def _map_roles(seeder: Seeder) -> None:
    roles = {
        "districtAdministrator": Role.SUPERVISOR,
        "systemAdministrator": Role.DISTRICT_ADMIN,
        "counselor": Role.STAFF,
        "ext:otherStaff": Role.STAFF,
    }
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in roles.items())
    await seeder.run_as_client(put_role_mapping, PutRoleMapping(entries=entries, expected_version=0))
