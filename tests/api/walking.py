"""What can be sent to every operation, and the scope that each needs (contract 10)."""

from api.batches import push_batch
from domain.assessments.usecases import assess_as_supervisor, assess_self, retract_assessment
from domain.change import usecases as change
from domain.directory.registry import read_district
from domain.directory.usecases import list_leaders, list_people, list_schools, read_leader, read_person, read_school
from domain.observations.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.push import push_observation, retract_observation
from domain.observations.reading import list_observations, read_observation
from domain.privacy import holding, people, retaining
from domain.recommendations.usecases import read_recommendations
from domain.roster.usecases import import_roster, put_role_mapping, read_role_mapping, read_roster_import
from domain.scoring.configuring import put_configuration, read_configuration
from domain.scoring.usecases import read_profile
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance
from tests.saying import CORE, CROSSWALK, INSTRUMENT, JUDGED, PLAN, PULSE, SELF, visit
from tests.service import GRAND_BEND

NOBODY = "01900000-0000-7000-8000-000000000000"
THINGS = ("school", "person", "leader", "observation", "assessment", "initiative", "group", "import", "hold")
NOBODYS = dict.fromkeys(THINGS, NOBODY)
RATED = {"ratings": [{"responsibility": "focus", "value": 4}]}
SEEN = visit("w-1", "1", "2026-03-02T14:00:00Z", ("focus", 4))
SCOPES = {
    "directory:read": (list_leaders, list_people, list_schools, read_leader, read_person, read_school, read_district),
    "roster:write": (import_roster, put_role_mapping, read_role_mapping, read_roster_import),
    "observations:read": (list_observations, read_observation, list_instruments, list_crosswalks),
    "observations:write": (push_observation, push_batch, retract_observation, create_instrument, create_crosswalk),
    "assessments:write": (assess_self, assess_as_supervisor, retract_assessment),
    "scores:read": (read_profile,),
    "change:read": (
        change.read_initiative,
        change.list_initiatives,
        change.read_group,
        change.list_groups,
        change.read_magnitude,
        change.read_magnitudes,
        change.read_phases,
    ),
    "change:write": (
        change.create_initiative,
        change.edit_initiative,
        change.create_group,
        change.edit_group,
        change.put_estimate,
        change.put_phases,
        change.put_pulse,
        put_stance_answers,
    ),
    # Keeping an answer is answered with the stance it leads to: that one needs both.
    "advice:read": (read_recommendations, read_stance, decide_stance, put_stance_answers),
    "configuration:read": (read_configuration,),
    "configuration:write": (put_configuration,),
    "admin:read": (
        *(retaining.read_retention, retaining.read_retention_preview),
        *(holding.list_legal_holds, holding.read_legal_hold),
    ),
    "admin:write": (
        *(retaining.put_retention, holding.put_legal_hold, holding.release_legal_hold),
        *(people.read_erasure_preview, people.erase_person),
    ),
}


def sent(ids: dict[str, str], configuration: dict) -> dict:
    """Of each use case what can be sent, about the things that ``ids`` names; with the version where one must be named."""
    leader, group = {"leader_id": ids["leader"]}, {"initiative_id": ids["initiative"], "group_id": ids["group"]}
    initiative = {"initiative_id": ids["initiative"]}
    of_path = {
        read_school: {"school_id": ids["school"]},
        read_person: {"person_id": ids["person"]},
        read_leader: leader,
        read_profile: leader,
        read_roster_import: {"import_id": ids["import"]},
        read_observation: {"observation_id": ids["observation"]},
        retract_observation: {"observation_id": ids["observation"]},
        assess_self: leader | SELF | RATED,
        assess_as_supervisor: leader | JUDGED | RATED,
        retract_assessment: {"assessment_id": ids["assessment"]},
        change.read_initiative: initiative,
        change.edit_initiative: initiative | PLAN,
        change.create_group: initiative | CORE,
        change.list_groups: initiative,
        change.read_phases: initiative,
        change.read_magnitudes: initiative,
        read_recommendations: initiative,
        read_stance: initiative,
        change.read_group: group,
        change.edit_group: group | CORE,
        change.read_magnitude: group,
        change.put_estimate: group | {"items": [2, 2, 3, 2, 2, 3, 2]},
        change.put_phases: group | {"implement": 1.0},
        change.put_pulse: group | {"on": "2026-10-20", "answers": PULSE},
        holding.read_legal_hold: {"hold_id": ids["hold"]},
        holding.release_legal_hold: {"hold_id": ids["hold"]},
        people.read_erasure_preview: {"person_id": ids["person"]},
        people.erase_person: {"person_id": ids["person"]},
        put_stance_answers: group | {"answers": [{"code": "GC", "value": "yes"}]},
    }
    of_none = {
        import_roster: {"package": GRAND_BEND.read_bytes(), "dry_run": True},
        read_role_mapping: {},
        put_role_mapping: {"systemAdministrator": "supervisor"},
        push_observation: SEEN,
        push_batch: {"items": [SEEN]},
        create_instrument: INSTRUMENT,
        create_crosswalk: CROSSWALK,
        change.create_initiative: PLAN,
        retaining.put_retention: {"rules": [{"kind": "pulses", "days": 400}]},
        holding.put_legal_hold: {"about": "district", "reason": "litigation"},
        decide_stance: {"attributes": [{"code": "QR", "value": "yes"}]},
        put_configuration: {name: value for name, value in configuration.items() if name != "version"},
    }
    lists = (
        *(list_schools, list_people, list_leaders, list_observations, list_instruments, list_crosswalks),
        *(change.list_initiatives, read_district, read_configuration),
        *(retaining.read_retention, retaining.read_retention_preview, holding.list_legal_holds),
    )
    return of_path | of_none | {use_case: {} for use_case in lists}


EDITS = {change.edit_initiative, change.edit_group, put_configuration}
"""These must name a version; which one does not matter here."""


def ways(ids: dict[str, str], configuration: dict):
    """(use case, members, headers), for each operation."""
    for use_case, members in sent(ids, configuration).items():
        yield use_case, members, {"version": 1} if use_case in EDITS else {}
