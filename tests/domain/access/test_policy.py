"""Who may do what to whom, exhaustively: every act, every capacity, against a table written down here by hand."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.access.model import About, Who
from domain.access.policy import POLICY, ROWS
from domain.access.rules import allowed, capacities
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Forbidden
from domain.shared.ids import DistrictId, PersonId, SchoolId
from domain.shared.roles import Role, Standing

ME, MINE, SHARING, STRANGER = (PersonId(UUID(int=n)) for n in (1, 2, 3, 4))
SCHOOL = SchoolId(UUID(int=9))
ALL = frozenset(s.value for s in Scope)
NOBODY = Standing(
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
        standing=STANDINGS[who],
        **more,
    )


def far(of, act):
    """What ``allowed`` gives, in the letters of the table."""
    try:
        seen = allowed(of, act)
    except Forbidden as refusal:
        return "x" if refusal.code == "role_missing" else refusal.code
    if seen.everything:
        return "D"
    letters = {"o": ME in seen.people, "s": MINE in seen.people, "c": SHARING in seen.people}
    letters |= {"w": bool(seen.schools), "p": seen.origin == of.origin}
    assert not seen.of(STRANGER)
    return "".join(letter for letter, held in letters.items() if held) or "-"


@pytest.mark.parametrize(("act", "who", "told"), CASES)
def test_each_capacity_goes_as_far_as_the_table_says(act, who, told):
    partner = {"partner": True} if who == "client" and told == "p" else {}
    assert sorted(far(actor(who, **partner), act)) == sorted(told)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.act)
def test_every_act_needs_all_of_its_scopes(row):
    for scope in row.scopes:
        for who in ("client", *STANDINGS):
            with pytest.raises(Forbidden) as refused:
                allowed(replace(actor(who), scopes=ALL - {scope}), row.act)
            assert refused.value.code == "insufficient_scope"


@pytest.mark.parametrize("row", [row for row in ROWS if row.reveals], ids=lambda row: row.act)
def test_what_was_gathered_as_formative_never_reaches_an_evaluation(row):
    for who in ("client", *STANDINGS):
        with pytest.raises(Forbidden) as refused:
            allowed(replace(actor(who), evaluates=True), row.act)
        assert refused.value.code == "purpose_locked"


def test_an_act_that_shows_evidence_about_a_leader_is_locked():
    """Written down by hand: a new act that reveals must be added to both."""
    assert {row.act for row in ROWS if row.reveals} >= {
        *("list_observations", "read_observation", "read_profile", "read_profiles", "read_recommendations"),
        *("read_stance", "put_stance_answers", "read_magnitude", "read_magnitudes", "preview_crosswalk"),
    }


def test_an_act_stands_in_the_table_once():
    assert len(POLICY) == len(ROWS)


def test_the_operator_may_do_everything_at_the_servers_own_command_line():
    operator = replace(actor("client"), kind=ActorKind.OPERATOR)
    assert all(allowed(operator, row.act).everything for row in ROWS)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if not row.scopes or any(s.startswith(("me:", "admin:", "exports:")) for s in row.scopes)],
    ids=lambda row: row.act,
)
def test_oneself_and_administration_stay_a_persons_own_when_somebody_acts_in_their_place(row):
    with pytest.raises(Forbidden) as refused:
        allowed(replace(actor("principal"), supporter=STRANGER), row.act)
    assert refused.value.code == "not_consented"


def test_a_person_whose_standing_is_not_known_is_nobody():
    ghost = replace(actor("principal"), standing=None)
    assert capacities(ghost) == frozenset()
    assert all(far(ghost, row.act) in {"x", "-"} for row in ROWS)


def test_several_roles_reach_as_far_as_all_of_them_together():
    both = replace(STANDINGS["principal"], supervises=frozenset({MINE}), coaches=frozenset({SHARING}))
    seen = allowed(replace(actor("principal"), standing=both), "read_profile")
    assert seen.people == {ME, MINE, SHARING}


def test_a_partner_that_may_read_scores_is_the_districts_own_and_sees_all_observations():
    assert far(actor("client", partner=True), "list_observations") == "p"
    assert far(actor("client"), "list_observations") == "D"


def test_no_machine_reaches_what_is_of_people_alone():
    own = [row for row in ROWS if Who.CLIENT not in row.reaches]
    assert own
    assert {far(actor("client"), row.act) for row in own} == {"x"}
    assert all(row.about is About.DISTRICT for row in own)
