"""What can be sent to every operation, and the scope that each needs (openapi/README.md 10.2)."""

from api.rest.accounts import GOOGLE
from api.wire.observation_batch import push_batch
from domain.accounts.usecases.admin import (
    activate_person,
    create_sign_in_code,
    deactivate_person,
    put_break_glass,
    read_account,
)
from domain.accounts.usecases.identity_providers import list_identity_providers, put_identity_provider, remove_identity_provider
from domain.accounts.usecases.provider_logout import remove_identity_link
from domain.assessments.usecases import assess_as_supervisor, assess_self, retract_assessment
from domain.audit.usecases import list_audit_blocks, list_audit_events
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases
from domain.directory.usecases.districts_and_clients import read_district
from domain.directory.usecases.people_and_schools import (
    list_leaders,
    list_people,
    list_schools,
    read_leader,
    read_person,
    read_school,
)
from domain.jobs.usecases.manage import cancel_job, list_job_problems, list_jobs, read_job
from domain.jobs.usecases.start import start_configuration, start_crosswalk, start_roster_import
from domain.notifications import usecases as notifications
from domain.oauth.usecases import (
    create_initial_access_token,
    list_initial_access_tokens,
    list_sessions,
    revoke_initial_access_tokens,
    revoke_sessions,
)
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.usecases.preview_crosswalk import preview_crosswalk
from domain.observations.usecases.push import push_observation, retract_observation
from domain.observations.usecases.read import list_observations, read_observation
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
from domain.permissions.model import Capacity, PolicyRow
from domain.permissions.policy import POLICY
from domain.privacy.usecases import erase_person as erasing
from domain.privacy.usecases import legal_holds, retention
from domain.recommendations.usecases import read_recommendations
from domain.roster.usecases import import_roster, put_role_mapping, read_role_mapping, read_roster_import
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile
from domain.shared.context import Scope
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, SUPERVISOR_RATED, visit
from tests.support.service import GRAND_BEND

OF_PERSON = (read_account, create_sign_in_code, deactivate_person, activate_person)
UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"
THINGS = ("school", "person", "leader", "observation", "assessment", "initiative", "group", "import", "job", "hold")
UNKNOWN_IDS = dict.fromkeys(THINGS, UNKNOWN_ID)
EDGE = {"supervisor": {"sourced_id": "207247"}, "leader": {"sourced_id": "207267"}}
EDGES = b"supervisorSourcedId,leaderSourcedId\r\n207247,207267\r\n"
RATED = {"ratings": [{"responsibility": "focus", "value": 4}]}
SEEN = visit("w-1", "1", "2026-03-02T14:00:00Z", ("focus", 4))


def sample_members(ids: dict[str, str], configuration: dict) -> dict:
    """Of each use case what can be sent, about the things that ``ids`` names; with the version where one must be named."""
    leader, group = {"leader_id": ids["leader"]}, {"initiative_id": ids["initiative"], "group_id": ids["group"]}
    initiative = {"initiative_id": ids["initiative"]}
    of_path = {
        read_school: {"school_id": ids["school"]},
        read_person: {"person_id": ids["person"]},
        **{case: {"person_id": ids["person"]} for case in OF_PERSON},
        put_break_glass: {"person_id": ids["person"], "allowed": False},
        read_leader: leader,
        read_profile: leader,
        read_roster_import: {"import_id": ids["import"]},
        read_observation: {"observation_id": ids["observation"]},
        retract_observation: {"observation_id": ids["observation"]},
        assess_self: leader | SELF | RATED,
        assess_as_supervisor: leader | SUPERVISOR_RATED | RATED,
        retract_assessment: {"assessment_id": ids["assessment"]},
        read_initiative: initiative,
        edit_initiative: initiative | PLAN,
        create_group: initiative | CORE,
        list_groups: initiative,
        read_phases: initiative,
        read_magnitudes: initiative,
        read_recommendations: initiative,
        read_stance: initiative,
        read_group: group,
        edit_group: group | CORE,
        read_magnitude: group,
        put_estimate: group | {"items": [2, 2, 3, 2, 2, 3, 2]},
        put_phases: group | {"implement": 1.0},
        put_pulse: group | {"on": "2026-10-20", "answers": PULSE},
        legal_holds.read_legal_hold: {"hold_id": ids["hold"]},
        legal_holds.release_legal_hold: {"hold_id": ids["hold"]},
        erasing.read_erasure_preview: {"person_id": ids["person"]},
        erasing.erase_person: {"person_id": ids["person"]},
        put_stance_answers: group | {"answers": [{"code": "GC", "value": "yes"}]},
    }
    of_path |= {case: {"job_id": ids["job"]} for case in (read_job, cancel_job, list_job_problems)}
    of_none = {
        import_roster: {"package": GRAND_BEND.read_bytes(), "dry_run": True},
        read_role_mapping: {},
        list_identity_providers: {},
        put_identity_provider: GOOGLE | {"code": "google"},
        remove_identity_provider: {"code": "google"},
        remove_identity_link: {"person_id": ids["person"], "link_id": UNKNOWN_ID},
        put_role_mapping: {"systemAdministrator": "supervisor"},
        push_observation: SEEN,
        push_batch: {"items": [SEEN]},
        create_instrument: INSTRUMENT,
        create_crosswalk: CROSSWALK,
        create_initiative: PLAN,
        retention.put_retention: {"rules": [{"kind": "pulses", "days": 400}]},
        retention.apply_retention: {"version": 99},
        retention.start_retention: {"version": 99},
        legal_holds.put_legal_hold: {"about": "district", "reason": "litigation"},
        decide_stance: {"attributes": [{"code": "QR", "value": "yes"}]},
        notifications.mark_read: {"ids": [UNKNOWN_ID]},
        notifications.put_preferences: {"preferences": []},
        start_crosswalk: CROSSWALK,
        preview_crosswalk: CROSSWALK,
        start_roster_import: {"package": GRAND_BEND.read_bytes(), "dry_run": True},
        revoke_sessions: {"session_ids": []},
        create_initial_access_token: {"name": "Partner", "scopes": ["directory:read"]},
        revoke_initial_access_tokens: {"token_ids": []},
        put_configuration: {name: value for name, value in configuration.items() if name != "version"},
        start_configuration: {name: value for name, value in configuration.items() if name != "version"},
    }
    person = {"person_id": ids["person"]}
    of_none |= {
        grant_role: person | {"role": "coach"},
        withdraw_role: person | {"role": "coach"},
        invite_person: {"given_name": "Rosa", "family_name": "Marín", "role": "coach"},
        merge_people: person | {"duplicate_id": UNKNOWN_ID},
        put_supervision: {"edges": [EDGE], "dry_run": True},
        add_supervision: EDGE,
        remove_supervision: EDGE,
        import_supervision: {"csv": EDGES, "dry_run": True},
        share: {"coach": {"sourced_id": "207219"}},
        unshare: {"coach_id": UNKNOWN_ID},
        give_support_consent: {"supporter": {"sourced_id": "207247"}, "minutes": 30},
        withdraw_support_consent: {"supporter_id": UNKNOWN_ID},
        write_note: {"text": "Ask about the reading block."},
        edit_note: {"note_id": UNKNOWN_ID, "text": "Asked."},
        delete_note: {"note_id": UNKNOWN_ID},
    }
    lists = (
        *(read_me, list_shares, list_support_consents, list_notes),
        *(list_role_grants, list_supervision),
        *(list_schools, list_people, list_leaders, list_observations, list_instruments, list_crosswalks),
        *(list_initiatives, read_district, read_configuration, list_jobs, list_sessions, list_initial_access_tokens),
        *(list_audit_events, list_audit_blocks),
        *(notifications.list_notifications, notifications.count_notifications, notifications.read_preferences),
        *(retention.read_retention, retention.read_retention_preview, legal_holds.list_legal_holds),
    )
    return of_path | of_none | {use_case: {} for use_case in lists}


EDITS = {edit_initiative, edit_group, put_configuration, start_configuration, edit_note}
"""These must name a version; which one does not matter here."""


def sample_requests(ids: dict[str, str], configuration: dict):
    """(use case, members, headers), for each operation."""
    for use_case, members in sample_members(ids, configuration).items():
        yield use_case, members, {"version": 1} if use_case in EDITS else {}


def row_of(use_case) -> PolicyRow:
    """The policy's row for ``use_case``; a batch is a push."""
    return POLICY["push_observations" if use_case is push_batch else use_case.__name__]


USE_CASES = tuple(sample_members(UNKNOWN_IDS, {}))
SCOPES = {scope.value: tuple(u for u in USE_CASES if scope in row_of(u).scopes) for scope in Scope}
"""Of each scope the use cases that need it, as the policy says."""
SCOPES = {scope: cases for scope, cases in SCOPES.items() if cases}
OWN = tuple(u for u in USE_CASES if not row_of(u).scopes)
"""These need no scope: they are about one's own things, and everybody else's are not found."""
OF_PEOPLE = {u for u in USE_CASES if Capacity.CLIENT not in row_of(u).data_scopes}
"""What no machine may do, whatever its scopes."""
