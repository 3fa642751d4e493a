"""The signed-in person: sharing, support consents, notes."""

from dataclasses import replace
from typing import Annotated

from api.rest.example_ids import NOTE, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.people.commands import (
    DeleteNote,
    EditNote,
    GiveSupportConsent,
    ListNotes,
    ListShares,
    ListSupportConsents,
    ReadMe,
    Share,
    Unshare,
    WithdrawSupportConsent,
    WriteNote,
)
from domain.people.usecases import me, notes, sharing, support_consent
from domain.people.views import (
    DoneView,
    MeView,
    NoteView,
    SharesView,
    ShareView,
    SupportConsentsView,
    SupportConsentView,
)
from domain.shared.paging import Page

CLIENT_HAS_NO_SELF = "With a machine client's token: only signed-in people may call this."
FIRST_VERSION = {"If-Match": '"1"'}


def _own_examples(
    body: object = None, *, path: dict[str, str] | None = None, headers: dict[str, str] | None = None, status: int = 200
) -> tuple[Example, Example]:
    """Return the examples of an operation on the current user: a person's, and a machine client's."""
    own = Example(summary="A leader.", body=body, path=path or {}, headers=headers or {}, status=status, person=True)
    return own, replace(own, summary=CLIENT_HAS_NO_SELF, status=403, person=False)


router = Router(prefix="/v1", tags=["people"])


@router.get("/me")
@operation(me.read_me, *_own_examples())
async def read_me(cmd: Annotated[ReadMe, from_query(ReadMe)], runner: Runner) -> MeView:
    """Read your name, roles and permissions."""
    return await runner.run(me.read_me, cmd)


@router.get("/me/shares")
@operation(sharing.list_shares, *_own_examples())
async def list_shares(cmd: Annotated[ListShares, from_query(ListShares)], runner: Runner) -> SharesView:
    """List with whom you share, and who shares with you."""
    return await runner.run(sharing.list_shares, cmd)


@router.post("/me/shares")
@operation(sharing.share, *_own_examples(body={"coach": {"sourced_id": "207246"}}))
async def share(body: Share, runner: KeyedRunner) -> ShareView:
    """Share your data with a coach."""
    return await runner.run_idempotent(sharing.share, body)


@router.post("/me/shares/{coach_id:uuid}:withdraw")
@operation(sharing.unshare, *_own_examples(body={}, path={"coach_id": UNKNOWN_ID}))
async def unshare(cmd: Annotated[Unshare, from_body(Unshare, "coach_id")], runner: KeyedRunner) -> DoneView:
    """Stop sharing with a coach."""
    return await runner.run_idempotent(sharing.unshare, cmd)


@router.get("/me/support-consents")
@operation(support_consent.list_support_consents, *_own_examples())
async def list_support_consents(
    cmd: Annotated[ListSupportConsents, from_query(ListSupportConsents)], runner: Runner
) -> SupportConsentsView:
    """List the administrators who may act for you now."""
    return await runner.run(support_consent.list_support_consents, cmd)


@router.post("/me/support-consents")
@operation(support_consent.give_support_consent, *_own_examples(body={"supporter": {"sourced_id": "207288"}, "minutes": 30}))
async def give_support_consent(body: GiveSupportConsent, runner: KeyedRunner) -> SupportConsentView:
    """Allow an administrator to act for you."""
    return await runner.run_idempotent(support_consent.give_support_consent, body)


@router.post("/me/support-consents/{supporter_id:uuid}:withdraw")
@operation(support_consent.withdraw_support_consent, *_own_examples(body={}, path={"supporter_id": UNKNOWN_ID}))
async def withdraw_support_consent(
    cmd: Annotated[WithdrawSupportConsent, from_body(WithdrawSupportConsent, "supporter_id")], runner: KeyedRunner
) -> DoneView:
    """Withdraw a support consent."""
    return await runner.run_idempotent(support_consent.withdraw_support_consent, cmd)


@router.get("/me/notes")
@operation(notes.list_notes, *_own_examples())
async def list_notes(cmd: Annotated[ListNotes, from_query(ListNotes)], runner: Runner) -> Page[NoteView]:
    """List your notes."""
    return await runner.run(notes.list_notes, cmd)


@router.post("/me/notes", status_code=201)
@operation(notes.write_note, *_own_examples(body={"text": "Ask about the reading block."}, status=201))
async def write_note(body: WriteNote, runner: KeyedRunner) -> NoteView:
    """Write a note."""
    return await runner.run_idempotent(notes.write_note, body)


@router.put("/me/notes/{note_id:uuid}")
@operation(notes.edit_note, *_own_examples(body={"text": "Asked."}, path={"note_id": NOTE}, headers=FIRST_VERSION))
async def edit_note(cmd: Annotated[EditNote, from_body(EditNote, "note_id")], runner: KeyedRunner) -> NoteView:
    """Replace the text of a note."""
    return await runner.run_idempotent(notes.edit_note, cmd)


@router.post("/me/notes/{note_id:uuid}:delete")
@operation(notes.delete_note, *_own_examples(body={}, path={"note_id": NOTE}))
async def delete_note(cmd: Annotated[DeleteNote, from_body(DeleteNote, "note_id")], runner: KeyedRunner) -> DoneView:
    """Delete a note."""
    return await runner.run_idempotent(notes.delete_note, cmd)
