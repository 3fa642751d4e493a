"""The data map of schools, people and rosters."""

from domain.privacy.data_map.columns import DISTRICT, OWN_ID, about, identifies, plain, refers
from domain.privacy.data_map.model import Does, Link, OnMerge, Table
from domain.privacy.retention_policy import RetentionKind

STAFF = "who may read the directory"
ROSTER = "who may write the roster"
ENDS = {"active": "Whether the roster lists it now.", "ended_at": "Since when it does not."}

TABLES = (
    Table(
        name="org",
        purpose="Schools, the district's own organisation, departments.",
        read_by=STAFF,
        erased="with the district",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                sourced_id="The roster's id.",
                name="What people call it.",
                type="School, district, department.",
                identifier="A public number, as the state's.",
                parent_id="What it belongs to.",
                **ENDS,
            ),
        ),
    ),
    Table(
        name="academic_session",
        purpose="School years of the roster.",
        read_by=STAFF,
        erased="with the district",
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(
                sourced_id="The roster's id.",
                title="What people call it.",
                starts_on="First day.",
                ends_on="Last day.",
                school_year="The year it ends in.",
                **ENDS,
            ),
        ),
    ),
    Table(
        name="person",
        purpose="Members of staff, as the roster has them.",
        read_by=STAFF,
        erased="with the person, or the district",
        retention=RetentionKind.ROSTER_LEAVERS,
        links=(Link(column="id", does=Does.DELETE, on_merge=OnMerge.DELETE),),
        columns=(
            *DISTRICT,
            *refers(id="Our own id."),
            *identifies(
                sourced_id="The roster's id.",
                given_name="Given name.",
                middle_name="Middle name.",
                family_name="Family name.",
                preferred_given_name="Preferred given name.",
                preferred_middle_name="Preferred middle name.",
                preferred_family_name="Preferred family name.",
                email="E-mail address.",
                email_folded="The same in small letters, for looking up.",
                username="User name in the district.",
                username_folded="The same in small letters, for looking up.",
                identifier="Staff number.",
            ),
            *about(enabled="The provider's word on the account.", **ENDS),
        ),
    ),
    Table(
        name="person_user_id",
        purpose="What other systems call a person.",
        read_by=STAFF,
        erased="with the person, or the district",
        links=(Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.DELETE),),
        columns=(
            *DISTRICT,
            *refers(person_id="Whose."),
            *plain(type="Which system."),
            *identifies(value="That system's id."),
        ),
    ),
    Table(
        name="assignment",
        purpose="Who works where, and as what.",
        read_by=STAFF,
        erased="with the person, or the district",
        links=(Link(column="person_id", does=Does.DELETE, on_merge=OnMerge.MOVE),),
        columns=(
            *DISTRICT,
            *OWN_ID,
            *identifies(sourced_id="The roster's id of the row."),
            *refers(person_id="Who."),
            *about(
                org_id="Where.",
                role_sent="The role as the roster writes it.",
                role_type="Primary or secondary.",
                role="What Evenkeel takes it for.",
                begins_on="First day.",
                ends_on="Last day.",
                **ENDS,
            ),
        ),
    ),
    Table(
        name="role_mapping",
        purpose="What the roster's roles mean.",
        read_by=ROSTER,
        erased="with the district",
        columns=(*DISTRICT, *plain(version="Its version.", entries="Role by role.")),
    ),
    Table(
        name="roster_import",
        purpose="What each import did.",
        read_by=ROSTER,
        erased="by age; rows of a person are taken out of it with the person; with the district",
        retention=RetentionKind.ROSTER_IMPORTS,
        columns=(
            *DISTRICT,
            *OWN_ID,
            *plain(state="Applied or tried.", created_at="When."),
            *identifies(view="The report: rosters' ids of people, no names."),
        ),
    ),
)
