"""Oneself, and who holds what in the district."""

import strawberry

from api.graphql.fields import changes, lists, reads
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
    me = reads(read_me)
    shares = reads(list_shares)
    support_consents = reads(list_support_consents)
    notes = lists(list_notes)
    role_grants = lists(list_role_grants)
    supervision = lists(list_supervision)


@strawberry.type
class PeopleMutation:
    share = changes(share)
    unshare = changes(unshare)
    give_support_consent = changes(give_support_consent)
    withdraw_support_consent = changes(withdraw_support_consent)
    write_note = changes(write_note)
    edit_note = changes(edit_note)
    delete_note = changes(delete_note)
    grant_role = changes(grant_role)
    withdraw_role = changes(withdraw_role)
    invite_person = changes(invite_person)
    merge_people = changes(merge_people)
    put_supervision = changes(put_supervision)
    add_supervision = changes(add_supervision)
    remove_supervision = changes(remove_supervision)
    import_supervision = changes(import_supervision)
