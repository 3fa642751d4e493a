"""Accounts of the demo: a principal, a supervisor, a teacher and a district administrator."""

import secrets

from api.demo.seeder import DemoUser, Seeder
from api.sign_in.password_hashing import Argon2
from api.sign_in.service import anonymous_actor, bind_ports
from domain.accounts.commands import CreateSignInCode, RedeemCode, WaiveSecondFactor
from domain.accounts.usecases.admin import create_sign_in_code, waive_second_factor
from domain.accounts.usecases.one_time_codes import redeem_code
from domain.directory.client_commands import EnableClient
from domain.directory.commands import ListPeople
from domain.directory.model import PersonRef
from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from domain.directory.usecases.districts_and_clients import enable_client
from domain.directory.usecases.people_and_schools import list_people
from domain.people.commands import AddSupervision, GrantRole, WriteNote
from domain.people.usecases.notes import write_note
from domain.people.usecases.role_grants import grant_role
from domain.people.usecases.supervision import add_supervision
from domain.shared.ids import DistrictId, PersonId
from domain.shared.roles import Role

USERS = (("principal", "207267"), ("supervisor", "207285"), ("teacher", "207219"), ("district_admin", "207288"))
"""Role of each user, and their sourcedId in the roster."""


async def seed_users(seeder: Seeder, district_id: DistrictId) -> tuple[DemoUser, ...]:
    """Create the accounts as an administrator would, by roles, supervision and one-time codes; return their passwords."""
    ids = {role: await _person_id(seeder, sourced_id) for role, sourced_id in USERS}
    admin, leader = ids["district_admin"], ids["principal"]
    await seeder.run_as_operator(grant_role, GrantRole(person_id=admin, role=Role.DISTRICT_ADMIN))
    # A real administrator needs a second factor; users of the demo should not have to set one up.
    await seeder.run_as_operator(waive_second_factor, WaiveSecondFactor(person_id=admin))
    for supervisor in (ids["supervisor"], await _person_id(seeder, "207247")):
        edge = AddSupervision(supervisor=PersonRef(id=supervisor), leader=PersonRef(id=leader))
        await seeder.run_as_operator(add_supervision, edge)
    people = tuple([await _create_account(seeder, district_id, role, person_id) for role, person_id in ids.items()])
    await seeder.run_as_owner(enable_client, EnableClient(client_id=NATIVE_CLIENT_ID))
    await seeder.run_as_person(write_note, WriteNote(text="Ask the team about the reading block.", leader_id=leader), leader)
    return people


async def _person_id(seeder: Seeder, sourced_id: str) -> PersonId:
    [person] = (await seeder.run_as_client(list_people, ListPeople(sourced_id=sourced_id))).items
    return person.id


async def _create_account(seeder: Seeder, district_id: DistrictId, role: str, person_id: PersonId) -> DemoUser:
    code = await seeder.run_as_operator(create_sign_in_code, CreateSignInCode(person_id=person_id))
    password = secrets.token_urlsafe(12)
    command = RedeemCode(code=code.code, username=role, password=password, address=role.encode())
    await seeder.run_as(anonymous_actor(district_id), bind_ports(redeem_code, passwords=Argon2()), command)
    return DemoUser(role=role, username=role, password=password, id=person_id)
