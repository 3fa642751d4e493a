"""Who may stand in which edge, what a file of edges says, and what putting all of them changes."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from domain.directory.model import PersonRef
from domain.directory.ports import ReferencedPerson
from domain.directory.reference_resolution import PeopleByIdentifier, resolve_leader, resolve_person
from domain.people.commands import MOST_EDGES, Edge
from domain.people.views import EdgeView, SupervisionChangesView
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.ids import PersonId

COLUMNS = ("supervisorSourcedId", "leaderSourcedId")

SupervisionPair = tuple[PersonId, PersonId]
"""An edge: supervisor and leader."""


def resolve_edges(edges: Mapping[str, Edge], people: PeopleByIdentifier) -> tuple[SupervisionPair, ...]:
    """The people whom ``edges`` name, each edge once, in their order. Refuses (``Invalid``) with every fault.

    ``edges``: by the pointer to where each was said, at which its faults are.

    A supervisor is somebody who may supervise; a leader somebody who leads or led; nobody supervises themselves.
    """
    faults: list[FieldError] = []
    met: dict[SupervisionPair, None] = {}
    for at, edge in edges.items():
        who = resolve_person(edge.supervisor, people, f"{at}/supervisor")
        led = resolve_leader(edge.leader, people, f"{at}/leader")
        faults += [fault for fault in (who, led) if isinstance(fault, FieldError)]
        if isinstance(who, ReferencedPerson) and isinstance(led, ReferencedPerson):
            faults += _edge_errors(who, led, at)
            met[who.id, led.id] = None
    if faults:
        raise Invalid.of(faults)
    return tuple(met)


def _edge_errors(supervisor: ReferencedPerson, leader: ReferencedPerson, at: str) -> Iterator[FieldError]:
    if supervisor.id == leader.id:
        yield FieldError(
            pointer=f"{at}/leader", code=Code.NOT_ALLOWED, detail="nobody supervises themselves; name another leader"
        )
    elif not supervisor.may_supervise:
        detail = "this person holds neither supervisor nor district_admin; grant the role, or map the roster's"
        yield FieldError(pointer=f"{at}/supervisor", code=Code.NOT_A_SUPERVISOR, detail=detail)


def diff_supervision(
    current: Collection[SupervisionPair], target: Collection[SupervisionPair], *, version: int, dry_run: bool
) -> SupervisionChangesView:
    """What comes, what goes and how much stays when ``wanted`` takes the place of ``held``, which is then ``version``."""
    before, after = set(current), set(target)
    return SupervisionChangesView(
        dry_run=dry_run,
        added=tuple(EdgeView(supervisor_id=s, leader_id=led) for s, led in sorted(after - before)),
        removed=tuple(EdgeView(supervisor_id=s, leader_id=led) for s, led in sorted(before - after)),
        unchanged=len(before & after),
        version=version,
    )


def parse_supervision_csv(file: bytes) -> dict[str, Edge]:
    """The edges that a CSV file names by sourcedId, each by the pointer to its line, where ``/0`` is the heading.

    Refused: other columns, cells left empty, too many rows, no UTF-8.
    """
    try:
        text = file.decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        if tuple(cell.strip() for cell in next(rows, ())) != COLUMNS:
            raise Invalid.at("/0", Code.MALFORMED, f"the first line is exactly {','.join(COLUMNS)}")
        filled = ((line, row) for line, row in enumerate(rows, start=1) if any(cell.strip() for cell in row))
        # One more than are taken: what follows is not even read.
        told = {f"/{line}": row for line, row in islice(filled, MOST_EDGES + 1)}
    except (UnicodeDecodeError, csv.Error):
        raise Invalid.at("", Code.MALFORMED, "this is no CSV file in UTF-8; export it again") from None
    if len(told) > MOST_EDGES:
        raise Invalid.at("", Code.TOO_LONG, f"at most {MOST_EDGES} edges")
    faults = [
        FieldError(pointer=at, code=Code.MALFORMED, detail="two sourcedIds of 1 to 200 printable characters each")
        for at, row in told.items()
        if not _is_complete(row)
    ]
    if faults:
        raise Invalid.of(faults)
    return {
        at: Edge(supervisor=PersonRef(sourced_id=row[0].strip()), leader=PersonRef(sourced_id=row[1].strip()))
        for at, row in told.items()
    }


def _is_complete(row: Sequence[str]) -> bool:
    return len(row) == len(COLUMNS) and all(cell.strip() and len(cell) <= 200 and cell.strip().isprintable() for cell in row)
