"""One function each."""

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

__all__ = [
    "add_supervision",
    "delete_note",
    "edit_note",
    "give_support_consent",
    "grant_role",
    "import_supervision",
    "invite_person",
    "list_notes",
    "list_role_grants",
    "list_shares",
    "list_supervision",
    "list_support_consents",
    "merge_people",
    "put_supervision",
    "read_me",
    "remove_supervision",
    "share",
    "unshare",
    "withdraw_role",
    "withdraw_support_consent",
    "write_note",
]
