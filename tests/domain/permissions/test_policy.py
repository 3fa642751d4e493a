"""Who may do what to whom, exhaustively: every act, every capacity, against a table written down here by hand."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.permissions.model import Capacity, PolicyTarget
from domain.permissions.policy import POLICY, ROWS
from domain.permissions.rules import authorize, capacities_of
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Forbidden
from domain.shared.ids import DistrictId, PersonId, SchoolId
from domain.shared.roles import PersonContext, Role

ME, MINE, SHARING, STRANGER = (PersonId(UUID(int=n)) for n in (1, 2, 3, 4))
SCHOOL = SchoolId(UUID(int=9))
ALL = frozenset(s.value for s in Scope)
NOBODY = PersonContext(
    person_id=ME, roles=frozenset(), schools=frozenset(), leads=False, supervises=frozenset(), coaches=frozenset()
)
STANDINGS = {
    "teacher": replace(NOBODY, roles=frozenset({Role.TEACHER}), schools=frozenset({SCHOOL})),
    "principal": replace(NOBODY, roles=frozenset({Role.PRINCIPAL}), schools=frozenset({SCHOOL}), leads=True),
    "supervisor": replace(NOBODY, roles=frozenset({Role.SUPERVISOR}), supervises=frozenset({MINE})),
    "coach": replace(NOBODY, coaches=frozenset({SHARING})),
    "admin": replace(NOBODY, roles=frozenset({Role.DISTRICT_ADMIN})),
    "researcher": replace(NOBODY, roles=frozenset({Role.RESEARCHER})),
}
# D everything of the district, o what is about oneself, s of those supervised, c of those who share, w of one's schools,
# p pushed oneself, - nothing is found, x refused
TOLD = """
act                      client teacher principal supervisor coach admin researcher
read_district            D      D       D         D          D     D     D
list_people              D      ow      ow        D          oc    D     o
read_person              D      ow      ow        D          oc    D     o
list_leaders             D      ow      ow        D          oc    D     o
read_leader              D      ow      ow        D          oc    D     o
import_roster            D      x       x         x          x     D     x
start_roster_import      D      x       x         x          x     D     x
list_job_problems        p      p       p         p          p     p     p
put_role_mapping         D      x       x         x          x     D     x
push_observation         D      -       -         s          c     -     -
retract_observation      p      p       p         p          p     p     p
list_observations        p      p       op        sp         cp    p     p
read_observation         p      p       op        sp         cp    p     p
create_crosswalk         D      x       x         x          x     D     x
preview_crosswalk        D      x       x         x          x     D     x
list_instruments         D      x       D         D          D     D     x
assess_self              D      -       o         -          -     -     -
assess_as_supervisor     D      -       -         s          -     -     -
read_profile             D      -       o         s          c     -     -
read_profiles            D      -       o         s          c     -     -
read_recommendations     D      -       o         s          c     -     -
read_stance              D      -       o         s          c     -     -
put_stance_answers       D      -       o         -          -     -     -
read_configuration       D      x       D         D          D     D     D
put_configuration        D      x       x         x          x     D     x
read_initiative          D      -       o         s          c     -     -
list_initiatives         D      -       o         s          c     -     -
read_magnitude           D      -       o         s          c     -     -
create_initiative        D      -       o         -          -     -     -
put_pulse                D      -       o         -          -     -     -
read_me                  x      o       o         o          o     o     o
list_notes               x      o       o         o          o     o     o
share                    x      x       o         x          x     x     x
grant_role               D      x       x         x          x     D     x
put_supervision          D      x       x         x          x     D     x
apply_retention          D      x       x         x          x     D     x
start_retention          D      x       x         x          x     D     x
invite_person            D      x       x         x          x     D     x
read_account             D      x       x         x          x     D     x
erase_person             D      x       x         x          x     D     x
read_erasure_preview     D      x       x         x          x     D     x
sign_in                  x      x       x         x          x     x     x
create_district          x      x       x         x          x     x     x
"""
HEAD, *LINES = [line.split() for line in TOLD.strip().splitlines()]
CASES = [(line[0], who, far) for line in LINES for who, far in zip(HEAD[1:], line[1:], strict=True)]


def actor(who, **more):
    if who == "client":
        held = ALL - {"scores:read"} if more.pop("partner", False) else ALL
        return Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(UUID(int=7)), origin="walks", scopes=held, **more)
    return Actor(
        kind=ActorKind.PERSON,
        id=str(ME),
        district_id=DistrictId(UUID(int=7)),
        origin=f"person:{ME}",
        scopes=ALL,
        person_context=STANDINGS[who],
        **more,
    )


def scope_codes(of, action):
    """What ``authorize`` gives, in the letters of the table."""
    try:
        seen = authorize(of, action).scope
    except Forbidden as refusal:
        return "x" if refusal.code == "role_missing" else refusal.code
    if seen.everything:
        return "D"
    letters = {"o": ME in seen.people, "s": MINE in seen.people, "c": SHARING in seen.people}
    letters |= {"w": bool(seen.schools), "p": seen.origin == of.origin}
    assert not seen.covers(STRANGER)
    return "".join(letter for letter, held in letters.items() if held) or "-"


@pytest.mark.parametrize(("action", "who", "expected"), CASES)
def test_each_capacity_goes_as_far_as_the_table_says(action, who, expected):
    partner = {"partner": True} if who == "client" and expected == "p" else {}
    assert sorted(scope_codes(actor(who, **partner), action)) == sorted(expected)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.action)
def test_every_act_needs_all_of_its_scopes(row):
    for scope in row.scopes:
        for who in ("client", *STANDINGS):
            with pytest.raises(Forbidden) as refused:
                authorize(replace(actor(who), scopes=ALL - {scope}), row.action)
            assert refused.value.code == "insufficient_scope"


def test_an_act_stands_in_the_table_once():
    assert len(POLICY) == len(ROWS)


def test_the_operator_may_do_everything_at_the_servers_own_command_line():
    operator = replace(actor("client"), kind=ActorKind.OPERATOR)
    assert all(authorize(operator, row.action).scope.everything for row in ROWS)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if not row.scopes or any(s.startswith(("me:", "admin:", "exports:")) for s in row.scopes)],
    ids=lambda row: row.action,
)
def test_oneself_and_administration_stay_a_persons_own_when_somebody_acts_in_their_place(row):
    with pytest.raises(Forbidden) as refused:
        authorize(replace(actor("principal"), supporter=STRANGER), row.action)
    assert refused.value.code == "not_consented"


def test_whoever_uses_the_sign_in_pages_does_there_what_nobody_else_may_and_nothing_else():
    visitor = replace(actor("client"), anonymous=True, scopes=frozenset())
    theirs = {row.action for row in ROWS if Capacity.ANONYMOUS in row.data_scopes}
    assert {row.action for row in ROWS if not row.scopes and scope_codes(visitor, row.action) == "D"} == theirs
    assert {scope_codes(replace(visitor, scopes=ALL), row.action) for row in ROWS if row.action not in theirs} == {"x", "-"}
    assert {scope_codes(actor(who), act) for who in ("client", *STANDINGS) for act in theirs} == {"x"}


def test_a_person_whose_standing_is_not_known_is_nobody():
    ghost = replace(actor("principal"), person_context=None)
    assert capacities_of(ghost) == frozenset()
    assert all(scope_codes(ghost, row.action) in {"x", "-"} for row in ROWS)


def test_several_roles_reach_as_far_as_all_of_them_together():
    both = replace(STANDINGS["principal"], supervises=frozenset({MINE}), coaches=frozenset({SHARING}))
    seen = authorize(replace(actor("principal"), person_context=both), "read_profile").scope
    assert seen.people == {ME, MINE, SHARING}


def test_a_partner_that_may_read_scores_is_the_districts_own_and_sees_all_observations():
    assert scope_codes(actor("client", partner=True), "list_observations") == "p"
    assert scope_codes(actor("client"), "list_observations") == "D"


def test_no_machine_reaches_what_is_of_people_alone():
    own = [row for row in ROWS if Capacity.CLIENT not in row.data_scopes]
    assert own
    assert {scope_codes(actor("client"), row.action) for row in own} == {"x"}
    assert all(row.target is PolicyTarget.DISTRICT for row in own)
