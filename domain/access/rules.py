"""May this actor do this, and to what? Total functions of actor and policy: nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from domain.access.model import About, Reach, Row, Sight, Who
from domain.access.policy import POLICY
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Code, Forbidden
from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import Role, Standing

EVERYTHING = Sight(everything=True)

OWN_ALONE = frozenset({Scope.ME_READ, Scope.ME_WRITE, Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EXPORTS_WRITE})
"""What consent to act in one's place does not reach, beside what needs no scope: oneself, and administration."""


SIGN_IN_AGAIN = (
    "your role for this applies only after a sign-in with a second factor; sign in again and give the code of your "
    "authenticator app"
)


def allowed(actor: Actor, act: str, policy: Mapping[str, Row] = POLICY) -> Sight:
    """What ``actor`` may do ``act`` to.

    Refused: a scope that is missing (``insufficient_scope``), evidence on its way to an evaluation (``purpose_locked``), what
    stays a person's own when somebody acts in their place (``not_consented``), an act on the district that nobody in this
    capacity does (``role_missing``). Of things, an empty sight: nothing is found.
    """
    row = policy[act]
    if actor.supporter is not None and (not row.scopes or not OWN_ALONE.isdisjoint(row.scopes)):
        raise Forbidden("this is the person's own; whoever acts in their place leaves it to them", code=Code.NOT_CONSENTED)
    for scope in row.scopes:
        actor.require(scope)
    if row.reveals and actor.evaluates:
        raise Forbidden(
            "this client is registered for evaluating staff, and what is held was gathered as formative evidence; "
            "it can't be read for an evaluation, by anybody",
            code=Code.PURPOSE_LOCKED,
        )
    far = reaches(actor, row)
    if not far:
        _refuse_weak_sign_in(actor, row)
    if not far and row.about is About.DISTRICT:
        _refuse(row)
    return sight(actor, far)


def myself(actor: Actor) -> Standing:
    """How the person who signed in stands. Only after ``allowed``: no machine gets past an act of people."""
    if actor.standing is None:
        raise Forbidden("this is for people who signed in", code=Code.ROLE_MISSING)
    return actor.standing


def reaches(actor: Actor, row: Row) -> frozenset[Reach]:
    """How far ``actor`` goes by ``row``, in all capacities together."""
    far = frozenset[Reach]().union(*(row.reaches.get(who, frozenset()) for who in capacities(actor)))
    if actor.kind is ActorKind.CLIENT and row.knows is not None and row.knows in actor.scopes:
        far |= {Reach.DISTRICT}
    return far


def capacities(actor: Actor) -> frozenset[Who]:
    """In which capacities ``actor`` asks."""
    if actor.kind is ActorKind.OPERATOR:
        return frozenset({Who.OPERATOR})
    if actor.kind is ActorKind.CLIENT or actor.standing is None:
        return frozenset({Who.CLIENT}) if actor.kind is ActorKind.CLIENT else frozenset()
    return _of_person(actor.standing)


def _of_person(standing: Standing) -> frozenset[Who]:
    fits = {
        Who.ANYBODY: True,
        Who.LEADER: standing.leads,
        Who.SUPERVISOR: Role.SUPERVISOR in standing.roles or bool(standing.supervises),
        Who.COACH: bool(standing.coaches),
        Who.DISTRICT_ADMIN: Role.DISTRICT_ADMIN in standing.roles,
        Who.RESEARCHER: Role.RESEARCHER in standing.roles,
    }
    return frozenset(who for who, fit in fits.items() if fit)


def sight(actor: Actor, far: frozenset[Reach]) -> Sight:
    """What lies within ``far`` of ``actor``."""
    if Reach.DISTRICT in far:
        return EVERYTHING
    origin = actor.origin if Reach.ORIGIN in far else None
    standing = actor.standing
    if standing is None:
        return Sight(origin=origin)
    people: frozenset[PersonId] = frozenset()
    if Reach.OWN in far:
        people |= {standing.person_id}
    if Reach.SUPERVISED in far:
        people |= standing.supervises
    if Reach.SHARED in far:
        people |= standing.coaches
    schools: frozenset[SchoolId] = standing.schools if Reach.SCHOOL in far else frozenset()
    return Sight(people=people, schools=schools, origin=origin)


def usable_scopes(standing: Standing, policy: Mapping[str, Row] = POLICY) -> frozenset[str]:
    """Scopes that a person who stands so can use: some row that needs the scope reaches something in one of their roles.

    An administrator may also act in somebody's place by consent, and so use what that person can, but what is their own alone.
    """
    found = _scopes_of(_of_person(standing), policy)
    if Role.DISTRICT_ADMIN in standing.roles:
        found |= _scopes_of(frozenset({Who.ANYBODY, Who.LEADER, Who.SUPERVISOR, Who.COACH}), policy) - OWN_ALONE
    return frozenset(scope.value for scope in found)


def _scopes_of(capacities: frozenset[Who], policy: Mapping[str, Row]) -> frozenset[Scope]:
    usable = (row for row in policy.values() if any(row.reaches.get(who) for who in capacities))
    return frozenset(scope for row in usable for scope in row.scopes)


def _refuse_weak_sign_in(actor: Actor, row: Row) -> None:
    """Refuse (``role_missing``) what a role does that the person holds, and that needs another sign-in than this."""
    standing = actor.standing
    if standing is None or not standing.withheld:
        return
    stronger = replace(standing, roles=standing.roles | standing.withheld, withheld=frozenset())
    if any(row.reaches.get(who) for who in _of_person(stronger)):
        raise Forbidden(SIGN_IN_AGAIN, code=Code.ROLE_MISSING)


def _refuse(row: Row) -> NoReturn:
    told = ", ".join(sorted(who.value for who in row.reaches if who not in {Who.OPERATOR, Who.CLIENT}))
    raise Forbidden(f"none of your roles may do this; it is for {told or 'machines of the district'}", code=Code.ROLE_MISSING)
