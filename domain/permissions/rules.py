"""May this actor do this, and to what? Total functions of actor and policy: nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from domain.permissions.model import About, Reach, Row, Who
from domain.permissions.policy import DIRECTORY, POLICY
from domain.shared.access_scope import EVERYTHING, NOTHING, AccessScope, Permission
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Code, Forbidden
from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import PersonContext, Role

OWN_ALONE = frozenset({Scope.ME_READ, Scope.ME_WRITE, Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EXPORTS_WRITE})
"""What consent to act in one's place does not reach, beside what needs no scope: oneself, and administration."""


SIGN_IN_AGAIN = (
    "your role for this applies only after a sign-in with a second factor; sign in again and give the code of your "
    "authenticator app"
)


def authorize(actor: Actor, action: str, policy: Mapping[str, Row] = POLICY) -> Permission:
    """The permission of ``actor`` to do ``action``: a unit of work can't be opened without one, and finds nothing beyond it.

    Raises ``Forbidden`` for a scope that is missing (``insufficient_scope``), for what stays a person's own when somebody acts
    in their place (``not_consented``), and for an action on the district that nobody in this capacity does
    (``role_missing``). Of things the permission may reach none: then nothing is found.
    """
    row = policy[action]
    if actor.supporter is not None and (not row.scopes or not OWN_ALONE.isdisjoint(row.scopes)):
        raise Forbidden("this is the person's own; whoever acts in their place leaves it to them", code=Code.NOT_CONSENTED)
    for scope in row.scopes:
        actor.require_scope(scope)
    reached = reaches(actor, row)
    if not reached:
        _refuse_weak_sign_in(actor, row)
    if not reached and row.about is About.DISTRICT:
        _refuse(row)
    return Permission(
        action=action,
        scope=access_scope(actor, reached),
        directory=access_scope(actor, reaches(actor, policy[DIRECTORY])),
        nameable=frozenset(role.value for role in row.nameable),
    )


def visible_scores(actor: Actor) -> AccessScope:
    """The leaders whose scores the actor may read; nobody where that action is refused altogether."""
    if actor.evaluates:
        return NOTHING
    try:
        return authorize(actor, "read_profile").scope
    except Forbidden:
        return NOTHING


def require_person(actor: Actor) -> PersonContext:
    """Roles and relationships of the person who signed in. Call it after ``authorize``, which stops machines."""
    if actor.person_context is None:
        raise Forbidden("this is for people who signed in", code=Code.ROLE_MISSING)
    return actor.person_context


def reaches(actor: Actor, row: Row) -> frozenset[Reach]:
    """How far ``actor`` goes by ``row``, in all capacities together."""
    asked_as = capacities(actor)
    far = frozenset[Reach]().union(*(row.reaches.get(who, frozenset()) for who in asked_as))
    if Who.CLIENT in asked_as and row.knows is not None and row.knows in actor.scopes:
        far |= {Reach.DISTRICT}
    return far


def capacities(actor: Actor) -> frozenset[Who]:
    """In which capacities ``actor`` asks."""
    if actor.kind is ActorKind.OPERATOR:
        return frozenset({Who.OPERATOR})
    if actor.anonymous:
        return frozenset({Who.VISITOR})
    if actor.kind is ActorKind.CLIENT or actor.person_context is None:
        return frozenset({Who.CLIENT}) if actor.kind is ActorKind.CLIENT else frozenset()
    return _of_person(actor.person_context)


def _of_person(standing: PersonContext) -> frozenset[Who]:
    fits = {
        Who.ANYBODY: True,
        Who.LEADER: standing.leads,
        Who.SUPERVISOR: Role.SUPERVISOR in standing.roles or bool(standing.supervises),
        Who.COACH: bool(standing.coaches),
        Who.DISTRICT_ADMIN: Role.DISTRICT_ADMIN in standing.roles,
        Who.RESEARCHER: Role.RESEARCHER in standing.roles,
    }
    return frozenset(who for who, fit in fits.items() if fit)


def access_scope(actor: Actor, far: frozenset[Reach]) -> AccessScope:
    """What lies within ``far`` of ``actor``."""
    if Reach.DISTRICT in far:
        return EVERYTHING
    origin = actor.origin if Reach.ORIGIN in far else None
    standing = actor.person_context
    if standing is None:
        return AccessScope(origin=origin)
    people: frozenset[PersonId] = frozenset()
    if Reach.OWN in far:
        people |= {standing.person_id}
    if Reach.SUPERVISED in far:
        people |= standing.supervises
    if Reach.SHARED in far:
        people |= standing.coaches
    schools: frozenset[SchoolId] = standing.schools if Reach.SCHOOL in far else frozenset()
    return AccessScope(people=people, schools=schools, origin=origin)


def usable_scopes(standing: PersonContext, policy: Mapping[str, Row] = POLICY) -> frozenset[str]:
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
    standing = actor.person_context
    if standing is None or not standing.withheld:
        return
    stronger = replace(standing, roles=standing.roles | standing.withheld, withheld=frozenset())
    if any(row.reaches.get(who) for who in _of_person(stronger)):
        raise Forbidden(SIGN_IN_AGAIN, code=Code.ROLE_MISSING)


def _refuse(row: Row) -> NoReturn:
    people = sorted(who.value for who in row.reaches if who not in {Who.OPERATOR, Who.VISITOR, Who.CLIENT})
    if people or Who.CLIENT in row.reaches:
        detail = f"none of your roles may do this; it is for {', '.join(people) or 'machines of the district'}"
    elif Who.VISITOR in row.reaches:
        detail = "this happens on the sign-in pages alone"
    else:
        detail = "only an operator does this, at the server's command line"
    raise Forbidden(detail, code=Code.ROLE_MISSING)
