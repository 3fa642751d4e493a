"""The data map of initiatives, and of what keeping data needs itself."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, about, free_text, plain, refers, secret
from domain.privacy.data_map.model import Does, Link, OnMerge, Table
from domain.privacy.retention_policy import RetentionKind

CHANGE = "who may read the leader's initiatives"
ADMIN = "who administers the district"

TABLES = (
    Table(
        name="initiative",
        purpose="Changes that a school undertakes.",
        read_by=CHANGE,
        erased="with the leader, or the district",
        links=(Link(column="leader_id", does=Does.DELETE, on_merge=OnMerge.MOVE),),
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(version="Its version.", external_id="The sender's id of it."),
            *refers(leader_id="Who leads it."),
            *free_text(title="What it is called."),
            *about(
                focus_area="What it is about.",
                practice="The practice it begins.",
                school_id="Where.",
                starts_on="First day.",
                ends_on="Last day.",
                decide_by="When a decision is due.",
                stakes="How much hangs on it.",
                goal_tied_to_student_learning="Whether the goal is.",
                about_teaching_and_learning="Whether it is.",
            ),
            *plain(created_at="When it was described."),
        ),
    ),
    Table(
        name="stakeholder_group",
        purpose="Groups who feel a change, and what the leader expects of them.",
        read_by=CHANGE,
        erased="with the initiative",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(initiative_id="Of which initiative.", version="Its version.", external_id="The sender's id of it."),
            *free_text(name="What it is called."),
            *about(
                size="How many people.",
                role="Implementing, affected or supporting.",
                must_change_practice="Whether they must.",
                estimate="What the leader expects them to feel.",
                create_demand="Phase.",
                implement="Phase.",
                manage_transitions="Phase.",
                monitor_evaluate="Phase.",
                stance_answers="What the leader answered about a decision.",
            ),
            *plain(created_at="When it was described."),
        ),
    ),
    Table(
        name="pulse_answer",
        purpose="What people of a group answered, without who.",
        read_by=f"{CHANGE}: only as a summary, from five people on",
        erased="by age, whole; with the initiative",
        retention=RetentionKind.PULSES,
        columns=(
            *DISTRICT,
            *plain(id="A random id that tells nothing.", group_id="Of which group.", answered_on="On which day."),
            *plain(answers="Seven answers; nobody knows whose."),
        ),
    ),
    Table(
        name="idempotency",
        purpose="What an Idempotency-Key was answered with.",
        read_by="who asked",
        erased="by age; at once when anybody is erased",
        retention=RetentionKind.IDEMPOTENCY,
        travels=False,
        why_not="kept for a day",
        columns=(
            *DISTRICT,
            *plain(actor="Who asked.", operation="What.", key="Their key.", fingerprint="A keyed digest of the request."),
            *about(answer="The answer."),
            *plain(created_at="When."),
        ),
    ),
    Table(
        name="legal_hold",
        purpose="What may be neither erased nor retired.",
        read_by=ADMIN,
        erased="by age once it holds no more; with the person, or the district",
        retention=RetentionKind.RELEASED_HOLDS,
        links=(Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.MOVE),),
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(about="A person or the district."),
            *refers(person_id="About whom."),
            *plain(
                reason="Why, as a code.",
                set_by="Who put it.",
                set_at="When.",
                until="Until when it holds.",
                released_by="Who released it.",
                released_at="When.",
            ),
        ),
    ),
    Table(
        name="retention_policy",
        purpose="How long the district keeps things.",
        read_by=ADMIN,
        erased="with the district",
        columns=(
            *DISTRICT,
            *plain(version="Its version.", own="Kind by kind.", changed_at="When."),
            *plain(applied_on="On which day it was last applied by the clock."),
        ),
    ),
    Table(
        name="erasure_certificate",
        purpose="Proof of erasures.",
        read_by=ADMIN,
        erased="with the district",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(created_at="When.", document="Counts and digests.", signature="Under the installation's key."),
        ),
    ),
    Table(
        name="erasure",
        purpose="Who must not come back.",
        read_by="the service",
        erased="with the district",
        travels=False,
        why_not="keyed to this installation: in another one it would match nobody",
        columns=(
            *DISTRICT,
            *secret(digest="A keyed digest of an id, a sourcedId or a staff number."),
            *plain(certificate_id="The certificate.", erased_at="When."),
        ),
    ),
)
