"""The data map: who may what, and what people hold of each other: roles given by hand, sharing, notes, merged records."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, about, free_text, identifies, plain, refers
from domain.privacy.data_map.model import Does, Link, OnMerge, Table

ADMIN = "who administers the district"
SELF = "the person alone"
SERVICE = "the service"
WITH_PERSON = "with the person, or the district"
PERSON = (Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.DELETE),)


def _links(on_merge: OnMerge, *columns: str) -> tuple[Link, ...]:
    return tuple(Link(column=column, does=Does.DELETE, on_merge=on_merge) for column in columns)


TABLES = (
    Table(
        name="role_grant",
        purpose="Roles given by hand: administration, research, supervision, coaching.",
        read_by=ADMIN,
        erased=WITH_PERSON,
        links=PERSON,
        columns=(
            *DISTRICT,
            *refers(person_id="Who holds it."),
            *about(role="Which."),
            *plain(granted_at="Since when.", granted_by="Who gave it, as kind and id."),
        ),
    ),
    Table(
        name="supervision",
        purpose="Who supervises whom.",
        read_by=ADMIN,
        erased="with either person, or the district",
        links=_links(OnMerge.MOVE, "supervisor_id", "leader_id"),
        columns=(*DISTRICT, *refers(supervisor_id="Who supervises.", leader_id="Whom."), *plain(since="Since when.")),
    ),
    Table(
        name="sharing",
        purpose="To whom a leader shows what is about them.",
        read_by="the two people",
        erased="with either person, or the district",
        links=_links(OnMerge.DELETE, "leader_id", "coach_id"),
        columns=(
            *DISTRICT,
            *refers(leader_id="Who shares.", coach_id="With whom."),
            *plain(shared_at="Since when.", until="Last day."),
        ),
    ),
    Table(
        name="support_consent",
        purpose="Who may act in somebody's place, for minutes.",
        read_by="the two people",
        erased="with either person, or the district",
        links=_links(OnMerge.DELETE, "person_id", "supporter_id"),
        travels=False,
        why_not="over within hours",
        columns=(
            *DISTRICT,
            *refers(person_id="In whose place.", supporter_id="Who may act."),
            *plain(given_at="Since when.", until="Until when."),
        ),
    ),
    Table(
        name="private_note",
        purpose="Notes that their author alone sees.",
        read_by=SELF,
        erased="with the author, the leader it is about, or the district",
        links=(*_links(OnMerge.DELETE, "author_id"), *_links(OnMerge.MOVE, "leader_id")),
        travels=False,
        why_not="nobody but the author may read them, whoever holds the package included",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *refers(author_id="Whose.", leader_id="About whom."),
            *free_text(text="The note."),
            *plain(version="Its version.", created_at="When it was written.", changed_at="When it was written last."),
        ),
    ),
    Table(
        name="person_merge",
        purpose="Records that were found to be another person's, so that a roster which names both means one.",
        read_by=SERVICE,
        erased="with the person kept, or the district",
        links=_links(OnMerge.MOVE, "kept_id"),
        columns=(
            *DISTRICT,
            *plain(merged_id="The id that is no more."),
            *refers(kept_id="Whose record it was."),
            *identifies(sourced_id="What the roster called it.", identifier="Its staff number."),
            *plain(merged_at="When."),
        ),
    ),
)
