"""Which role may do what to whom: the one table of it (domain/README.md, "One policy table", openapi/README.md 10).

A use case asks ``authorize(actor, action)`` in its first line; without the permission that this gives it can't open a unit of
work, and what it opens is narrowed to it. What an answer reveals is not said here: it follows from the answer's type
(``revealed_data``). The documents print this table, and tests walk it over HTTP: an operation without a row fails.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.permissions.model import About, Reach, Reaches, Row, Who
from domain.shared.context import Scope
from domain.shared.roles import Role

DISTRICT, ORIGIN, OWN = Reach.DISTRICT, Reach.ORIGIN, Reach.OWN
SUPERVISED, SHARED, SCHOOL = Reach.SUPERVISED, Reach.SHARED, Reach.SCHOOL


def _far(reaches: Mapping[Who, Reach | tuple[Reach, ...]]) -> Reaches:
    """``reaches`` with sets, and the operator, who may do everything from the server's own command line."""
    told = {who: frozenset(far if isinstance(far, tuple) else (far,)) for who, far in reaches.items()}
    return MappingProxyType({Who.OPERATOR: frozenset({DISTRICT})} | told)


MACHINE = {Who.CLIENT: DISTRICT}
TRUSTED = MACHINE | {Who.LEADER: OWN, Who.SUPERVISOR: SUPERVISED, Who.COACH: SHARED}
"""About a leader: the leader, who supervises them, with whom they share, and the district's own applications."""
LEADERS = MACHINE | {Who.LEADER: OWN}
SUPERVISORS = MACHINE | {Who.SUPERVISOR: SUPERVISED}
ADMINS = MACHINE | {Who.DISTRICT_ADMIN: DISTRICT}
SIGNED_IN = MACHINE | {Who.ANYBODY: DISTRICT}
WORKING_HERE: dict[Who, Reach | tuple[Reach, ...]] = {
    Who.CLIENT: DISTRICT,
    Who.ANYBODY: (OWN, SCHOOL),
    Who.COACH: SHARED,
    Who.SUPERVISOR: DISTRICT,
    Who.DISTRICT_ADMIN: DISTRICT,
}
"""The directory: everybody those of their own schools; who runs the district, all of it."""
LEADING = MACHINE | {Who.LEADER: DISTRICT, Who.SUPERVISOR: DISTRICT, Who.COACH: DISTRICT, Who.DISTRICT_ADMIN: DISTRICT}
DIRECTORY = "read_person"
"""The action whose reach says whom an actor may look up or name."""
POSTS = frozenset({Role.COACH, Role.SUPERVISOR, Role.DISTRICT_ADMIN, Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL})
"""Who holds one of these is known in a district: a leader may share with them though they work elsewhere."""
PARTNER = {Who.CLIENT: ORIGIN}
THEMSELVES = {Who.ANYBODY: OWN}


def _things(
    scopes: Scope | tuple[Scope, ...],
    reaches: Mapping[Who, Reach | tuple[Reach, ...]],
    *acts: str,
    knows: Scope | None = None,
) -> list[Row]:
    needed = (scopes,) if isinstance(scopes, Scope) else scopes
    return [Row(act=act, scopes=needed, about=About.THING, reaches=_far(reaches), knows=knows) for act in acts]


def _district(
    scopes: Scope | tuple[Scope, ...],
    reaches: Mapping[Who, Reach | tuple[Reach, ...]],
    *acts: str,
    nameable: frozenset[Role] = frozenset(),
) -> list[Row]:
    needed = (scopes,) if isinstance(scopes, Scope) else scopes
    return [Row(act=act, scopes=needed, about=About.DISTRICT, reaches=_far(reaches), nameable=nameable) for act in acts]


ROWS: tuple[Row, ...] = (
    # The directory.
    *_district(Scope.DIRECTORY_READ, SIGNED_IN, "read_district", "list_schools", "read_school"),
    *_things(Scope.DIRECTORY_READ, WORKING_HERE, "list_people", "read_person", "list_leaders", "read_leader"),
    *_district(Scope.ROSTER_WRITE, ADMINS, "import_roster", "read_roster_import", "read_role_mapping", "put_role_mapping"),
    # Evidence comes in, and is read by whom it is for.
    *_things(
        Scope.OBSERVATIONS_WRITE,
        MACHINE | {Who.SUPERVISOR: SUPERVISED, Who.COACH: SHARED},
        "push_observation",
        "push_observations",
    ),
    *_things(Scope.OBSERVATIONS_WRITE, PARTNER | {Who.ANYBODY: ORIGIN}, "retract_observation"),
    *_things(
        Scope.OBSERVATIONS_READ,
        {
            Who.CLIENT: ORIGIN,
            Who.LEADER: OWN,
            Who.SUPERVISOR: SUPERVISED,
            Who.COACH: SHARED,
            Who.ANYBODY: ORIGIN,
        },
        "list_observations",
        "read_observation",
        knows=Scope.SCORES_READ,
    ),
    *_district(Scope.OBSERVATIONS_WRITE, ADMINS, "create_instrument", "create_crosswalk"),
    *_district(Scope.OBSERVATIONS_WRITE, ADMINS, "preview_crosswalk"),
    *_district(Scope.OBSERVATIONS_READ, LEADING, "list_instruments", "list_crosswalks"),
    *_things(Scope.ASSESSMENTS_WRITE, LEADERS, "assess_self"),
    *_things(Scope.ASSESSMENTS_WRITE, SUPERVISORS, "assess_as_supervisor"),
    *_things(Scope.ASSESSMENTS_WRITE, PARTNER | {Who.ANYBODY: ORIGIN}, "retract_assessment"),
    # What is computed from it.
    *_things(Scope.SCORES_READ, TRUSTED, "read_profile", "read_profiles"),
    *_things(Scope.ADVICE_READ, TRUSTED, "read_recommendations", "read_stance"),
    *_district(Scope.ADVICE_READ, LEADING, "decide_stance"),
    *_district(Scope.CONFIGURATION_READ, LEADING | {Who.RESEARCHER: DISTRICT}, "read_configuration"),
    *_district(Scope.CONFIGURATION_WRITE, ADMINS, "put_configuration"),
    # Oneself: no machine, and nobody else.
    *_district(Scope.ME_READ, THEMSELVES, "read_me", "list_shares", "list_support_consents", "list_notes"),
    *_district(Scope.ME_WRITE, THEMSELVES, "withdraw_support_consent", "write_note", "edit_note", "delete_note"),
    *_district(Scope.ME_WRITE, THEMSELVES, "give_support_consent", nameable=frozenset({Role.DISTRICT_ADMIN})),
    *_district(Scope.ME_WRITE, {Who.LEADER: OWN}, "share", nameable=POSTS),
    *_district(Scope.ME_WRITE, THEMSELVES, "unshare"),
    *_district(Scope.ME_READ, THEMSELVES, "list_notifications", "count_notifications", "read_preferences"),
    *_district(Scope.ME_WRITE, THEMSELVES, "mark_read", "put_preferences"),
    # Sign-ins are seen and ended with any token of theirs, however little it is good for.
    *_district((), THEMSELVES, "list_sessions", "revoke_sessions"),
    # Jobs are of who asked for them, whoever that is; they do what that one may.
    *_things((), PARTNER | {Who.ANYBODY: ORIGIN}, "read_job", "list_jobs", "list_job_problems", "cancel_job"),
    *_district(Scope.ROSTER_WRITE, ADMINS, "start_roster_import"),
    *_district(Scope.OBSERVATIONS_WRITE, ADMINS, "start_crosswalk"),
    *_district(Scope.CONFIGURATION_WRITE, ADMINS, "start_configuration"),
    # Ways in.
    *_district(Scope.ADMIN_READ, ADMINS, "list_identity_providers"),
    *_district(Scope.ADMIN_WRITE, ADMINS, "put_identity_provider", "remove_identity_provider"),
    *_district(Scope.ADMIN_READ, ADMINS, "read_account", "list_initial_access_tokens"),
    *_district(Scope.ADMIN_WRITE, ADMINS, "create_initial_access_token", "revoke_initial_access_tokens"),
    *_district(
        Scope.ADMIN_WRITE,
        ADMINS,
        "create_sign_in_code",
        "activate_person",
        "deactivate_person",
        "put_break_glass",
        "remove_identity_link",
    ),
    # What is kept, for how long, and how it goes.
    *_district(Scope.ADMIN_READ, ADMINS, "read_retention", "read_retention_preview", "list_legal_holds", "read_legal_hold"),
    *_district(Scope.ADMIN_WRITE, ADMINS, "put_retention", "apply_retention", "start_retention"),
    *_district(Scope.ADMIN_WRITE, ADMINS, "put_legal_hold", "release_legal_hold"),
    *_district(Scope.ADMIN_WRITE, ADMINS, "read_erasure_preview", "erase_person"),
    *_district(Scope.EXPORTS_WRITE, ADMINS, "export_district"),
    # What happened: told to the district itself; keeping the trail in order is the operator's.
    *_district(Scope.AUDIT_READ, ADMINS, "list_audit_events", "list_audit_blocks"),
    # Who is who: the district's administrators, and its own applications where they hold the scope.
    *_district(Scope.ADMIN_READ, ADMINS, "list_role_grants", "list_supervision"),
    *_district(
        Scope.ADMIN_WRITE,
        ADMINS,
        "grant_role",
        "withdraw_role",
        "invite_person",
        "merge_people",
        "add_supervision",
        "remove_supervision",
        "put_supervision",
        "import_supervision",
    ),
    # The change a school is going through.
    *_things(Scope.CHANGE_READ, TRUSTED, "read_initiative", "list_initiatives", "read_group", "list_groups", "read_phases"),
    *_things(Scope.CHANGE_READ, TRUSTED, "read_magnitude", "read_magnitudes"),
    *_things(
        Scope.CHANGE_WRITE,
        LEADERS,
        "create_initiative",
        "edit_initiative",
        "create_group",
        "edit_group",
        "put_estimate",
        "put_phases",
        "put_pulse",
    ),
    # Keeping an answer is answered with the stance it leads to: that one needs both.
    *_things((Scope.CHANGE_WRITE, Scope.ADVICE_READ), LEADERS, "put_stance_answers"),
    # The sign-in pages, where nobody is known yet, and the account page, where a browser's session says who it is.
    *_district(
        (),
        {Who.VISITOR: DISTRICT},
        "find_district",
        "find_portal_districts",
        "read_ways_in",
        "read_browser",
        "sign_in",
        "sign_out",
        "redeem_code",
        "request_reset",
        "reset_password",
        "give_second_factor",
        "begin_enrolment",
        "confirm_enrolment",
        "find_provider",
        "sign_in_federated",
        "end_by_provider",
        "read_own_account",
        "change_password",
        "begin_renewal",
        "renew_second_factor",
    ),
    # The server's own command line, and the service's own work.
    *_district(
        (),
        {},
        "create_district",
        "create_client",
        "enable_client",
        "disable_client",
        "revoke_client",
        "renew_client_secret",
        "add_district_address",
        "remove_district_address",
        "waive_second_factor",
        "clear_sign_in",
        "import_district",
        "erase_district",
        "reapply_erasures",
        "reapply_district_erasure",
        "seal_trail",
        "export_audit",
        "cut_trail",
        "rebuild_tallies",
        "forget_jobs",
        "forget_answers",
        "mail_notification",
        "examine_district",
    ),
)

POLICY: Mapping[str, Row] = MappingProxyType({row.act: row for row in ROWS})
"""The table by act."""
