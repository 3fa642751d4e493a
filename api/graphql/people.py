"""Oneself, and who holds what in the district."""

import strawberry

from api.graphql.fields import changes, lists, reads
from domain.people import usecases


@strawberry.type
class PeopleQuery:
    me = reads(usecases.read_me)
    shares = reads(usecases.list_shares)
    support_consents = reads(usecases.list_support_consents)
    notes = lists(usecases.list_notes)
    role_grants = lists(usecases.list_role_grants)
    supervision = lists(usecases.list_supervision)


@strawberry.type
class PeopleMutation:
    share = changes(usecases.share)
    unshare = changes(usecases.unshare)
    give_support_consent = changes(usecases.give_support_consent)
    withdraw_support_consent = changes(usecases.withdraw_support_consent)
    write_note = changes(usecases.write_note)
    edit_note = changes(usecases.edit_note)
    delete_note = changes(usecases.delete_note)
    grant_role = changes(usecases.grant_role)
    withdraw_role = changes(usecases.withdraw_role)
    invite_person = changes(usecases.invite_person)
    merge_people = changes(usecases.merge_people)
    put_supervision = changes(usecases.put_supervision)
    add_supervision = changes(usecases.add_supervision)
    remove_supervision = changes(usecases.remove_supervision)
    import_supervision = changes(usecases.import_supervision)
