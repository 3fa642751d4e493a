"""The authorization matrix: for each operation, who asks, about which thing, and what comes of it. Written down by hand.

A cell has one letter for an operation on the district or on oneself, four for one about a thing: a thing within reach of those who
are about the leader A, one of the same district about the leader B, one of another district, and one that is not there.
Nothing here is computed from the policy: where the two differ, one of them is wrong.

o  done or shown
4  not found (404)
n  not found where a body names it (422: person_not_found)
v  listed, but the scores are withheld (403 scores_not_visible)
r  none of one's roles may (403 role_missing)
s  the token lacks the scope (403 insufficient_scope)
p  formative evidence is kept from evaluations (403 purpose_locked)
i  a body names somebody for whom this is not meant (422, another code)
-  there is no such thing to try
"""

COLUMNS = ("machine", "partner", "evaluating", "principal", "supervisor", "coach", "teacher", "admin", "researcher", "stranger")
"""Machine: the district's own application with every scope. Partner: another origin with a partner's scopes. Evaluating: another
origin, every scope, registered for evaluating staff. Principal: the leader A. Supervisor: A's. Coach: the leader C of another
school, with whom A shares. Teacher: at A's school. Admin: holds district_admin by a grant. Researcher: holds that by a grant, at
C's school. Stranger: a teacher at C's school."""

TABLE = """
read_district                  o    o    o    o    o    o    o    o    o    o
list_schools                   o    o    o    o    o    o    o    o    o    o
read_school                    oo44 oo44 oo44 oo44 oo44 oo44 oo44 oo44 oo44 oo44
list_people                    o    o    o    o    o    o    o    o    o    o
read_person                    oo44 oo44 oo44 o444 oo44 o444 o444 oo44 4444 4444
list_leaders                   o    o    o    o    o    o    o    o    o    o
read_leader                    oo44 oo44 oo44 o444 oo44 o444 o444 oo44 4444 4444
import_roster                  o    s    o    r    r    r    r    o    r    r
start_roster_import            o    s    o    r    r    r    r    o    r    r
read_roster_import             o-44 s-ss o-44 r-rr r-rr r-rr r-rr o-44 r-rr r-rr
read_role_mapping              o    s    o    r    r    r    r    o    r    r
put_role_mapping               o    s    o    r    r    r    r    o    r    r
push_observation               oonn oonn oonn nnnn onnn onnn nnnn nnnn nnnn nnnn
push_batch                     oonn oonn oonn nnnn onnn onnn nnnn nnnn nnnn nnnn
retract_observation            oo44 4444 4444 4444 4444 4444 4444 4444 4444 4444
read_observation               oo44 4444 pppp o444 o444 o444 4444 4444 4444 4444
list_observations              o    o    p    o    o    o    o    o    o    o
create_instrument              o    o    o    r    r    r    r    o    r    r
create_crosswalk               o    o    o    r    r    r    r    o    r    r
preview_crosswalk              o    o    p    r    r    r    r    o    r    r
start_crosswalk                o    o    o    r    r    r    r    o    r    r
list_instruments               o    o    o    o    o    o    r    o    r    r
list_crosswalks                o    o    o    o    o    o    r    o    r    r
assess_self                    oo44 oo44 oo44 o444 4444 4444 4444 4444 4444 4444
assess_as_supervisor           oo44 oo44 oo44 4444 o444 4444 4444 4444 4444 4444
retract_assessment             oo44 4444 4444 4444 4444 4444 4444 4444 4444 4444
read_profile                   oo44 ssss pppp o444 ov44 o444 v444 vv44 4444 4444
read_recommendations           oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
read_stance                    oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
put_stance_answers             oo44 ssss pppp o444 4444 4444 4444 4444 4444 4444
decide_stance                  o    s    o    o    o    o    r    o    r    r
read_configuration             o    s    o    o    o    o    r    o    o    r
put_configuration              o    s    o    r    r    r    r    o    r    r
start_configuration            o    s    o    r    r    r    r    o    r    r
read_me                        r    s    r    o    o    o    o    o    o    o
list_shares                    r    s    r    o    o    o    o    o    o    o
list_support_consents          r    s    r    o    o    o    o    o    o    o
list_notes                     r    s    r    o    o    o    o    o    o    o
list_notifications             r    s    r    o    o    o    o    o    o    o
count_notifications            r    s    r    o    o    o    o    o    o    o
read_preferences               r    s    r    o    o    o    o    o    o    o
mark_read                      r    s    r    o    o    o    o    o    o    o
put_preferences                r    s    r    o    o    o    o    o    o    o
share                          rrrr ssss rrrr onnn rrrr nnnn rrrr rrrr rrrr rrrr
unshare                        rrrr ssss rrrr oooo oooo oooo oooo oooo oooo oooo
give_support_consent           rrrr ssss rrrr onnn oinn onnn onnn iinn onnn onnn
withdraw_support_consent       rrrr ssss rrrr oooo oooo oooo oooo oooo oooo oooo
write_note                     rrrr ssss rrrr onnn oonn onnn onnn oonn nnnn nnnn
edit_note                      r-rr s-ss r-rr o-44 4-44 4-44 4-44 4-44 4-44 4-44
delete_note                    r-rr s-ss r-rr o-oo o-oo o-oo o-oo o-oo o-oo o-oo
list_sessions                  r    r    r    o    o    o    o    o    o    o
revoke_sessions                r    r    r    o    o    o    o    o    o    o
list_jobs                      o    o    o    o    o    o    o    o    o    o
read_job                       o-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44
list_job_problems              o-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44
cancel_job                     o-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44 4-44
list_identity_providers        o    s    o    r    r    r    r    o    r    r
put_identity_provider          o    s    o    r    r    r    r    o    r    r
remove_identity_provider       o    s    o    r    r    r    r    o    r    r
read_account                   oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
create_sign_in_code            oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
deactivate_person              oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
activate_person                oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
put_break_glass                oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
remove_identity_link           oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
list_initial_access_tokens     o    s    o    r    r    r    r    o    r    r
create_initial_access_token    o    s    o    r    r    r    r    o    r    r
revoke_initial_access_tokens   o    s    o    r    r    r    r    o    r    r
read_retention                 o    s    o    r    r    r    r    o    r    r
read_retention_preview         o    s    p    r    r    r    r    o    r    r
put_retention                  o    s    o    r    r    r    r    o    r    r
apply_retention                o    s    p    r    r    r    r    o    r    r
start_retention                o    s    o    r    r    r    r    o    r    r
list_legal_holds               o    s    o    r    r    r    r    o    r    r
read_legal_hold                o-44 s-ss o-44 r-rr r-rr r-rr r-rr o-44 r-rr r-rr
put_legal_hold                 oonn ssss oonn rrrr rrrr rrrr rrrr oonn rrrr rrrr
release_legal_hold             o-44 s-ss o-44 r-rr r-rr r-rr r-rr o-44 r-rr r-rr
read_erasure_preview           oo44 ssss pppp rrrr rrrr rrrr rrrr oo44 rrrr rrrr
erase_person                   oo44 ssss pppp rrrr rrrr rrrr rrrr oo44 rrrr rrrr
list_audit_events              o    s    o    r    r    r    r    o    r    r
list_audit_blocks              o    s    o    r    r    r    r    o    r    r
list_role_grants               o    s    o    r    r    r    r    o    r    r
list_supervision               o    s    o    r    r    r    r    o    r    r
grant_role                     oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
withdraw_role                  oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
invite_person                  o    s    o    r    r    r    r    o    r    r
merge_people                   oo44 ssss oo44 rrrr rrrr rrrr rrrr oo44 rrrr rrrr
add_supervision                oonn ssss oonn rrrr rrrr rrrr rrrr oonn rrrr rrrr
remove_supervision             oonn ssss oonn rrrr rrrr rrrr rrrr oonn rrrr rrrr
put_supervision                o    s    o    r    r    r    r    o    r    r
import_supervision             o    s    o    r    r    r    r    o    r    r
read_initiative                oo44 ssss oo44 o444 o444 o444 4444 4444 4444 4444
list_initiatives               o    s    o    o    o    o    o    o    o    o
create_initiative              oonn ssss oonn onnn nnnn nnnn nnnn nnnn nnnn nnnn
edit_initiative                oo44 ssss oo44 o444 4444 4444 4444 4444 4444 4444
read_group                     oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
list_groups                    oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
create_group                   oo44 ssss pppp o444 4444 4444 4444 4444 4444 4444
edit_group                     oo44 ssss pppp o444 4444 4444 4444 4444 4444 4444
put_estimate                   oo44 ssss pppp o444 4444 4444 4444 4444 4444 4444
put_phases                     oo44 ssss pppp o444 4444 4444 4444 4444 4444 4444
put_pulse                      oo44 ssss oo44 o444 4444 4444 4444 4444 4444 4444
read_phases                    oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
read_magnitude                 oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
read_magnitudes                oo44 ssss pppp o444 o444 o444 4444 4444 4444 4444
"""

ROWS = {line.split()[0]: dict(zip(COLUMNS, line.split()[1:], strict=True)) for line in TABLE.strip().splitlines()}
SIDES = ("in", "out", "foreign", "absent")
CODES = {
    "not_found": "4",
    "observation_not_found": "4",
    "person_not_found": "n",
    "scores_not_visible": "v",
    "role_missing": "r",
    "insufficient_scope": "s",
    "purpose_locked": "p",
}
"""What a refusal's code is in the table; any other is ``i``."""
