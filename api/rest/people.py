"""Oneself, and who holds what in the district: roles, supervision, sharing, consent, notes, invitations."""

from dataclasses import dataclass, field
from typing import Literal

from fastapi import Request

from api.rest.example_ids import DUPLICATE, LEADER, NOBODY, NOTE
from api.rest.operations import Example, Operation, UseCase, router_of
from api.rest.requests import body_of, hear_query, if_match
from api.wire.limits import BODY_BYTES
from domain.people.commands import DRY_RUN, ImportSupervision
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

EDGE = {"supervisor": {"sourced_id": "207247"}, "leader": {"sourced_id": "207267"}}
FIRST = Example(summary="The first page.")
TOO_MANY = Example(summary="More than a page holds.", query={"limit": "1000"}, status=422)
MACHINE = "A machine has no self: for people who signed in."
CSV = ("text/csv", "application/octet-stream")
EDGES_FILE = "supervisorSourcedId,leaderSourcedId\r\n207247,207267\r\n"


@dataclass(frozen=True, kw_only=True)
class _Options:
    dry_run: bool = field(default=False, metadata=DRY_RUN)


async def _file(request: Request) -> ImportSupervision:
    """The file itself is the body; what to do with it stands in the query."""
    options: _Options = hear_query(_Options, request)
    csv = await body_of(request, BODY_BYTES, CSV)
    return ImportSupervision(csv=csv, dry_run=options.dry_run, expected_version=if_match(request))


def _mine(
    method: Literal["GET", "POST", "PUT"],
    path: str,
    use_case: UseCase,
    summary: str,
    body: object = None,
    *,
    status: int = 200,
    versioned: bool = False,
) -> Operation:
    """An operation on oneself: a machine has none."""
    known = {"coach_id": NOBODY, "supporter_id": NOBODY, "note_id": NOTE}
    members = {name: value for name, value in known.items() if f"{{{name}}}" in path}
    headers = {"If-Match": '"1"'} if versioned else {}
    mine = Example(summary="A leader.", body=body, path=members, headers=headers, status=status, person=True)
    return Operation(
        method=method,
        path=path,
        use_case=use_case,
        summary=summary,
        examples=(mine, Example(summary=MACHINE, body=body, path=members, headers=headers, status=403)),
        changes=method != "GET",
        status=status,
        versioned=versioned,
    )


ME = (
    _mine("GET", "/me", read_me, "Who one is here"),
    _mine("GET", "/me/shares", list_shares, "With whom one shares, and who shares with one"),
    _mine("POST", "/me/shares", share, "Show a coach what is about oneself", {"coach": {"sourced_id": "207246"}}),
    _mine("POST", "/me/shares/{coach_id}:withdraw", unshare, "Share no more", {}),
    _mine("GET", "/me/support-consents", list_support_consents, "Who may act in one's place now"),
    _mine(
        *("POST", "/me/support-consents", give_support_consent, "Let an administrator act in one's place"),
        {"supporter": {"sourced_id": "207288"}, "minutes": 30},
    ),
    _mine(*("POST", "/me/support-consents/{supporter_id}:withdraw", withdraw_support_consent, "Take that back"), {}),
    _mine("GET", "/me/notes", list_notes, "One's own notes"),
    _mine("POST", "/me/notes", write_note, "Keep a note", {"text": "Ask about the reading block."}, status=201),
    _mine("PUT", "/me/notes/{note_id}", edit_note, "Write a note anew", {"text": "Asked."}, versioned=True),
    _mine("POST", "/me/notes/{note_id}:delete", delete_note, "Throw a note away", {}),
)

ROLES = (
    Operation(
        method="GET",
        path="/role-grants",
        use_case=list_role_grants,
        summary="Roles given by hand",
        examples=(FIRST, TOO_MANY),
    ),
    Operation(
        method="POST",
        path="/people/{person_id}/role-grants",
        use_case=grant_role,
        summary="Give a person a role",
        changes=True,
        examples=(
            Example(summary="A coach.", path={"person_id": LEADER}, body={"role": "coach"}),
            Example(
                summary="A role that comes with a school.", path={"person_id": LEADER}, body={"role": "teacher"}, status=422
            ),
            Example(summary="Unknown.", path={"person_id": NOBODY}, body={"role": "coach"}, status=404),
        ),
    ),
    Operation(
        method="POST",
        path="/people/{person_id}/role-grants:withdraw",
        use_case=withdraw_role,
        summary="Take a role given by hand away",
        changes=True,
        examples=(
            Example(summary="Not held: nothing changes.", path={"person_id": LEADER}, body={"role": "researcher"}),
            Example(summary="Not given by hand.", path={"person_id": LEADER}, body={"role": "principal"}, status=422),
        ),
    ),
    Operation(
        method="POST",
        path="/invitations",
        use_case=invite_person,
        summary="Take in somebody whom the roster does not have",
        status=201,
        changes=True,
        location="/v1/people/{id}",
        examples=(
            Example(
                summary="A coach for the district.",
                body={"given_name": "Rosa", "family_name": "Marín", "email": "rosa@example.org", "role": "coach"},
                status=201,
            ),
            Example(
                summary="A teacher of no school.", body={"given_name": "A", "family_name": "B", "role": "teacher"}, status=422
            ),
        ),
    ),
)

MERGE = Operation(
    method="POST",
    path="/people/{person_id}:merge",
    use_case=merge_people,
    summary="Say that two records are of one person",
    changes=True,
    examples=(
        Example(summary="What would move.", path={"person_id": LEADER}, body={"duplicate_id": DUPLICATE, "dry_run": True}),
        Example(summary="The same record.", path={"person_id": LEADER}, body={"duplicate_id": LEADER}, status=422),
        Example(summary="Unknown.", path={"person_id": NOBODY}, body={"duplicate_id": LEADER}, status=404),
    ),
)

SUPERVISION = (
    Operation(
        method="GET",
        path="/supervision",
        use_case=list_supervision,
        summary="Who supervises whom",
        examples=(FIRST, Example(summary="Of one leader.", query={"leader_id": LEADER}), TOO_MANY),
    ),
    Operation(
        method="PUT",
        path="/supervision",
        use_case=put_supervision,
        summary="Say who supervises whom, all of it",
        changes=True,
        versioned=True,
        examples=(
            Example(summary="Somebody was faster.", body={"edges": [EDGE]}, headers={"If-Match": '"999"'}, status=412),
            Example(summary="What it would change.", body={"edges": [EDGE], "dry_run": True}),
            Example(summary="Nobody of that name.", body={"edges": [EDGE | {"leader": {"sourced_id": "0"}}]}, status=422),
        ),
    ),
    Operation(
        method="POST",
        path="/supervision",
        use_case=add_supervision,
        summary="Add one edge",
        changes=True,
        examples=(
            Example(summary="One edge.", body=EDGE),
            Example(summary="Nobody of that name.", body=EDGE | {"leader": {"sourced_id": "0"}}, status=422),
        ),
    ),
    Operation(
        method="POST",
        path="/supervision:remove",
        use_case=remove_supervision,
        summary="Remove one edge",
        changes=True,
        examples=(
            Example(summary="One edge.", body=EDGE),
            Example(summary="Nobody of that name.", body=EDGE | {"leader": {"sourced_id": "0"}}, status=422),
        ),
    ),
    Operation(
        method="POST",
        path="/supervision-imports",
        use_case=import_supervision,
        summary="Say who supervises whom by a CSV file",
        changes=True,
        versioned=True,
        hear=_file,
        body=("text/csv", {"type": "string"}),
        examples=(
            Example(summary="What it would change.", body=EDGES_FILE.encode(), query={"dry_run": "true"}),
            Example(summary="Other columns.", body=b"a,b\r\n", status=422),
        ),
    ),
)

router = router_of("/v1", "people", (*ME, *ROLES, MERGE, *SUPERVISION))
