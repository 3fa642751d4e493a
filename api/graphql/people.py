"""The signed-in person; roles, supervision and invitations in the district."""

import strawberry

from api.graphql.fields import connection_field, mutation_field, query_field
from domain.people.usecases.invitations import invite_person
from domain.people.usecases.me import read_me
from domain.people.usecases.merge_people import merge_people
from domain.people.usecases.notes import delete_note, edit_note, list_notes, write_note
from domain.people.usecases.role_grants import grant_role, list_role_grants, withdraw_role
from domain.people.usecases.sharing import list_shares, share, unshare
from domain.people.usecases.supervision import (
    add_supervision,
    import_supervision,
    list_supervision,
    put_supervision,
    remove_supervision,
)
from domain.people.usecases.support_consent import give_support_consent, list_support_consents, withdraw_support_consent


@strawberry.type
class PeopleQuery:
    me = query_field(read_me)
    shares = query_field(list_shares)
    support_consents = query_field(list_support_consents)
    notes = connection_field(list_notes)
    role_grants = connection_field(list_role_grants)
    supervision = connection_field(list_supervision)


@strawberry.type
class PeopleMutation:
    share = mutation_field(share)
    unshare = mutation_field(unshare)
    give_support_consent = mutation_field(give_support_consent)
    withdraw_support_consent = mutation_field(withdraw_support_consent)
    write_note = mutation_field(write_note)
    edit_note = mutation_field(edit_note)
    delete_note = mutation_field(delete_note)
    grant_role = mutation_field(grant_role)
    withdraw_role = mutation_field(withdraw_role)
    invite_person = mutation_field(invite_person)
    merge_people = mutation_field(merge_people)
    put_supervision = mutation_field(put_supervision)
    add_supervision = mutation_field(add_supervision)
    remove_supervision = mutation_field(remove_supervision)
    import_supervision = mutation_field(import_supervision)
