"""Which role may do what to whom: the one table of it (domain/README.md, "One policy table", openapi/README.md 10).

A use case asks ``authorize(actor, action)`` in its first line; without the permission that this gives it can't open a unit of
work, and what it opens is narrowed to it. What an answer reveals is not said here: it follows from the answer's type
(``revealed_data``). The documents print this table, and tests walk it over HTTP: an operation without a row fails.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.permissions.model import Capacity, DataScope, DataScopes, PolicyRow, PolicyTarget
from domain.shared.context import Scope
from domain.shared.roles import Role

DISTRICT, ORIGIN, OWN = DataScope.DISTRICT, DataScope.ORIGIN, DataScope.OWN
SUPERVISED, SHARED, SCHOOL = DataScope.SUPERVISED, DataScope.SHARED, DataScope.SCHOOL


def _with_operator(data_scopes: Mapping[Capacity, DataScope | tuple[DataScope, ...]]) -> DataScopes:
    """Return `data_scopes` as sets, with the operator, who may do everything from the server's command line."""
    by_capacity = {
        capacity: frozenset(scope if isinstance(scope, tuple) else (scope,)) for capacity, scope in data_scopes.items()
    }
    return MappingProxyType({Capacity.OPERATOR: frozenset({DISTRICT})} | by_capacity)


MACHINE = {Capacity.CLIENT: DISTRICT}
TRUSTED = MACHINE | {Capacity.LEADER: OWN, Capacity.SUPERVISOR: SUPERVISED, Capacity.COACH: SHARED}
"""About a leader: the leader, who supervises them, with whom they share, and the district's own applications."""
LEADERS = MACHINE | {Capacity.LEADER: OWN}
SUPERVISORS = MACHINE | {Capacity.SUPERVISOR: SUPERVISED}
ADMINS = MACHINE | {Capacity.DISTRICT_ADMIN: DISTRICT}
SIGNED_IN = MACHINE | {Capacity.SIGNED_IN: DISTRICT}
WORKING_HERE: dict[Capacity, DataScope | tuple[DataScope, ...]] = {
    Capacity.CLIENT: DISTRICT,
    Capacity.SIGNED_IN: (OWN, SCHOOL),
    Capacity.COACH: SHARED,
    Capacity.SUPERVISOR: DISTRICT,
    Capacity.DISTRICT_ADMIN: DISTRICT,
}
"""The directory: everybody those of their own schools; who runs the district, all of it."""
LEADING = MACHINE | {
    Capacity.LEADER: DISTRICT,
    Capacity.SUPERVISOR: DISTRICT,
    Capacity.COACH: DISTRICT,
    Capacity.DISTRICT_ADMIN: DISTRICT,
}
DIRECTORY = "read_person"
"""The action whose reach says whom an actor may look up or name."""
NAMEABLE_ROLES = frozenset({Role.COACH, Role.SUPERVISOR, Role.DISTRICT_ADMIN, Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL})
"""Who holds one of these is known in a district: a leader may share with them though they work elsewhere."""
PARTNER = {Capacity.CLIENT: ORIGIN}
OWN_DATA = {Capacity.SIGNED_IN: OWN}


def _record_rows(
    scopes: Scope | tuple[Scope, ...],
    data_scopes: Mapping[Capacity, DataScope | tuple[DataScope, ...]],
    *actions: str,
    widening_scope: Scope | None = None,
) -> list[PolicyRow]:
    needed = (scopes,) if isinstance(scopes, Scope) else scopes
    return [
        PolicyRow(
            action=act,
            scopes=needed,
            target=PolicyTarget.RECORD,
            data_scopes=_with_operator(data_scopes),
            widening_scope=widening_scope,
        )
        for act in actions
    ]


def _district_rows(
    scopes: Scope | tuple[Scope, ...],
    data_scopes: Mapping[Capacity, DataScope | tuple[DataScope, ...]],
    *actions: str,
    nameable: frozenset[Role] = frozenset(),
) -> list[PolicyRow]:
    needed = (scopes,) if isinstance(scopes, Scope) else scopes
    return [
        PolicyRow(
            action=act, scopes=needed, target=PolicyTarget.DISTRICT, data_scopes=_with_operator(data_scopes), nameable=nameable
        )
        for act in actions
    ]


ROWS: tuple[PolicyRow, ...] = (
    # The directory.
    *_district_rows(Scope.DIRECTORY_READ, SIGNED_IN, "read_district", "list_schools", "read_school"),
    *_record_rows(Scope.DIRECTORY_READ, WORKING_HERE, "list_people", "read_person", "list_leaders", "read_leader"),
    *_district_rows(Scope.ROSTER_WRITE, ADMINS, "import_roster", "read_roster_import", "read_role_mapping", "put_role_mapping"),
    # Evidence comes in, and is read by whom it is for.
    *_record_rows(
        Scope.OBSERVATIONS_WRITE,
        MACHINE | {Capacity.SUPERVISOR: SUPERVISED, Capacity.COACH: SHARED},
        "push_observation",
        "push_observations",
    ),
    *_record_rows(Scope.OBSERVATIONS_WRITE, PARTNER | {Capacity.SIGNED_IN: ORIGIN}, "retract_observation"),
    *_record_rows(
        Scope.OBSERVATIONS_READ,
        {
            Capacity.CLIENT: ORIGIN,
            Capacity.LEADER: OWN,
            Capacity.SUPERVISOR: SUPERVISED,
            Capacity.COACH: SHARED,
            Capacity.SIGNED_IN: ORIGIN,
        },
        "list_observations",
        "read_observation",
        widening_scope=Scope.SCORES_READ,
    ),
    *_district_rows(Scope.OBSERVATIONS_WRITE, ADMINS, "create_instrument", "create_crosswalk"),
    *_district_rows(Scope.OBSERVATIONS_WRITE, ADMINS, "preview_crosswalk"),
    *_district_rows(Scope.OBSERVATIONS_READ, LEADING, "list_instruments", "list_crosswalks"),
    *_record_rows(Scope.ASSESSMENTS_WRITE, LEADERS, "assess_self"),
    *_record_rows(Scope.ASSESSMENTS_WRITE, SUPERVISORS, "assess_as_supervisor"),
    *_record_rows(Scope.ASSESSMENTS_WRITE, PARTNER | {Capacity.SIGNED_IN: ORIGIN}, "retract_assessment"),
    # What is computed from it.
    *_record_rows(Scope.SCORES_READ, TRUSTED, "read_profile", "read_profiles"),
    *_record_rows(Scope.ADVICE_READ, TRUSTED, "read_recommendations", "read_stance"),
    *_district_rows(Scope.ADVICE_READ, LEADING, "decide_stance"),
    *_district_rows(Scope.CONFIGURATION_READ, LEADING | {Capacity.RESEARCHER: DISTRICT}, "read_configuration"),
    *_district_rows(Scope.CONFIGURATION_WRITE, ADMINS, "put_configuration"),
    # Oneself: no machine, and nobody else.
    *_district_rows(Scope.ME_READ, OWN_DATA, "read_me", "list_shares", "list_support_consents", "list_notes"),
    *_district_rows(Scope.ME_WRITE, OWN_DATA, "withdraw_support_consent", "write_note", "edit_note", "delete_note"),
    *_district_rows(Scope.ME_WRITE, OWN_DATA, "give_support_consent", nameable=frozenset({Role.DISTRICT_ADMIN})),
    *_district_rows(Scope.ME_WRITE, {Capacity.LEADER: OWN}, "share", nameable=NAMEABLE_ROLES),
    *_district_rows(Scope.ME_WRITE, OWN_DATA, "unshare"),
    *_district_rows(Scope.ME_READ, OWN_DATA, "list_notifications", "count_notifications", "read_preferences"),
    *_district_rows(Scope.ME_WRITE, OWN_DATA, "mark_read", "put_preferences"),
    # Sign-ins are seen and ended with any token of theirs, however little it is good for.
    *_district_rows((), OWN_DATA, "list_sessions", "revoke_sessions"),
    # Jobs are of who asked for them, whoever that is; they do what that one may.
    *_record_rows((), PARTNER | {Capacity.SIGNED_IN: ORIGIN}, "read_job", "list_jobs", "list_job_problems", "cancel_job"),
    *_district_rows(Scope.ROSTER_WRITE, ADMINS, "start_roster_import"),
    *_district_rows(Scope.OBSERVATIONS_WRITE, ADMINS, "start_crosswalk"),
    *_district_rows(Scope.CONFIGURATION_WRITE, ADMINS, "start_configuration"),
    # Ways in.
    *_district_rows(Scope.ADMIN_READ, ADMINS, "list_identity_providers"),
    *_district_rows(Scope.ADMIN_WRITE, ADMINS, "put_identity_provider", "remove_identity_provider"),
    *_district_rows(Scope.ADMIN_READ, ADMINS, "read_account", "list_initial_access_tokens"),
    *_district_rows(Scope.ADMIN_WRITE, ADMINS, "create_initial_access_token", "revoke_initial_access_tokens"),
    *_district_rows(
        Scope.ADMIN_WRITE,
        ADMINS,
        "create_sign_in_code",
        "activate_person",
        "deactivate_person",
        "put_break_glass",
        "remove_identity_link",
    ),
    # What is kept, for how long, and how it goes.
    *_district_rows(
        Scope.ADMIN_READ, ADMINS, "read_retention", "read_retention_preview", "list_legal_holds", "read_legal_hold"
    ),
    *_district_rows(Scope.ADMIN_WRITE, ADMINS, "put_retention", "apply_retention", "start_retention"),
    *_district_rows(Scope.ADMIN_WRITE, ADMINS, "put_legal_hold", "release_legal_hold"),
    *_district_rows(Scope.ADMIN_WRITE, ADMINS, "read_erasure_preview", "erase_person"),
    *_district_rows(Scope.EXPORTS_WRITE, ADMINS, "export_district"),
    # What happened: told to the district itself; keeping the trail in order is the operator's.
    *_district_rows(Scope.AUDIT_READ, ADMINS, "list_audit_events", "list_audit_blocks"),
    # Who is who: the district's administrators, and its own applications where they hold the scope.
    *_district_rows(Scope.ADMIN_READ, ADMINS, "list_role_grants", "list_supervision"),
    *_district_rows(
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
    *_record_rows(
        Scope.CHANGE_READ, TRUSTED, "read_initiative", "list_initiatives", "read_group", "list_groups", "read_phases"
    ),
    *_record_rows(Scope.CHANGE_READ, TRUSTED, "read_magnitude", "read_magnitudes"),
    *_record_rows(
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
    *_record_rows((Scope.CHANGE_WRITE, Scope.ADVICE_READ), LEADERS, "put_stance_answers"),
    # The sign-in pages, where nobody is known yet, and the account page, where a browser's session says who it is.
    *_district_rows(
        (),
        {Capacity.ANONYMOUS: DISTRICT},
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
    *_district_rows(
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

POLICY: Mapping[str, PolicyRow] = MappingProxyType({row.action: row for row in ROWS})
"""The table by act."""
