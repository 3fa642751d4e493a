"""May this actor do this, and to what? Total functions of actor and policy: nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from domain.permissions.model import Capacity, DataScope, PolicyRow, PolicyTarget
from domain.permissions.policy import DIRECTORY, POLICY
from domain.shared.access_scope import EVERYTHING, NOTHING, AccessScope, Permission
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.errors import Code, Forbidden
from domain.shared.ids import PersonId, SchoolId
from domain.shared.roles import PersonContext, Role

PERSONAL_SCOPES = frozenset({Scope.ME_READ, Scope.ME_WRITE, Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EXPORTS_WRITE})
"""What consent to act in one's place does not reach, beside what needs no scope: oneself, and administration."""


SECOND_FACTOR_NEEDED = (
    "your role for this applies only after a sign-in with a second factor; sign in again and give the code of your "
    "authenticator app"
)


def authorize(actor: Actor, action: str, policy: Mapping[str, PolicyRow] = POLICY) -> Permission:
    """The permission of ``actor`` to do ``action``: a unit of work can't be opened without one, and finds nothing beyond it.

    Raises ``Forbidden`` for a scope that is missing (``insufficient_scope``), for what stays a person's own when somebody acts
    in their place (``not_consented``), and for an action on the district that nobody in this capacity does
    (``role_missing``). Of things the permission may reach none: then nothing is found.
    """
    row = policy[action]
    if actor.supporter is not None and (not row.scopes or not PERSONAL_SCOPES.isdisjoint(row.scopes)):
        raise Forbidden("this is the person's own; whoever acts in their place leaves it to them", code=Code.NOT_CONSENTED)
    for scope in row.scopes:
        actor.require_scope(scope)
    reached = permitted_data_scopes(actor, row)
    if not reached:
        _check_second_factor(actor, row)
    if not reached and row.target is PolicyTarget.DISTRICT:
        _raise_role_missing(row)
    return Permission(
        action=action,
        scope=access_scope(actor, reached),
        directory=access_scope(actor, permitted_data_scopes(actor, policy[DIRECTORY])),
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


def permitted_data_scopes(actor: Actor, row: PolicyRow) -> frozenset[DataScope]:
    """How far ``actor`` goes by ``row``, in all capacities together."""
    asked_as = capacities_of(actor)
    far = frozenset[DataScope]().union(*(row.data_scopes.get(who, frozenset()) for who in asked_as))
    if Capacity.CLIENT in asked_as and row.widening_scope is not None and row.widening_scope in actor.scopes:
        far |= {DataScope.DISTRICT}
    return far


def capacities_of(actor: Actor) -> frozenset[Capacity]:
    """In which capacities ``actor`` asks."""
    if actor.kind is ActorKind.OPERATOR:
        return frozenset({Capacity.OPERATOR})
    if actor.anonymous:
        return frozenset({Capacity.ANONYMOUS})
    if actor.kind is ActorKind.CLIENT or actor.person_context is None:
        return frozenset({Capacity.CLIENT}) if actor.kind is ActorKind.CLIENT else frozenset()
    return _person_capacities(actor.person_context)


def _person_capacities(person_context: PersonContext) -> frozenset[Capacity]:
    fits = {
        Capacity.SIGNED_IN: True,
        Capacity.LEADER: person_context.leads,
        Capacity.SUPERVISOR: Role.SUPERVISOR in person_context.roles or bool(person_context.supervises),
        Capacity.COACH: bool(person_context.coaches),
        Capacity.DISTRICT_ADMIN: Role.DISTRICT_ADMIN in person_context.roles,
        Capacity.RESEARCHER: Role.RESEARCHER in person_context.roles,
    }
    return frozenset(who for who, fit in fits.items() if fit)


def access_scope(actor: Actor, data_scopes: frozenset[DataScope]) -> AccessScope:
    """What lies within ``far`` of ``actor``."""
    if DataScope.DISTRICT in data_scopes:
        return EVERYTHING
    origin = actor.origin if DataScope.ORIGIN in data_scopes else None
    standing = actor.person_context
    if standing is None:
        return AccessScope(origin=origin)
    people: frozenset[PersonId] = frozenset()
    if DataScope.OWN in data_scopes:
        people |= {standing.person_id}
    if DataScope.SUPERVISED in data_scopes:
        people |= standing.supervises
    if DataScope.SHARED in data_scopes:
        people |= standing.coaches
    schools: frozenset[SchoolId] = standing.schools if DataScope.SCHOOL in data_scopes else frozenset()
    return AccessScope(people=people, schools=schools, origin=origin)


def usable_scopes(person_context: PersonContext, policy: Mapping[str, PolicyRow] = POLICY) -> frozenset[str]:
    """Scopes that a person who stands so can use: some row that needs the scope reaches something in one of their roles.

    An administrator may also act in somebody's place by consent, and so use what that person can, but what is their own alone.
    """
    found = _scopes_of(_person_capacities(person_context), policy)
    if Role.DISTRICT_ADMIN in person_context.roles:
        found |= (
            _scopes_of(frozenset({Capacity.SIGNED_IN, Capacity.LEADER, Capacity.SUPERVISOR, Capacity.COACH}), policy)
            - PERSONAL_SCOPES
        )
    return frozenset(scope.value for scope in found)


def _scopes_of(capacities: frozenset[Capacity], policy: Mapping[str, PolicyRow]) -> frozenset[Scope]:
    usable = (row for row in policy.values() if any(row.data_scopes.get(who) for who in capacities))
    return frozenset(scope for row in usable for scope in row.scopes)


def _check_second_factor(actor: Actor, row: PolicyRow) -> None:
    """Refuse (``role_missing``) what a role does that the person holds, and that needs another sign-in than this."""
    standing = actor.person_context
    if standing is None or not standing.withheld:
        return
    stronger = replace(standing, roles=standing.roles | standing.withheld, withheld=frozenset())
    if any(row.data_scopes.get(who) for who in _person_capacities(stronger)):
        raise Forbidden(SECOND_FACTOR_NEEDED, code=Code.ROLE_MISSING)


def _raise_role_missing(row: PolicyRow) -> NoReturn:
    people = sorted(who.value for who in row.data_scopes if who not in {Capacity.OPERATOR, Capacity.ANONYMOUS, Capacity.CLIENT})
    if people or Capacity.CLIENT in row.data_scopes:
        detail = f"none of your roles may do this; it is for {', '.join(people) or 'machines of the district'}"
    elif Capacity.ANONYMOUS in row.data_scopes:
        detail = "this happens on the sign-in pages alone"
    else:
        detail = "only an operator does this, at the server's command line"
    raise Forbidden(detail, code=Code.ROLE_MISSING)
